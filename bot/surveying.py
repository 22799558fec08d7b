"""Runs the surveys: reads what each wants in one batch for each round, works in isolation, puts it all together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from analyzers.fingerprint import digest_of
from analyzers.model import Analysis, FileChange, FileSide, Note, Site, Unanalysed, UnanalysedReason
from analyzers.survey import Entry, Sides, Sites, Surveyed, Tree, sources
from analyzers.surveys import surveys
from bot.model import Failure
from bot.ports import Runner

_ROUNDS = 4
"""How often a survey is asked what it wants: what one file names can name others in turn."""
READ_LIMIT = 64 << 20
"""Bytes that a survey may hold: both sides and the library together."""


class Reader(Protocol):
    """Where contents come from."""

    def read(self, blobs: Iterable[str], total: int) -> Mapping[str, bytes]:
        """Contents by id; those that cannot be read, or are over ``total`` bytes, are left out."""
        ...


class Surroundings(Reader, Protocol):
    """The trees that changed files come from."""

    @property
    def test_modules(self) -> Mapping[str, bool]:
        """Which changed paths exist only through a ``#[cfg(test)] mod``."""
        ...

    def entries(self) -> tuple[Mapping[str, Entry], Mapping[str, Entry]]:
        """Everything that stands in the base and in the head, by path."""
        ...

    def library(self) -> Mapping[str, Entry]:
        """What the maintainers keep at hand besides the repository, such as a database of advisories, by path."""
        ...


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one survey works on."""

    survey: str
    sides: Sides
    analysis: Analysis


def want(inspection: Inspection) -> tuple[str, ...]:
    """What a survey wants to read besides what was read; runs in a worker, since it looks into hostile files."""
    return tuple(sorted(set(surveys()[inspection.survey].wants(inspection.sides))))


def inspect(inspection: Inspection) -> Surveyed:
    """Run one survey; runs in a worker."""
    return surveys()[inspection.survey].compare(inspection.sides, inspection.analysis)


@dataclass(frozen=True, slots=True)
class Census:
    """What one survey counts the sites of."""

    survey: str
    tree: Tree


def count(census: Census) -> Sites:
    """The sites of one survey in a whole tree; runs in a worker."""
    listed = surveys()[census.survey].sites
    return {} if listed is None else listed(census.tree)


def take_census(tree: Tree, runner: Runner, reader: Reader) -> tuple[Sites, tuple[Unanalysed, ...]]:
    """The sites of all surveys in a tree, by path, and what could not be looked at.

    ``tree`` holds what was read already. To the surveys everything in it is new.
    """
    new = (
        FileChange(None, FileSide(path, each.mode, each.blob, None)) for path, each in tree.entries.items()
    )
    bare = Sides(Tree(), tree, tuple(new))
    counting = [survey for survey in surveys().values() if survey.sites is not None]
    concerned = [survey for survey in counting if any(map(survey.concerns, tree.entries))]
    begun = [Inspection(survey.id, bare, Analysis()) for survey in concerned]
    ready, failed = with_wanted(begun, runner, reader)
    doubts = {doubt for surveyed in failed.values() for doubt in surveyed.unanalysed}
    work = [Census(inspection.survey, inspection.sides.head) for inspection in ready]
    found: defaultdict[str, list[Site]] = defaultdict(list)
    for census, result in runner.run(count, work, lambda one: sum(map(len, one.tree.contents.values()))):
        if isinstance(result, Failure):
            detail = f"{census.survey}: {result.detail}" if result.detail else census.survey
            doubts.add(Unanalysed(".", result.reason, detail=detail))
            continue
        for path, sites in result.items():
            found[path] += sites
    # Surveys end in any order.
    for listed in found.values():
        listed.sort(key=lambda site: (site.keyword, site.kind, site.item, site.tokens))
    return found, tuple(sorted(doubts, key=lambda doubt: (doubt.path, doubt.reason, doubt.detail)))


def add_surveys(
    analysis: Analysis, changes: Sequence[FileChange], runner: Runner, around: Surroundings
) -> Analysis:
    """The analysis with what the surveys find that a changed path concerns; fails closed for each of them."""
    changed = tuple(changes)
    paths = Sides(Tree(), Tree(), changed).paths
    concerned = [survey for survey in surveys().values() if any(map(survey.concerns, paths))]
    if not concerned:
        return analysis
    bare = bare_sides(changed, around)
    begun = [Inspection(survey.id, bare, analysis) for survey in concerned]
    work, found = with_wanted(begun, runner, around)
    for inspection, result in runner.run(inspect, work, lambda one: _weight(one.sides)):
        unread = found[inspection.survey].unanalysed
        told = _failed(inspection, result) if isinstance(result, Failure) else result
        found[inspection.survey] = replace(told, unanalysed=(*unread, *told.unanalysed))
    return _together(analysis, [found[survey.id] for survey in concerned])


def bare_sides(changes: Sequence[FileChange], around: Surroundings) -> Sides:
    """Both sides with the contents of the changed files alone."""
    base, head = around.entries()
    return Sides(
        Tree(base, sources(change.base for change in changes)),
        Tree(head, sources(change.head for change in changes)),
        tuple(changes),
        Tree(around.library()),
    )


def read_wanted(sides: Sides, wanted: Iterable[str], around: Reader) -> Sides:
    """The sides with the contents of ``wanted`` as well, read in one batch and within ``READ_LIMIT``."""
    trees = (sides.base, sides.head, sides.library)
    blobs = {
        tree.entries[path].blob
        for tree in trees
        for path in wanted
        if path in tree.entries and path not in tree.contents and tree.entries[path].mode == "file"
    }
    read = around.read(sorted(blobs), max(READ_LIMIT - _weight(sides), 0))
    base, head, library = (_filled(tree, wanted, read) for tree in trees)
    return replace(sides, base=base, head=head, library=library)


def _weight(sides: Sides) -> int:
    trees = (sides.base, sides.head, sides.library)
    return sum(len(data) for tree in trees for data in tree.contents.values())


def with_wanted(
    begun: Sequence[Inspection], runner: Runner, around: Reader
) -> tuple[list[Inspection], dict[str, Surveyed]]:
    """The inspections with the contents that their surveys want, and for each survey what could not be read.

    A survey that fails to say what it wants is not run; all it should have judged could not be.
    """
    waiting, ready = list(begun), []
    asked: dict[str, set[str]] = {inspection.survey: set() for inspection in begun}
    found = {inspection.survey: Surveyed() for inspection in begun}
    for _ in range(_ROUNDS):
        answers = list(runner.run(want, waiting, lambda one: _weight(one.sides)))
        waiting = []
        for inspection, answer in answers:
            if isinstance(answer, Failure):
                found[inspection.survey] = _failed(inspection, answer)
                continue
            wanted = set(answer) - asked[inspection.survey]
            asked[inspection.survey] |= wanted
            if wanted:
                waiting.append(replace(inspection, sides=read_wanted(inspection.sides, wanted, around)))
            else:
                ready.append(inspection)
    ready += waiting
    for inspection in ready:
        unread = _unread(inspection, asked[inspection.survey])
        found[inspection.survey] = Surveyed(unanalysed=unread)
    return sorted(ready, key=lambda inspection: inspection.survey), found


def _unread(inspection: Inspection, asked: Iterable[str]) -> tuple[Unanalysed, ...]:
    """What a survey wanted of the head and did not get."""
    head = inspection.sides.head
    return tuple(
        Unanalysed(path, UnanalysedReason.MISSING, detail=inspection.survey, blob=head.entries[path].blob)
        for path in sorted(set(asked) & head.entries.keys() - head.contents.keys())
        if head.entries[path].mode == "file"
    )


def _filled(tree: Tree, wanted: Iterable[str], read: Mapping[str, bytes]) -> Tree:
    new = {path: read[tree.entries[path].blob] for path in wanted if _is_read(tree, path, read)}
    return replace(tree, contents={**tree.contents, **new})


def _is_read(tree: Tree, path: str, read: Mapping[str, bytes]) -> bool:
    return path in tree.entries and path not in tree.contents and tree.entries[path].blob in read


def _failed(inspection: Inspection, failure: Failure) -> Surveyed:
    """Every changed file of the head that the survey should have judged is a thing to approve by hand."""
    concerns = surveys()[inspection.survey].concerns
    detail = f"{inspection.survey}: {failure.detail}" if failure.detail else inspection.survey
    heads = (change.head for change in inspection.sides.changed)
    return Surveyed(
        unanalysed=tuple(
            Unanalysed(side.path, failure.reason, detail=detail, blob=side.blob)
            for side in heads
            if side is not None and concerns(side.path)
        )
    )


def _together(analysis: Analysis, found: Sequence[Surveyed]) -> Analysis:
    notes: defaultdict[str, tuple[Note, ...]] = defaultdict(tuple)
    bound: defaultdict[str, list[str]] = defaultdict(list)
    for surveyed in found:
        for fingerprint, told in surveyed.notes:
            notes[fingerprint] += told
        for fingerprint, content in surveyed.bindings:
            bound[fingerprint].append(content)
    changes = [
        replace(
            change,
            fingerprint=digest_of(change.fingerprint, *sorted(more))
            if (more := bound.get(change.fingerprint))
            else change.fingerprint,
            notes=change.notes + notes[change.fingerprint],
        )
        for change in analysis.changes
    ]
    changes += (change for surveyed in found for change in surveyed.changes)
    changes.sort(key=lambda change: (change.path, change.site.line, change.site.kind, change.site.column))
    findings = [*analysis.findings, *(each for surveyed in found for each in surveyed.findings)]
    findings.sort(key=lambda each: (each.path, each.line, each.id, each.column))
    doubts = {*analysis.unanalysed, *(each for surveyed in found for each in surveyed.unanalysed)}
    return Analysis(
        tuple(changes),
        tuple(findings),
        tuple(sorted(doubts, key=lambda doubt: (doubt.path, doubt.line, doubt.reason, doubt.detail))),
    )
