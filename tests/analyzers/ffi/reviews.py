"""Two states of a few files through the survey of foreign signatures, as a review hands them over."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from analyzers.model import Analysis, FileChange, FileSide, Finding
from analyzers.survey import Entry, Sides, Surveyed, Tree
from analyzers.surveys.ffi_signatures import SURVEY
from bot.render import prose
from tests.analyzers.comparing import compared

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Told:
    """What a review says, in words."""

    analysis: Analysis
    surveyed: Surveyed

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the survey."""
        return self.surveyed.findings

    def words(self, kind: str = "") -> list[str]:
        """Every sentence about changes of a kind, in order."""
        notes = dict(self.surveyed.notes)
        own = ((change, change.notes) for change in self.surveyed.changes)
        found = ((change, notes.get(change.fingerprint, ())) for change in self.analysis.changes)
        return [
            prose.note(note)
            for change, told in (*own, *found)
            if kind in ("", change.site.kind)
            for note in told
        ]

    def reasons(self, id: str) -> list[str]:
        """Every sentence of the findings with an id."""
        return [prose.note(note) for finding in self.findings if finding.id == id for note in finding.notes]


def entries(files: Files) -> dict[str, Entry]:
    """The files as a tree's entries."""
    return {path: Entry("file", hashlib.sha256(data).hexdigest()) for path, data in files.items()}


def review(before: Files, after: Files) -> Told:
    """Review the step from one state to another; unchanged files are read only if the survey wants them."""
    changed = tuple(
        FileChange(_side(path, before), _side(path, after))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    )
    paths = Sides(Tree(), Tree(), changed).paths
    base = Tree(entries(before), {path: data for path, data in before.items() if path in paths})
    head = Tree(entries(after), {path: data for path, data in after.items() if path in paths})
    sides = Sides(base, head, changed)
    analysis = compared(before, after)
    if not any(map(SURVEY.concerns, paths)):
        return Told(analysis, Surveyed())
    for _ in range(4):
        wanted = set(SURVEY.wants(sides))
        sides = replace(
            sides, base=_filled(sides.base, before, wanted), head=_filled(sides.head, after, wanted)
        )
    return Told(analysis, SURVEY.compare(sides, analysis))


def file_review(before: bytes | str, after: bytes | str) -> Told:
    """Review an edit of one file, ``src/lib.rs`` of a package."""
    sides = (each.encode() if isinstance(each, str) else each for each in (before, after))
    old, new = ({"Cargo.toml": b"[package]\nname = 'x'\n", "src/lib.rs": data} for data in sides)
    return review(old, new)


def _side(path: str, files: Files) -> FileSide | None:
    if path not in files:
        return None
    return FileSide(path, "file", hashlib.sha256(files[path]).hexdigest(), files[path])


def _filled(tree: Tree, files: Files, wanted: set[str]) -> Tree:
    read = {path: files[path] for path in wanted if path in files}
    return replace(tree, contents={**tree.contents, **read})


def changes_told(told: Told) -> list[tuple[str, str, str]]:
    """Class, kind and path of the survey's own changes."""
    return [(change.change, change.site.kind, change.path) for change in told.surveyed.changes]
