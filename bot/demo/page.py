"""Markdown as rows for a terminal: the acts of the demo, and the App's comments in a frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING

from bot.render.escape import cells, visible
from bot.render.terminal.rows import Row, Span

if TYPE_CHECKING:
    from markdown_it.token import Token

_STRONG = {
    "in progress": "changed",
    "refused": "relaxed",
    "success": "added",
    "merged": "added",
    "added": "added",
    "changed": "changed",
    "relaxed": "relaxed",
    "warn": "warn",
    "note": "note",
    "block": "block",
}
"""Words that have a colour of their own where they stand in bold type."""
_DIFF = {"+": "plus", "-": "minus"}


@dataclass(frozen=True, slots=True)
class Look:
    """How pages are laid out: cells in a row, rows of a comment, and whether lines are drawn with letters only."""

    width: int = 100
    rows: int = 22
    is_plain: bool = False

    @property
    def side(self) -> str:
        """The left side of a frame."""
        return "| " if self.is_plain else "│ "

    @property
    def fold(self) -> str:
        """The mark of something that is folded away."""
        return "> " if self.is_plain else "▸ "

    @property
    def bullet(self) -> str:
        """The mark of an entry."""
        return "- " if self.is_plain else "• "

    @property
    def line(self) -> str:
        """A piece of a line from left to right."""
        return "-" if self.is_plain else "─"


def page(markdown: str, look: Look) -> list[Row]:
    """A whole text. Its first heading gets a line to the right margin."""
    return _Layout(look).rows(markdown)


def framed(markdown: str, heading: str, left_out: str, look: Look) -> list[Row]:
    """A comment in a frame.

    Where it takes more rows than there are, code and remarks on single changes go first, then what stands last.
    ``heading`` is what the frame says, ``left_out`` the line that tells of what went.
    """
    inner = Look(look.width - cells(look.side), look.rows, look.is_plain)
    rows = _Layout(inner).rows(markdown)
    if len(rows) > look.rows:
        rows = _Layout(inner, is_brief=True).rows(markdown)[: look.rows]
        while not rows[-1]:
            rows.pop()
        rows += [[], [Span(left_out, "dim")]]
    top = f"{look.line * 2} {heading} "
    frame = [Span(top + look.line * (look.width - cells(top)), "dim")]
    return [frame, *([Span(look.side, "dim"), *row] for row in rows), [Span(look.line * look.width, "dim")]]


@dataclass(slots=True)
class _Layout:
    """Walks through the tokens of a text once."""

    look: Look
    is_brief: bool = False
    _depth: int = 0
    _is_folded: bool = False
    _is_first: bool = True
    _is_headed: bool = False
    _marker: str = ""

    def rows(self, markdown: str) -> list[Row]:
        """All rows, with one empty row between parts and none at the ends."""
        from markdown_it import MarkdownIt

        tokens = MarkdownIt("commonmark").parse(markdown)
        found: list[Row] = []
        for row in chain.from_iterable(self._token(token, tokens[at - 1]) for at, token in enumerate(tokens)):
            if row or (found and found[-1]):
                found.append(row)
        while found and not found[-1]:
            found.pop()
        return found

    def _token(self, token: Token, before: Token) -> Iterator[Row]:
        if token.type == "html_block":
            yield from self._html(token.content)
        elif self._is_folded:
            return
        elif token.type in ("bullet_list_open", "bullet_list_close"):
            self._depth += token.nesting
            if not self._depth or (self._depth == 1 and token.nesting == 1 and not self._is_headed):
                yield []
        elif token.type == "list_item_open":
            self._marker = self.look.bullet
        elif token.type == "fence" and not self._leaves_out():
            yield from self._code(token)
        elif token.type == "inline":
            yield from self._text(token, before.type == "heading_open")

    def _html(self, content: str) -> Iterator[Row]:
        if content.startswith("<details>"):
            self._is_folded = True
            summary = content.partition("<summary>")[2].partition("</summary>")[0]
            yield []
            yield [Span(self.look.fold + summary, "dim")]
        elif content.startswith("</details>"):
            self._is_folded = False

    def _leaves_out(self) -> bool:
        """Whether what stands here goes, for want of room: all of an entry but its first line."""
        return self.is_brief and bool(self._depth) and not self._marker

    def _code(self, token: Token) -> Iterator[Row]:
        indent = "  " * self._depth + "  "
        room = self.look.width - len(indent)
        for line in token.content.rstrip("\n").split("\n"):
            text = visible(line)
            style = _DIFF.get(line[:1], "") if token.info == "diff" else ""
            yield [Span(indent), Span(text if cells(text) <= room else text[: room - 1] + "…", style)]
        if not self._depth:
            yield []

    def _text(self, token: Token, is_heading: bool) -> Iterator[Row]:
        if self._leaves_out():
            return
        spans = list(_spans(token.children or (), "title" if is_heading else "", is_brief=self.is_brief))
        if is_heading and self._is_first:
            said = "".join(span.text for span in spans)
            rest = self.look.width - cells(said) - 1
            yield [Span(said, "title"), Span(" " + self.look.line * max(rest, 0), "dim")]
            yield []
        else:
            margin = "  " * max(self._depth - 1, 0)
            hang = margin + " " * len(self.look.bullet) if self._depth else ""
            if not self._depth:
                yield []
            yield from _flowed(spans, self.look.width, margin + self._marker if self._marker else hang, hang)
            # Under a heading stands directly what it heads.
            if not self._depth and not is_heading:
                yield []
        self._is_first, self._marker = False, ""
        self._is_headed = is_heading


def _spans(children: Iterable[Token], base: str, *, is_brief: bool) -> Iterator[Span]:
    """The text of a paragraph; in brief its first line only."""
    style = base
    for child in children:
        if child.type == "strong_open":
            style = "strong"
        elif child.type == "strong_close":
            style = base
        elif child.type == "softbreak":
            if is_brief:
                return
            yield Span(" ")
        elif child.type == "code_inline":
            yield Span(child.content, "path" if base else "note")
        elif child.content and child.type == "text":
            found = _STRONG.get(child.content, "title") if style == "strong" else style
            yield Span(child.content, found)


def _flowed(spans: Iterable[Span], width: int, first: str, hang: str) -> Iterator[Row]:
    """Text broken at spaces, styles kept; a word may have several."""
    row: list[Span] = [Span(first)]
    used = cells(first)
    for word in _words(spans):
        size = sum(cells(part.text) for part in word)
        if len(row) == 1:
            row += word
        elif used + 1 + size > width:
            yield _joined(row)
            row, used = [Span(hang), *word], cells(hang)
        else:
            # A space between two words of one style has it too, else lines below them would be broken.
            row += [Span(" ", word[0].style if word[0].style == row[-1].style else ""), *word]
            size += 1
        used += size
    if len(row) > 1:
        yield _joined(row)


def _joined(row: Row) -> Row:
    """The same row in as few parts as there are styles."""
    return [
        Span("".join(span.text for span in same), style)
        for style, same in groupby(row, lambda span: span.style)
    ]


def _words(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """What spaces divide, each as parts of one style."""
    word: list[Span] = []
    for span in spans:
        for at, part in enumerate(span.text.split(" ")):
            if at and word:
                yield word
                word = []
            if part:
                word.append(Span(part, span.style))
    if word:
        yield word
