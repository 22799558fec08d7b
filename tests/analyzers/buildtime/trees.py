"""Runs a survey over small trees the way the shell does: it reads what the survey wants, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analyzers.model import Analysis, Change, FileChange, FileSide, Finding
from analyzers.survey import Entry, Sides, Survey, Surveyed, Tree

ROUNDS = 4

Files = Mapping[str, str | bytes]


def surveyed(survey: Survey, base: Files, head: Files, analysis: Analysis | None = None) -> Surveyed:
    """What a survey finds between two trees; nothing where no changed path concerns it."""
    sides = _bare(base, head)
    if not any(map(survey.concerns, sides.paths)):
        return Surveyed()
    return survey.compare(_read(survey, sides, base, head), analysis or Analysis())


def counted(survey: Survey, files: Files) -> list[tuple[str, int, str, str]]:
    """Path, line, kind and detail of everything that an audit counts, in order."""
    new = tuple(FileChange(None, FileSide(path, "file", _id(data), None)) for path, data in files.items())
    sides = _read(survey, Sides(Tree(), Tree(_entries(files)), new), {}, files)
    listed = survey.sites(sides.head) if survey.sites is not None else {}
    return [
        (path, site.line, site.kind, site.detail) for path, sites in sorted(listed.items()) for site in sites
    ]


def told(found: Surveyed) -> list[str]:
    """Each change in one line: its class, kind, place and detail."""
    return [
        f"{each.change} {each.site.kind} {each.path}:{each.site.line} {each.site.detail}"
        for each in found.changes
    ]


def whole(files: Files) -> Tree:
    """A tree of which everything was read."""
    return Tree(_entries(files), {path: _bytes(data) for path, data in files.items()})


def notes(change: Change | Finding) -> list[str]:
    """The notes of a change or finding: their id and values, with the line where there is one."""
    return [
        " ".join([each.id, *(value for _, value in each.values), *([f":{each.line}"] if each.line else [])])
        for each in change.notes
    ]


def _bare(base: Files, head: Files) -> Sides:
    changed = []
    for path in sorted({*base, *head}):
        old, new = _side(path, base), _side(path, head)
        if (old and old.data) != (new and new.data):
            changed.append(FileChange(old, new))
    contents = [
        {side.path: side.data for side in each if side is not None and side.data is not None}
        for each in ((change.base for change in changed), (change.head for change in changed))
    ]
    return Sides(Tree(_entries(base), contents[0]), Tree(_entries(head), contents[1]), tuple(changed))


def _read(survey: Survey, sides: Sides, base: Files, head: Files) -> Sides:
    for _ in range(ROUNDS):
        wanted = set(survey.wants(sides))
        sides = replace(sides, base=_filled(sides.base, base, wanted), head=_filled(sides.head, head, wanted))
    return sides


def _filled(tree: Tree, files: Files, wanted: set[str]) -> Tree:
    new = {path: _bytes(files[path]) for path in wanted if path in files}
    return replace(tree, contents={**tree.contents, **new})


def _entries(files: Files) -> dict[str, Entry]:
    return {path: Entry("file", _id(data)) for path, data in files.items()}


def _side(path: str, files: Files) -> FileSide | None:
    return FileSide(path, "file", _id(files[path]), _bytes(files[path])) if path in files else None


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _id(data: str | bytes) -> str:
    return f"{hash(_bytes(data)) & 0xFFFFFFFF:08x}"
