"""The one pipeline from files to a decision: scan in isolation, compare, judge."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeVar

from analyzers.analyze import ScannedChange, analyze, needs_scan
from analyzers.inventory import take_inventory
from analyzers.model import (
    Analysis,
    FileChange,
    FileSide,
    Inventory,
    Scan,
    Unanalysed,
)
from analyzers.rust.scan import scan
from analyzers.survey import Sites
from bot.gate import about_changes, evaluate
from bot.model import Decision, Failure
from bot.policy import Policy, apply_policy
from bot.ports import Runner
from bot.surveying import Surroundings, add_surveys

V = TypeVar("V")


class Store(Protocol[V]):
    """Keeps answers by the ids of what they were worked out from."""

    def get_many(self, ids: Iterable[str]) -> Mapping[str, V]:
        """The answers that are known."""
        ...

    def put_many(self, values: Mapping[str, V]) -> None:
        """Remember answers."""
        ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one comparison needs: the files and which paths only tests are built from."""

    files: tuple[ScannedChange, ...]
    test_modules: Mapping[str, bool]


def scan_side(side: FileSide) -> Scan:
    """The scan of a side with its own tokens; runs in a worker.

    Raises ValueError for a side without bytes, which callers leave out.
    """
    if side.data is None:
        raise ValueError(f"{side.path} has no bytes to scan")
    return scan(side.data, words=True)


def compare_files(comparison: Comparison) -> Analysis:
    """The comparison of all changed files; runs in a worker, since its cost depends on hostile input too."""
    return analyze(comparison.files, comparison.test_modules)


def assess(
    changes: Sequence[FileChange],
    runner: Runner,
    policy: Policy,
    today: datetime.date,
    around: Surroundings | None = None,
) -> tuple[Analysis, Decision]:
    """Analyse changed files and judge them by a policy, as long as nobody has said anything."""
    raw = analysis_of(changes, runner, around)
    analysis = apply_policy(policy, raw)
    # While nobody can approve, the day is all that counts.
    now = datetime.datetime.combine(today, datetime.time(), datetime.UTC)
    return analysis, about_changes(policy, analysis, evaluate(policy, analysis, now=now))


def analysis_of(
    changes: Sequence[FileChange], runner: Runner, around: Surroundings | None = None
) -> Analysis:
    """Analyse changed files; findings have the severity they are born with.

    Without ``around`` only the files themselves are looked at. Never raises for what the files hold: a file, the
    comparison or a survey that times out or crashes is in the analysis' ``unanalysed`` with the reason.
    """
    sides = [side for change in changes for side in (change.base, change.head) if side and needs_scan(side)]
    results = {
        id(side): result for side, result in runner.run(scan_side, sides, lambda side: len(side.data or b""))
    }
    files = tuple(_scanned(change, results) for change in changes)
    if around is None:
        return _compare(files, runner, {})
    return add_surveys(_compare(files, runner, around.test_modules), changes, runner, around)


def _scanned(change: FileChange, results: Mapping[int, Scan | Failure]) -> ScannedChange:
    """The change with its scans; ``results`` has them by the identity of the sides."""
    base, head = results.get(id(change.base)), results.get(id(change.head))
    # An unreadable base only makes its sites look added: that asks more, never less.
    failed = (_failed(change.head, head),) if change.head and isinstance(head, Failure) else ()
    return ScannedChange(
        change,
        base if isinstance(base, Scan) else None,
        head if isinstance(head, Scan) else None,
        failed,
    )


def _failed(side: FileSide, failure: Failure) -> Unanalysed:
    return Unanalysed(side.path, failure.reason, detail=counted(failure, side.data or b""))


def counted(failure: Failure, data: bytes) -> str:
    """The detail of a failure with how often the word stands in the file: what could not be read still counts."""
    return f"{failure.detail}; `unsafe` occurs {data.count(b'unsafe')} times"


def _compare(files: tuple[ScannedChange, ...], runner: Runner, test_modules: Mapping[str, bool]) -> Analysis:
    work = Comparison(files, test_modules)
    for _, result in runner.run(compare_files, [work], lambda _: 1):
        if not isinstance(result, Failure):
            return result
        sides = (file.change.head or file.change.base for file in files)
        failed = (
            Unanalysed(side.path, result.reason, detail=result.detail, blob=side.blob)
            for side in sides
            if side is not None
        )
        return Analysis(unanalysed=tuple(sorted(failed, key=lambda doubt: doubt.path)))
    raise RuntimeError("the runner lost the comparison")


@dataclass(frozen=True, slots=True)
class Blob:
    """One file of an audit: its path and the id under which its scan is kept."""

    path: str
    id: str


def audit(
    blobs: Sequence[Blob],
    manifests: Mapping[str, bytes],
    unanalysed: Sequence[Unanalysed],
    scan_missing: Callable[[Sequence[Blob]], Iterator[tuple[Blob, Scan | Failure]]],
    store: Store[Scan],
    progress: Callable[[int], None] = lambda _: None,
    surveyed: Sites = MappingProxyType({}),
) -> Inventory:
    """Take the inventory of a tree; only blobs that the store does not know are scanned.

    ``progress`` is told how many files are newly done; ``surveyed`` are the sites of surveys.
    """
    known = dict(store.get_many(blob.id for blob in blobs))
    progress(sum(blob.id in known for blob in blobs))
    missing = {blob.id: blob for blob in blobs if blob.id not in known}
    fresh: dict[str, Scan] = {}
    failed: dict[str, Failure] = {}
    for blob, result in scan_missing(list(missing.values())):
        if isinstance(result, Failure):
            failed[blob.id] = result
        else:
            fresh[blob.id] = result
        progress(1)
    store.put_many(fresh)
    known |= fresh
    doubts = [
        *unanalysed,
        *(
            Unanalysed(blob.path, failed[blob.id].reason, detail=failed[blob.id].detail)
            for blob in blobs
            if blob.id in failed
        ),
    ]
    return take_inventory(
        ((blob.path, known[blob.id]) for blob in blobs if blob.id in known), manifests, doubts, surveyed
    )
