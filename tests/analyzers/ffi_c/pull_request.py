"""A pull request in miniature: two trees as texts, read as the shell reads them, and what the survey tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analyzers.ffi.header_review import reviewed
from analyzers.ffi.header_wanted import wanted
from analyzers.model import Analysis, FileChange, FileSide, Finding
from analyzers.survey import Entry, Sides, Surveyed, Tree

Files = Mapping[str, str | bytes]
ROUNDS = 4


def sides(base: Files, head: Files) -> Sides:
    """Both trees with what differs and what the survey wants, in rounds."""
    before, after = _bytes(base), _bytes(head)
    changed = tuple(
        FileChange(_side(path, before), _side(path, after))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    )
    paths = {change.path for change in changed}
    both = Sides(_tree(before, paths), _tree(after, paths), changed)
    for _ in range(ROUNDS):
        more = set(wanted(both)) - paths
        if not more:
            break
        paths |= more
        both = replace(both, base=_tree(before, paths), head=_tree(after, paths))
    return both


def survey(base: Files, head: Files, analysis: Analysis | None = None) -> Surveyed:
    """What the survey finds between two trees."""
    return reviewed(sides(base, head), analysis or Analysis())


def findings(base: Files, head: Files) -> tuple[Finding, ...]:
    """The findings between two trees."""
    return survey(base, head).findings


def told(rust: str, header: str) -> list[str]:
    """The ids of the notes about a source and a header that a pull request adds, without ``header-`` in front."""
    found = findings({"README": ""}, {"README": "", "src/lib.rs": rust, "include/lib.h": header})
    return [note.id.removeprefix("header-") for finding in found for note in finding.notes]


def _bytes(files: Files) -> dict[str, bytes]:
    return {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}


def _side(path: str, files: Mapping[str, bytes]) -> FileSide | None:
    return FileSide(path, "file", str(hash(files[path])), files[path]) if path in files else None


def _tree(files: Mapping[str, bytes], read: set[str]) -> Tree:
    entries = {path: Entry("file", str(hash(data))) for path, data in files.items()}
    return Tree(entries, {path: data for path, data in files.items() if path in read})
