"""Compares two small trees in the soundness scope, as a review does: scans, analysis, wanted files, exposed changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from analyzers.analyze import ScannedChange, analyze
from analyzers.model import Analysis, Change, FileChange, FileSide, Reason
from analyzers.rust.scan import scan
from analyzers.soundness.exposed import compare, wanted
from analyzers.survey import Entry, Sides, Surveyed, Tree

Files = Mapping[str, str]
A, B, C = Reason.EXPOSED_FUNCTION, Reason.EXPOSED_STATE, Reason.EXPOSED_DECLARATION


def survey(base: Files | str, head: Files | str, *, scanned: bool = True) -> tuple[Analysis, Surveyed]:
    """Both the analysis of the changed files and what the scope adds; a string is the file ``src/lib.rs``.

    Unless ``scanned``, as if the files had no sites that changed.
    """
    before, after = ({"src/lib.rs": each} if isinstance(each, str) else each for each in (base, head))
    changes = tuple(
        FileChange(_side(path, before), _side(path, after))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    )
    analysis = analyze([_scanned(change) for change in changes]) if scanned else Analysis()
    trees = [_tree(files, {change.path for change in changes}) for files in (before, after)]
    sides = Sides(trees[0], trees[1], changes)
    paths = set(wanted(sides)) | {change.path for change in changes}
    whole = Sides(_tree(before, paths), _tree(after, paths), changes)
    return analysis, compare(whole, analysis)


def exposed(base: Files | str, head: Files | str) -> tuple[Change, ...]:
    """The exposed changes between two trees."""
    return survey(base, head)[1].changes


def told(base: Files | str, head: Files | str) -> list[tuple[str, str, tuple[Reason, ...]]]:
    """Where the exposed changes stand: item, kind of the relying site, tiers."""
    return [(change.site.item, change.site.kind, change.reasons) for change in exposed(base, head)]


def notes(change: Change) -> list[tuple[str, dict[str, str], str, int]]:
    """The notes of a change: sentence, values, path, line."""
    return [(note.id, dict(note.values), note.path, note.line) for note in change.notes]


def _blob(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _side(path: str, files: Files) -> FileSide | None:
    text = files.get(path)
    return None if text is None else FileSide(path, "file", _blob(text), text.encode())


def _scanned(change: FileChange) -> ScannedChange:
    base, head = (
        scan(side.data, words=True) if side is not None and side.data is not None else None
        for side in (change.base, change.head)
    )
    return ScannedChange(change, base, head)


def _tree(files: Files, read: set[str]) -> Tree:
    entries = {path: Entry("file", _blob(text)) for path, text in files.items()}
    return Tree(entries, {path: text.encode() for path, text in files.items() if path in read})
