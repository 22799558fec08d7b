"""A review as a person at a terminal reads it: the verdict, then file by file, then what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.model import Change, Finding, Macro
from bot.model import ReviewReport
from bot.render import excerpt, outline, prose
from bot.render.display import Display
from bot.render.escape import cells, shown, visible
from bot.render.outline import Entry, File
from bot.render.terminal.rows import Row, Span, advice, file_link, unanalysed_rows, wrapped
from bot.render.unseen import lines_of_unanalysed

_INDENT = "      "


class Page:
    """Lays one review out; the help for a finding stands where the finding is met first."""

    def __init__(self, report: ReviewReport, display: Display) -> None:
        self._report = report
        self._display = display
        self._helped: set[str] = set()

    def rows(self) -> Iterator[Row]:
        """All rows of the page."""
        verdict, others = outline.verdict(self._report)
        entries, loose = outline.entries(self._report)
        yield from ([Span(line[0].text, "title")] for line in self._wrap(verdict))
        yield from self._wrap(" ".join(others))
        told = [entry for entry in entries if self._display.verbose or not entry.quiet]
        for file in outline.by_file(told, loose):
            yield from self._file(file)
        items = lines_of_unanalysed(self._report.analysis.unanalysed)
        yield from unanalysed_rows(items, self._display.width)
        steps = outline.steps(self._report)
        if steps:
            yield []
            yield [Span(prose.say("headings.next"), "title")]
            for step in steps:
                yield from self._wrap(step, "  ")

    def _wrap(self, text: str, indent: str = "", first: Span | None = None) -> list[Row]:
        return wrapped(text, self._display.width, indent, first)

    def _file(self, file: File) -> Iterator[Row]:
        yield []
        yield [Span(file.path, "path", file_link(self._display, self._report.root, file.path))]
        column = max((len(_at(entry.change)) for entry in file.entries), default=0)
        airy = False
        for at, entry in enumerate(file.entries):
            rows = list(self._entry(entry, column))
            # Entries of one row stand close together, those with code or advice apart.
            if at and (airy or len(rows) > 1):
                yield []
            airy = len(rows) > 1
            yield from rows
        for found in file.loose:
            yield from self._finding(found, f"{found.line}:{found.column} ")

    def _entry(self, entry: Entry, column: int) -> Iterator[Row]:
        change = entry.change
        word = change.change.value
        yield [
            Span(f"  {_at(change):<{column}}  ", "gutter"),
            Span(word, word),
            Span(f"  {change.site.kind}"),
            Span(f"  {shown(change.site.item, 120)}" if change.site.item else "", "title"),
            Span("".join(f"  ({remark})" for remark in _remarks(entry)), "dim"),
        ]
        if entry.asked or entry.findings:
            yield from self._code(change)
        if not entry.quiet:
            for fact in outline.facts(change):
                yield from self._wrap(fact, _INDENT)
        for found in entry.findings:
            yield from self._finding(found, "")

    def _code(self, change: Change) -> Iterator[Row]:
        gutter = len(f"{_INDENT}{change.site.end_line} | ")
        cut = excerpt.of_change(self._report, change, max(self._display.width - gutter, 20))
        if cut is None:
            return
        digits = len(str(max(line.number for line in cut.lines)))
        for line in cut.lines:
            style = {"-": "minus", "+": "plus", " ": ""}[line.side]
            yield [
                Span(f"    {line.side} ", style),
                Span(f"{line.number:>{digits}} | ", "gutter"),
                Span(line.text, style),
            ]
            start, end = line.mark
            if end > start:
                before, marked = cells(visible(line.text[:start])), cells(visible(line.text[start:end]))
                bar = Span(_INDENT + " " * digits + " | ", "gutter")
                yield [bar, Span(" " * before + "^" * marked, "mark")]
        if cut.more:
            yield [Span(_INDENT + " " * digits + " | ...", "gutter")]

    def _finding(self, found: Finding, where: str) -> Iterator[Row]:
        told = prose.finding(found)
        first = Span(f"{where}{found.severity.value}: ", found.severity.value)
        yield from self._wrap(told.message, _INDENT, first)
        if found.id not in self._helped:
            self._helped.add(found.id)
            yield from advice(told.help, self._display.width, _INDENT + "  ")


def _at(change: Change) -> str:
    return f"{change.site.line}:{change.site.column}"


def _remarks(entry: Entry) -> Iterator[str]:
    change = entry.change
    if change.site.in_test:
        yield prose.say("flags.test")
    if change.site.macro is not Macro.NONE:
        yield prose.say(f"flags.{change.site.macro}")
    if entry.quiet and change.before and change.before.path != change.path:
        yield prose.say("change.from", before=f"{change.before.path}:{change.before.site.line}")
    elif not entry.asked and not entry.quiet:
        yield prose.say("change.unasked")
