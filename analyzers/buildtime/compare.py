"""What became of build-time code between two trees, told by what it is newly able to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from analyzers.buildtime.findings import capabilities_of, new_inputs, shortened
from analyzers.buildtime.names import Capability
from analyzers.buildtime.sites import BuildTime, build_time
from analyzers.manifest.paths import concerns_build_time
from analyzers.model import Change, ChangeClass, Note
from analyzers.survey import Sides, Surveyed, compare_sites

_MOST_NOTES = 12


def compare(sides: Sides) -> Surveyed:
    """The changes of build-time code, with a note for each thing it did not do before."""
    paths = [path for path in sides.paths if concerns_build_time(path)]
    base, head = build_time(sides.base, paths), build_time(sides.head, paths)
    changes = tuple(
        replace(change, notes=tuple(islice(_notes(change, base, head), _MOST_NOTES)))
        for change in compare_sites(base.scans, head.scans)
    )
    findings = tuple(
        finding
        for change in changes
        for finding in (*capabilities_of(change, head), *new_inputs(change, base, head))
    )
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
