"""What became of build-time code between two trees, told by what it is newly able to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from analyzers.buildtime.capabilities import Script, Use
from analyzers.buildtime.inputs import undeclared
from analyzers.buildtime.names import BUILD_CAPABILITY, Capability
from analyzers.buildtime.reading import concerns
from analyzers.buildtime.sites import BuildTime, build_time
from analyzers.model import Change, ChangeClass, Finding, Note, Severity
from analyzers.survey import Sides, Surveyed, compare_sites

_MOST_NOTES = 12
_MOST_EXAMPLES = 3
_SHORTEST = 80


def compare(sides: Sides) -> Surveyed:
    """The changes of build-time code, with a note for each thing it did not do before."""
    paths = [path for path in sides.paths if concerns(path)]
    base, head = build_time(sides.base, paths), build_time(sides.head, paths)
    changes = tuple(
        replace(change, notes=tuple(islice(_notes(change, base, head), _MOST_NOTES)))
        for change in compare_sites(base.scans, head.scans)
    )
    findings = tuple(finding for change in changes for finding in _findings(change, head))
    return Surveyed(changes, findings, unanalysed=tuple(head.unanalysed))


def _notes(change: Change, base: BuildTime, head: BuildTime) -> Iterator[Note]:
    if change.change not in (ChangeClass.ADDED, ChangeClass.CHANGED):
        return
    if change.site.kind == "native-link":
        yield from _linking(change)
        return
    script = head.scripts[change.path]
    known = _uses_before(change, base)
    word = "now" if change.change is ChangeClass.CHANGED else "does"
    for use in script.uses:
        if (use.capability, use.spelt) not in known:
            line = script.source.line(use.at)
            yield Note(
                f"build-time-{word}-{use.capability}", (("use", shortened(use.spelt)),), change.path, line
            )
    if change.site.kind == "build-script":
        yield from _undeclared(change, base, head)


def _linking(change: Change) -> Iterator[Note]:
    after = shortened(change.site.detail)
    if change.before is not None and change.change is ChangeClass.CHANGED:
        before = shortened(change.before.site.detail)
        yield Note("build-time-links-otherwise", (("before", before), ("after", after)))
    else:
        yield Note("build-time-links", (("what", after),))


def _uses_before(change: Change, base: BuildTime) -> set[tuple[Capability, str]]:
    """What the crate's build-time code of this kind did before, wherever in it."""
    if change.before is None:
        return set()
    path = change.before.path
    member = base.members.get(path)
    if member is None:
        return set()
    scripts = [
        *base.of_crate(member, path),
        *(base.scripts[each] for each in (path,) if each in base.scripts),
    ]
    return {(use.capability, use.spelt) for script in scripts for use in script.uses}


def _undeclared(change: Change, base: BuildTime, head: BuildTime) -> Iterator[Note]:
    script = head.scripts[change.path]
    before: set[tuple[str, str]] = set()
    if change.before is not None and (old := base.scripts.get(change.before.path)) is not None:
        others = base.of_crate(base.members[change.before.path], change.before.path)
        before = {(each.what, each.name) for each in undeclared(old, others)}
    for each in undeclared(script, head.of_crate(head.members[change.path], change.path)):
        if (each.what, each.name) not in before:
            line = script.source.line(each.at)
            yield Note(
                f"build-time-undeclared-{each.what}", (("name", shortened(each.name)),), change.path, line
            )


def _findings(change: Change, head: BuildTime) -> Iterator[Finding]:
    """One finding for each capability, so that a policy can allow each for itself."""
    renamed = change.before is not None and change.before.site.item != change.site.item
    if change.change not in (ChangeClass.ADDED, ChangeClass.CHANGED) and not (
        renamed and change.change is ChangeClass.MOVED
    ):
        return
    was = change.before.site.item if change.before is not None else change.site.item
    for capability, examples in _used(change, head).items():
        told = Note(BUILD_CAPABILITY, (("crate", change.site.item), ("capability", capability), ("was", was)))
        site = change.site
        yield Finding(
            BUILD_CAPABILITY,
            # Off unless the policy says what is allowed.
            Severity.OFF,
            change.path,
            site.line,
            site.column,
            site.end_line,
            site.kind,
            site.item,
            (told, *examples),
        )


def _used(change: Change, head: BuildTime) -> dict[Capability, tuple[Note, ...]]:
    """The capabilities of a changed site, each with the first uses of it."""
    if change.site.kind == "native-link":
        note = Note(
            "build-time-links", (("what", shortened(change.site.detail)),), change.path, change.site.line
        )
        return {Capability.LINK: (note,)}
    script = head.scripts[change.path]
    return {
        capability: tuple(
            _told(change.path, script, use)
            for use in islice((use for use in script.uses if use.capability is capability), _MOST_EXAMPLES)
        )
        for capability in script.capabilities
    }


def _told(path: str, script: Script, use: Use) -> Note:
    values = (("use", shortened(use.spelt)),)
    return Note(f"build-time-does-{use.capability}", values, path, script.source.line(use.at))


def shortened(text: str) -> str:
    """The beginning of a text that others wrote, long enough to know it by."""
    return text if len(text) <= _SHORTEST else f"{text[: _SHORTEST - 1]}…"
