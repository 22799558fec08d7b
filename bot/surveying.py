"""Runs the surveys: reads what each wants in one batch for each round, works in isolation, puts it all together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from analyzers.fingerprint import digest_of
from analyzers.model import Analysis, FileChange, FileSide, Note, Unanalysed, UnanalysedReason
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

    def library(self) -> Tree:
        """What the maintainers keep at hand besides the repository, such as a database of advisories."""
        ...


Contents = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Ground:
    """What all surveys stand on: the trees with the contents of the changed files. It goes to the worker once."""

    sides: Sides
    analysis: Analysis = field(default_factory=Analysis)


@dataclass(frozen=True, slots=True)
class Inspection:
    """One survey, and the contents that it alone wanted to read: of the base, the head and the library."""

    survey: str
    base: Contents = field(default_factory=dict)
    head: Contents = field(default_factory=dict)
    library: Contents = field(default_factory=dict)

    def on(self, ground: Ground) -> Sides:
        """The sides as the survey sees them."""
        sides = ground.sides
        return replace(
            sides,
            base=_with(sides.base, self.base),
            head=_with(sides.head, self.head),
            library=_with(sides.library, self.library),
        )


def _with(tree: Tree, more: Contents) -> Tree:
    return replace(tree, contents={**tree.contents, **more}) if more else tree


def want(ground: Ground, inspection: Inspection) -> tuple[str, ...]:
    """What a survey wants to read besides what was read; runs in a worker, since it looks into hostile files."""
    return tuple(sorted(set(surveys()[inspection.survey].wants(inspection.on(ground)))))


def inspect(ground: Ground, inspection: Inspection) -> Surveyed:
    """Run one survey; runs in a worker."""
    return surveys()[inspection.survey].compare(inspection.on(ground), ground.analysis)


def count(ground: Ground, inspection: Inspection) -> Sites:
    """The sites of one survey in a whole tree, which is the head; runs in a worker."""
    listed = surveys()[inspection.survey].sites
    return {} if listed is None else listed(inspection.on(ground).head)


@dataclass(frozen=True, slots=True)
class Census:
    """The sites of one survey in a tree, the paths of what was read for them, and what could not be looked at."""

    sites: Sites = field(default_factory=dict)
    read: tuple[str, ...] = ()
    unanalysed: tuple[Unanalysed, ...] = ()


def counting(tree: Tree) -> tuple[str, ...]:
    """The surveys that have sites of their own to count in a tree."""
    return tuple(
        survey.id
        for survey in surveys().values()
        if survey.sites is not None and any(map(survey.concerns, tree.entries))
    )


def take_census(tree: Tree, surveys: Iterable[str], runner: Runner, reader: Reader) -> dict[str, Census]:
    """What some surveys count in a tree, which holds what was read already; to them everything in it is new."""
    new = (
        FileChange(None, FileSide(path, each.mode, each.blob, None)) for path, each in tree.entries.items()
    )
    ground = Ground(Sides(Tree(), tree, tuple(new)))
    ready, failed = with_wanted(ground, surveys, runner, reader)
    found = {survey: Census(unanalysed=told.unanalysed) for survey, told in failed.items()}
    for inspection, result in runner.run(partial(count, ground), ready, _weight):
        id, unread = inspection.survey, found[inspection.survey].unanalysed
        if isinstance(result, Failure):
            found[id] = Census(unanalysed=(*unread, of_folder(id, result)))
        else:
            found[id] = Census(result, tuple(inspection.on(ground).head.contents), unread)
    return found


def of_folder(survey: str, failure: Failure, folder: str = ".") -> Unanalysed:
    """What an audit says of a survey that failed: nobody knows what it would have told of any file in a folder."""
    detail = f"{survey}: {failure.detail}" if failure.detail else survey
    return Unanalysed(folder, failure.reason, detail=detail)


def add_surveys(
    analysis: Analysis, changes: Sequence[FileChange], runner: Runner, around: Surroundings
) -> Analysis:
    """The analysis with what the surveys find that a changed path concerns; fails closed for each of them."""
    changed = tuple(changes)
    paths = Sides(Tree(), Tree(), changed).paths
    concerned = [survey for survey in surveys().values() if any(map(survey.concerns, paths))]
    if not concerned:
        return analysis
    library = around.library() if any(survey.reads_library for survey in concerned) else Tree()
    ground = Ground(bare_sides(changed, around, library), analysis)
    ready, found = with_wanted(ground, [survey.id for survey in concerned], runner, around)
    for inspection, result in runner.run(partial(inspect, ground), ready, _weight):
        unread = found[inspection.survey].unanalysed
        told = _failed(ground, inspection, result) if isinstance(result, Failure) else result
        found[inspection.survey] = replace(told, unanalysed=(*unread, *told.unanalysed))
    return _together(analysis, [found[survey.id] for survey in concerned])


def bare_sides(changes: Sequence[FileChange], around: Surroundings, library: Tree) -> Sides:
    """Both sides with the contents of the changed files alone."""
    base, head = around.entries()
    return Sides(
        Tree(base, sources(change.base for change in changes)),
        Tree(head, sources(change.head for change in changes)),
        tuple(changes),
        library,
    )


def with_wanted(
    ground: Ground, surveys: Iterable[str], runner: Runner, reader: Reader
) -> tuple[list[Inspection], dict[str, Surveyed]]:
    """Inspections with the contents that their surveys want, and for each survey what could not be read.

    A survey that fails to say what it wants is not run; all it should have judged could not be.
    """
    waiting, ready = [Inspection(survey) for survey in surveys], []
    asked: dict[str, set[str]] = {inspection.survey: set() for inspection in waiting}
    found = {inspection.survey: Surveyed() for inspection in waiting}
    asking = partial(want, ground)
    for _ in range(_ROUNDS):
        answers = list(runner.run(asking, waiting, _weight))
        waiting = []
        for inspection, answer in answers:
            if isinstance(answer, Failure):
                found[inspection.survey] = _failed(ground, inspection, answer)
                continue
            wanted = set(answer) - asked[inspection.survey]
            asked[inspection.survey] |= wanted
            if wanted:
                waiting.append(_read(ground, inspection, wanted, reader))
            else:
                ready.append(inspection)
    ready += waiting
    for inspection in ready:
        unread = _unread(ground, inspection, asked[inspection.survey])
        found[inspection.survey] = Surveyed(unanalysed=unread)
    return sorted(ready, key=lambda inspection: inspection.survey), found


def _read(ground: Ground, inspection: Inspection, wanted: Iterable[str], reader: Reader) -> Inspection:
    """The inspection with the contents of ``wanted`` as well, read in one batch and within ``READ_LIMIT``."""
    sides = inspection.on(ground)
    missing = [_missing(tree, wanted) for tree in (sides.base, sides.head, sides.library)]
    blobs = {blob for each in missing for blob in each.values()}
    left = READ_LIMIT - _bytes(sides)
    read = reader.read(sorted(blobs), max(left, 0))
    base, head, library = (
        {path: read[blob] for path, blob in each.items() if blob in read} for each in missing
    )
    return Inspection(
        inspection.survey,
        {**inspection.base, **base},
        {**inspection.head, **head},
        {**inspection.library, **library},
    )


def _missing(tree: Tree, wanted: Iterable[str]) -> dict[str, str]:
    """The ids of the wanted plain files that were not read yet, by path."""
    return {
        path: tree.entries[path].blob
        for path in wanted
        if path in tree.entries and path not in tree.contents and tree.entries[path].mode == "file"
    }


def _bytes(sides: Sides) -> int:
    """What the sides hold; what several trees share is there once."""
    trees = (sides.base, sides.head, sides.library)
    return sum({id(data): len(data) for tree in trees for data in tree.contents.values()}.values())


def _weight(inspection: Inspection) -> int:
    return sum(map(len, (*inspection.base.values(), *inspection.head.values(), *inspection.library.values())))


def _unread(ground: Ground, inspection: Inspection, asked: Iterable[str]) -> tuple[Unanalysed, ...]:
    """What a survey wanted of the head and did not get."""
    head = inspection.on(ground).head
    return tuple(
        Unanalysed(path, UnanalysedReason.MISSING, detail=inspection.survey, blob=blob)
        for path, blob in sorted(_missing(head, asked).items())
    )


def _failed(ground: Ground, inspection: Inspection, failure: Failure) -> Surveyed:
    """Every changed file of the head that the survey should have judged is a thing to approve by hand."""
    concerns = surveys()[inspection.survey].concerns
    detail = f"{inspection.survey}: {failure.detail}" if failure.detail else inspection.survey
    heads = (change.head for change in ground.sides.changed)
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
