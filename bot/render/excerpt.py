"""Cuts the few lines of source that a person needs to see out of a file, however large or hostile it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from analyzers.model import Change, ChangeClass, Site
from bot.model import ReviewReport

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_SHOWN = 4
_DIFF_ROWS = 12
_DIFF_LINES = 60
_DIFF_BYTES = 65_536

Side = Literal[" ", "-", "+"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an excerpt, not yet made visible.

    ``side`` says whether base (``-``), head (``+``) or just the file (a space) has it. ``mark`` is the part
    to underline, as a half-open range of characters of ``text``; empty when there is none.
    """

    side: Side
    number: int
    text: str
    mark: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines to show; ``more`` when the construct goes on."""

    lines: tuple[Line, ...]
    more: bool = False


def of_change(report: ReviewReport, change: Change, width: int) -> Excerpt | None:
    """The lines for a change, each at most ``width`` characters; None when the source is not at hand.

    A site that has a counterpart shows the lines that differ, every other one its first lines.
    """
    removed = change.change is ChangeClass.REMOVED
    source = (report.base_sources if removed else report.head_sources).get(change.path)
    if source is None:
        return None
    if change.before and change.change in {ChangeClass.CHANGED, ChangeClass.RELAXED}:
        base = report.base_sources.get(change.before.path)
        differing = base is not None and _differing(base, change.before.site, source, change.site, width)
        if differing:
            return differing
    return _first_lines(source, change.site, width)


def _first_lines(source: bytes, site: Site, width: int) -> Excerpt:
    keyword = min(site.keyword, len(source))
    start = _line_start(source, keyword)
    lines = []
    if start > 0 and (before := _clip(source, _line_start(source, start - 1), start - 1, width)).strip():
        lines.append(Line(" ", site.line - 1, before))
    text, at = _around(source, start, _line_end(source, keyword), keyword, width)
    word = _WORD.match(source, keyword)
    length = len(word[0]) if word else 1
    lines.append(Line(" ", site.line, text, (at, min(at + length, len(text)))))
    last = min(site.end_line, site.line + _SHOWN - 1)
    position = _line_end(source, keyword)
    for number in range(site.line + 1, last + 1):
        start, position = position + 1, _line_end(source, position + 1)
        lines.append(Line(" ", number, _clip(source, start, position, width)))
    return Excerpt(tuple(lines), more=site.end_line > last)


def _differing(base: bytes, old: Site, head: bytes, new: Site, width: int) -> Excerpt | None:
    before, after = _construct(base, old), _construct(head, new)
    first = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
    if first is None:
        first = min(len(before), len(after))
    # Comparing is quadratic at worst: after the common start only so many lines of each side take part.
    left, right = before[first : first + _DIFF_LINES], after[first : first + _DIFF_LINES]
    rows = list(_rows(left, right, _first_number(base, old) + first, _first_number(head, new) + first, width))
    if not rows:
        return None
    return Excerpt(tuple(rows[:_DIFF_ROWS]), more=len(rows) > _DIFF_ROWS)


def _rows(left: list[bytes], right: list[bytes], old: int, new: int, width: int) -> Iterator[Line]:
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        yield from (Line("-", old + at, _clip(left[at], 0, len(left[at]), width)) for at in range(a, b))
        yield from (Line("+", new + at, _clip(right[at], 0, len(right[at]), width)) for at in range(c, d))


def _construct(source: bytes, site: Site) -> list[bytes]:
    start = _line_start(source, min(site.start, len(source)))
    end = min(_line_end(source, min(site.end, len(source))), start + _DIFF_BYTES)
    return source[start:end].split(b"\n")


def _first_number(source: bytes, site: Site) -> int:
    return site.line - source.count(b"\n", min(site.start, site.keyword), site.keyword)


def _line_start(source: bytes, offset: int) -> int:
    return source.rfind(b"\n", 0, offset) + 1


def _line_end(source: bytes, offset: int) -> int:
    end = source.find(b"\n", offset)
    return len(source) if end < 0 else end


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape").replace("\t", "    ").removesuffix("\r")


def _clip(source: bytes, start: int, end: int, width: int) -> str:
    # Four bytes are the most that a character takes, and a partial one at the cut is cut off again.
    text = _text(source[start : min(end, start + 4 * width + 4)])
    return text if len(text) <= width else text[: width - 1] + "…"


def _around(source: bytes, start: int, end: int, keyword: int, width: int) -> tuple[str, int]:
    """The line's text with the keyword inside the width, and the keyword's place in it."""
    from_byte = max(start, keyword - 4 * width)
    before = _text(source[from_byte:keyword])
    kept = before if from_byte == start and len(before) <= width // 2 else "…" + before[-width // 3 :]
    return kept + _clip(source, keyword, end, width - len(kept)), len(kept)
