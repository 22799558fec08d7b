"""Rows of styled text, and how they become characters with or without colours."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bot.render import prose
from bot.render.display import Display
from bot.render.escape import cells, inert_lines, percent, visible

if TYPE_CHECKING:
    from rich.style import Style

_PALETTE = {
    "title": "bold",
    "path": "bold underline",
    "dim": "dim",
    "gutter": "blue",
    "mark": "bold red",
    "minus": "red",
    "plus": "green",
    "added": "bold green",
    "changed": "bold yellow",
    "relaxed": "bold red",
    "exposed": "bold magenta",
    "moved": "dim",
    "removed": "dim",
    "note": "cyan",
    "warn": "yellow",
    "block": "bold red",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style of the palette; hostile text may stand in it, it is made visible when written.

    ``link`` is an address for a terminal hyperlink.
    """

    text: str
    style: str = ""
    link: str = ""


Row = Sequence[Span]


def written(rows: Iterable[Row], display: Display) -> str:
    """The rows as text; only this function emits control sequences, and only its own."""
    span = _styled if display.color else _plain
    lines = ["".join(_linked(span(part), part.link) for part in row).rstrip(" ") for row in rows]
    return inert_lines("\n".join(lines)) + "\n"


def _plain(span: Span) -> str:
    return visible(span.text)


def _styled(span: Span) -> str:
    from rich.color import ColorSystem

    shown = visible(span.text)
    return _style(span.style).render(shown, color_system=ColorSystem.STANDARD) if span.style else shown


@cache
def _style(name: str) -> Style:
    from rich.style import Style

    return Style.parse(_PALETTE[name])


def _linked(shown: str, link: str) -> str:
    return f"\x1b]8;;{link}\x1b\\{shown}\x1b]8;;\x1b\\" if link else shown


def file_link(display: Display, root: str | None, path: str) -> str:
    """The address of a file of the work tree, or nothing when links are not wanted or lead nowhere."""
    if not display.hyperlinks or root is None:
        return ""
    return f"file://{percent(root).rstrip('/')}/{percent(path)}"


def wrapped(text: str, width: int, indent: str, first: Span | None = None) -> list[Row]:
    """A paragraph broken at spaces into rows of at most ``width`` cells, the first one after ``first``."""
    lead = visible(first.text) if first else ""
    lines = textwrap.wrap(
        lead + visible(text),
        max(width - len(indent), 20),
        subsequent_indent=" " * cells(lead) if len(lead) < 20 else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
    rows: list[Row] = [[Span(indent + line)] for line in lines]
    if first and lines and lines[0].startswith(lead):
        rows[0] = [Span(indent), Span(lead, first.style), Span(lines[0][len(lead) :])]
    return rows


def advice(markdown: str, width: int, indent: str) -> list[Row]:
    """Help text: paragraphs wrapped, code indented as it is."""
    rows: list[Row] = []
    for block in prose.blocks(markdown):
        if block.is_code:
            rows.extend([Span(f"{indent}    {line}", "plus")] for line in block.text.split("\n"))
        else:
            rows.extend(wrapped(block.text, width, indent))
    return rows


def table(heads: Sequence[str], lines: Sequence[Sequence[str | int]], left: int) -> list[Row]:
    """A table whose first ``left`` columns hold names and the others numbers; the heads are in bold."""
    shown = [[f"{value:,}" if isinstance(value, int) else visible(value) for value in line] for line in lines]
    widths = [max(cells(row[at]) for row in [list(heads), *shown]) for at in range(len(heads))]

    def row(values: Sequence[str], style: str) -> Row:
        padded = []
        for at, value in enumerate(values):
            gap = " " * (widths[at] - cells(value))
            padded.append(value + gap if at < left else gap + value)
        return [Span("  " + "  ".join(padded).rstrip(" "), style)]

    return [row(heads, "title"), *(row(line, "") for line in shown)]


def unanalysed_rows(items: Iterable[tuple[str, str, str]], width: int) -> list[Row]:
    """A section of (place, what, what to do) for what could not be judged; no rows when there is none."""
    rows: list[Row] = []
    for where, what, remedy in items:
        rows.append([Span("  "), Span(where, "block")])
        rows.extend(wrapped(f"{what} {remedy}", width, "    "))
    return [[], [Span(prose.say("headings.unanalysed"), "title")], *rows] if rows else []
