"""Findings about foreign items: in a review for those that changed, in an audit for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from analyzers.ffi.aliases import Meaning
from analyzers.ffi.clash import Conditions, by_symbol, clashes, holding, placed_items
from analyzers.ffi.crate import Sources
from analyzers.ffi.improper import PLACES, improper_types
from analyzers.ffi.reach import Placed
from analyzers.ffi.words import bounded
from analyzers.model import Finding, Note, Severity
from analyzers.paths import is_test_target
from analyzers.survey import Tree

CLASH = "ffi-clash"
IMPROPER = "ffi-improper-type"


def findings_of(sources: Sources, meaning: Meaning, placed: Sequence[Placed]) -> Iterator[Finding]:
    """What is wrong with some foreign items of production code, each of them seen beside all that were read."""
    symbols = {each.item.symbol for each in placed if each.item.symbol}
    return _findings(sources, meaning, placed, placed_items(sources, holding(symbols)))


def _findings(
    sources: Sources, meaning: Meaning, placed: Iterable[Placed], beside: Iterable[Placed]
) -> Iterator[Finding]:
    conditions = Conditions(sources)
    wanted = [each for each in placed if not each.item.in_test and not is_test_target(each.path)]
    same = by_symbol(beside)
    for each in wanted:
        if notes := tuple(improper_types(each, meaning)):
            yield _finding(IMPROPER, each, notes, _severity(each, notes))
        for clash in clashes(each, same.get(each.item.symbol, ()), conditions, meaning):
            place = replace(clash.difference, path=clash.other.path, line=clash.other.item.line)
            yield _finding(CLASH, each, (place,), Severity.WARN)
            break


def _severity(placed: Placed, notes: Iterable[Note]) -> Severity:
    """A note where all that is wrong are boxes in a definition: C holds those as opaque pointers (std, `Box`)."""
    reasons = {note.id for note in notes if note.id not in PLACES}
    return Severity.NOTE if placed.item.defined and reasons == {"ffi-improper-box"} else Severity.WARN


def audited(tree: Tree) -> tuple[Finding, ...]:
    """The findings about every foreign item of a portion, sorted by place; of two that clash the later one is told."""
    sources = Sources(tree)
    placed = list(placed_items(sources))
    found = _findings(sources, Meaning(sources), placed, placed)
    return tuple(sorted(found, key=lambda each: (each.path, each.line, each.id, each.column)))


def _finding(id: str, placed: Placed, notes: tuple[Note, ...], severity: Severity) -> Finding:
    item = placed.item
    return Finding(
        id,
        severity,
        placed.path,
        item.line,
        item.column,
        item.end_line,
        item.site_kind,
        item.item,
        bounded(notes),
    )
