"""An audit as a person at a terminal reads it: crates, kinds, missing safety words, findings, what was not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from analyzers import contracts
from analyzers.kinds import KINDS
from analyzers.model import Finding
from bot.model import AuditReport
from bot.render import prose
from bot.render.display import Display
from bot.render.escape import shown
from bot.render.inventory import Totals, besides, crates_with_total, first_of_each, lacking, totals
from bot.render.terminal.rows import Row, Span, advice, file_link, table, unanalysed_rows, wrapped
from bot.render.unseen import lines_of_unanalysed

_LISTED = 50


def rows(report: AuditReport, display: Display) -> Iterator[Row]:
    """All rows of the page."""
    counted = totals(report)
    yield [Span(counted.title, "title")]
    yield from wrapped(counted.summary, display.width, "")
    if counted.sites:
        yield from _crates(report)
        yield from _kinds(report)
        yield from _lacking(report, counted, display)
        yield from _besides(report, counted, display)
    yield from unanalysed_rows(lines_of_unanalysed(report.inventory.unanalysed), display.width)


def _crates(report: AuditReport) -> Iterator[Row]:
    lines = [
        (
            shown(crate.name, 40),
            shown(crate.path, 40),
            crate.files,
            crate.lines,
            crate.sites,
            f"{crate.density:.1f}",
            crate.without_contract,
        )
        for crate in crates_with_total(report.inventory)
    ]
    yield []
    yield from table(prose.heads("audit.columns-crates"), lines, 2)


def _kinds(report: AuditReport) -> Iterator[Row]:
    counts = Counter(place.site.kind for place, _ in report.inventory.places)
    lines = [
        (kind, KINDS[kind].group.value, count)
        for kind, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    yield []
    yield from table(prose.heads("audit.columns-kinds"), lines, 2)


def _lacking(report: AuditReport, counted: Totals, display: Display) -> Iterator[Row]:
    if not counted.without:
        return
    yield []
    yield [Span(prose.say("headings.without-contract"), "title")]
    for place in islice(lacking(report.inventory), _LISTED):
        site = place.site
        yield [
            Span("  "),
            Span(f"{place.path}:{site.line}:{site.column}", "", file_link(display, report.root, place.path)),
            Span(f"  {site.kind}", "changed"),
            Span(f"  {shown(site.item, 120)}" if site.item else ""),
        ]
    yield from _left_out(counted.without)
    yield from _helps(
        (found for found in report.inventory.findings if found.id in contracts.FINDINGS), display
    )


def _besides(report: AuditReport, counted: Totals, display: Display) -> Iterator[Row]:
    told = besides(report.inventory)
    if not told:
        return
    yield []
    yield [Span(prose.say("headings.findings"), "title")]
    for found in told[:_LISTED]:
        where = f"{found.path}:{found.line}:{found.column}"
        yield [
            Span("  "),
            Span(where, "", file_link(display, report.root, found.path)),
            Span(f"  {found.severity.value}", found.severity.value),
            Span(f"  {found.id}"),
        ]
        yield from wrapped(prose.finding(found).message, display.width, "    ")
    yield from _left_out(counted.besides)
    yield from _helps(told, display)


def _left_out(count: int) -> Iterator[Row]:
    if count > _LISTED:
        yield [Span("  " + prose.say("left-out.text", count=count - _LISTED), "dim")]


def _helps(findings: Iterable[Finding], display: Display) -> Iterator[Row]:
    for found in first_of_each(findings):
        yield []
        yield [Span(prose.say("fix-help", id=found.id), "title")]
        yield from advice(prose.finding(found).help, display.width, "  ")
