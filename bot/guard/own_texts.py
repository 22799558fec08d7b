"""The maintainers' own words for the mentor, as files of a commit."""

from __future__ import annotations

from analyzers.publishing.items import items
from bot.git import Entry, Repository
from bot.mentor.texts import Texts, is_text, read_texts

# Bytes of all of them together: a text that can be used is some kilobytes.
_TOTAL = 1 << 20


def texts_at(repository: Repository, commit: str) -> Texts:
    """The texts of a commit; those that cannot be used are told in ``mistakes``.

    Raises:
        GitError: the commit or a file cannot be read.
    """
    entries = _texts(repository.tree(commit))
    wanted = sorted({entry.blob for entry in entries if entry.kind == "file"})
    data = dict(repository.read_blobs(wanted, _TOTAL))
    files = {entry.path: data.get(entry.blob) if entry.kind == "file" else None for entry in entries}
    return read_texts(files, tuple(items()))


def edits_texts(repository: Repository, base: str, head: str) -> bool:
    """Whether any of the texts differs between two commits.

    Raises:
        GitError: a commit or its trees cannot be read.
    """
    before, after = (
        {(entry.path, entry.mode, entry.blob) for entry in _texts(repository.tree(commit))}
        for commit in (base, head)
    )
    return before != after


def _texts(tree: list[Entry]) -> list[Entry]:
    return [entry for entry in tree if is_text(entry.path)]
