"""The entry of the analysis: changed files with their scans in, changes and findings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analyzers import contracts
from analyzers.compare import Compared, Comparison, changes
from analyzers.model import (
    Analysis,
    FileChange,
    FileSide,
    Scan,
    Site,
    Unanalysed,
    UnanalysedReason,
)
from analyzers.paths import is_rust, is_test_target
from analyzers.rust.relaxed import find_safe_item
from analyzers.rust.source import Source


@dataclass(frozen=True, slots=True)
class ScannedChange:
    """A changed file with the scans of its sides, made with ``words=True``.

    A scan may be replaced by the reason why there is none; a side without either does not exist.
    """

    change: FileChange
    base: Scan | None = None
    head: Scan | None = None
    failures: tuple[Unanalysed, ...] = ()


def needs_scan(side: FileSide | None) -> bool:
    """Whether a side is a Rust file whose bytes are at hand."""
    return side is not None and side.mode == "file" and side.data is not None and is_rust(side.path)


def analyze(files: Sequence[ScannedChange], test_modules: Mapping[str, bool] | None = None) -> Analysis:
    """Compare every changed file's base with its head.

    ``test_modules`` says of head and base paths whether a ``#[cfg(test)] mod`` declaration makes them
    test-only. Everything that could not be judged on the head side is in ``unanalysed``; an unreadable
    base only makes its sites look added.
    """
    known = test_modules or {}
    ordered = sorted(files, key=lambda file: file.change.path)
    compared = [_compared(file, known) for file in ordered]
    comparison = Comparison(compared)

    def find_item(file: int, site: Site) -> Site | None:
        head = ordered[file].change.head
        if head is None or head.data is None:
            return None
        return find_safe_item(Source(head.data), site)

    nodes = comparison.run(find_item)
    findings = sorted(
        contracts.of_changes(comparison.head),
        key=lambda finding: (finding.path, finding.line, finding.id, finding.column),
    )
    doubts = sorted(
        {doubt for file in ordered for doubt in _unanalysed(file)},
        key=lambda doubt: (doubt.path, doubt.line, doubt.reason),
    )
    return Analysis(changes(nodes), tuple(findings), tuple(doubts))


def _compared(file: ScannedChange, test_modules: Mapping[str, bool]) -> Compared:
    base, head = file.change.base, file.change.head
    return Compared(
        base.path if base else "",
        _marked(file.base, base, test_modules),
        head.path if head else "",
        _marked(file.head, head, test_modules),
    )


def _marked(scan: Scan | None, side: FileSide | None, test_modules: Mapping[str, bool]) -> Scan | None:
    """The scan with every site marked as test code when its path is."""
    if scan is None or side is None:
        return scan
    if not (is_test_target(side.path) or test_modules.get(side.path)):
        return scan
    return replace(scan, sites=tuple(replace(site, in_test=True) for site in scan.sites))


def _unanalysed(file: ScannedChange) -> list[Unanalysed]:
    head = file.change.head
    doubts = list(file.failures)
    if head is None:
        return doubts
    if head.mode == "submodule":
        doubts.append(Unanalysed(head.path, UnanalysedReason.SUBMODULE, detail=head.blob[:12]))
    elif head.mode == "symlink":
        doubts.append(Unanalysed(head.path, UnanalysedReason.SYMLINK))
    elif head.data is None and is_rust(head.path):
        doubts.append(Unanalysed(head.path, UnanalysedReason.MISSING))
    if file.head is not None:
        doubts += (replace(doubt, path=head.path) for doubt in file.head.unanalysed)
    return [replace(doubt, blob=head.blob) for doubt in doubts]
