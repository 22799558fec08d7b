"""Which changed sites something checks besides people, and which checks a pull request takes away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from analyzers.assurance.harnesses import Harness, harnesses, may_hold_harness
from analyzers.assurance.jobs import jobs, scripts
from analyzers.manifest.paths import is_workflow
from analyzers.model import Analysis, Change, ChangeClass, Finding, Note, Severity
from analyzers.survey import Sides, Surveyed

REMOVED = "removed-assurance"
FINDINGS = (REMOVED,)
_QUIET = frozenset((ChangeClass.MOVED, ChangeClass.REMOVED))
_MOST_NOTES = 3


def wants(sides: Sides) -> Iterable[str]:
    """The workflows with the scripts they call, and the sources whose paths say that they hold harnesses."""
    for tree in (sides.base, sides.head):
        found = tree.files(".rs", ".yml", ".yaml")
        yield from (path for path in found if may_hold_harness(path) or is_workflow(path))
        yield from (path for path in scripts(tree.contents) if path in tree.entries)


def compare(sides: Sides, analysis: Analysis) -> Surveyed:
    """Notes on changes that a harness or job of the head covers, and findings for those that the base alone has."""
    base, head = sides.base.contents, sides.head.contents
    # A source that is the same on both sides takes nothing away.
    differing = {path: data for path, data in base.items() if head.get(path) != data}
    before, after = [*_of_sources(differing), *jobs(base)], [*_of_sources(head), *jobs(head)]
    told = [change for change in analysis.changes if change.change not in _QUIET]
    notes = {change.fingerprint: tuple(_covering(change, after))[:_MOST_NOTES] for change in told}
    if told:
        # What runs for the whole repository is told once.
        notes[told[0].fingerprint] += tuple(_running(after))
    covered = tuple((fingerprint, each) for fingerprint, each in notes.items() if each)
    return Surveyed(findings=tuple(_removed(before, after, sides)), notes=covered)


def _of_sources(files: Mapping[str, bytes]) -> Iterator[Harness]:
    for path in sorted(files):
        if path.endswith(".rs"):
            yield from harnesses(path, files[path])


def _covering(change: Change, found: Sequence[Harness]) -> Iterator[Note]:
    """The harnesses that call the function in which a site stands, by its name."""
    function = change.site.item.rpartition("::")[2].removeprefix("fn ")
    for harness in found:
        if function and function in harness.calls:
            values = (("harness", harness.name), ("function", function))
            yield Note(f"assurance-{harness.tool}", values, harness.path, harness.line)


def _running(found: Sequence[Harness]) -> Iterator[Note]:
    """The jobs that run tests under a tool, each tool once: they are for the whole repository."""
    told: set[str] = set()
    for harness in found:
        if not harness.calls and is_workflow(harness.path) and harness.tool not in told:
            told.add(harness.tool)
            yield Note(f"assurance-job-{harness.tool}", (("job", harness.name),), harness.path, harness.line)


def _removed(before: Sequence[Harness], after: Sequence[Harness], sides: Sides) -> Iterator[Finding]:
    """What the base has and the head has nowhere: a harness by its tool and name, a job's tool by the tool alone."""
    still = {(harness.tool, _name(harness)) for harness in after}
    told: set[tuple[str, str]] = set()
    for harness in before:
        key = (harness.tool, _name(harness))
        if key in still or key in told:
            continue
        told.add(key)
        line = 1 if harness.path in sides.head.entries else 0
        note = Note(f"assurance-gone-{'job' if is_workflow(harness.path) else 'harness'}", _gone(harness))
        yield Finding(
            REMOVED, Severity.WARN, harness.path, line, 1, line, harness.tool, harness.name, (note,)
        )


def _gone(harness: Harness) -> tuple[tuple[str, str], ...]:
    return (("name", harness.name), ("tool", harness.tool), ("place", f"{harness.path}:{harness.line}"))


def _name(harness: Harness) -> str:
    return "" if is_workflow(harness.path) else harness.name
