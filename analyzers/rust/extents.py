"""Where statements, items, fields, types and signatures begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.rust.lexer import Masked
from analyzers.rust.text import Text

# How many delimiters a header, a statement or an item's end may be away: far more than code has, and
# few enough that a hostile file cannot make every site walk the whole file.
MAX_STEPS = 128
# The same in bytes, where there are no delimiters to count.
REACH = 4096

ATTRIBUTE_START = re.compile(rb"\s*#\s*\[")
INNER_ATTRIBUTE_START = re.compile(rb"\s*#\s*!\s*\[")
# A brace group before one of these belongs to the header that goes on behind it: `Foo<{ N }> {`.
_HEADER_GOES_ON = re.compile(rb"\s*(?:[>,)\].?]|else\b)")
# How far behind a site the ends of the generics around it are looked for.
_ANGLE_REACH = 1024
# How many groups back the comma before a list's element is looked for; arguments and fields have a few.
_MAX_ELEMENTS = 32
_LIST_MARK = re.compile(rb"(?<![-=])>|[,<]")
_ANGLE_END = re.compile(rb"->|=>|[<>;(){}\[\]]")
_FIELD_END = re.compile(rb"->|=>|[,<>()\[\]{}]")
_TYPE_END = re.compile(rb"->|=>|[,;=<>()\[\]{}]")
_SIGNATURE_END = re.compile(rb"->|=>|[;<>()\[\]{}]")
_ATTRIBUTE_END = re.compile(rb"[,()\[\]{}]")


class Extents(Text):
    """A source that knows how far its pieces of syntax reach, in bounded steps."""

    def __init__(self, data: bytes, masked: Masked | None = None) -> None:
        super().__init__(data, masked)
        self._statements: dict[int, int] = {}
        self._edges: dict[int, int] = {}
        self._heads: dict[int, int] = {}

    def statement_start(self, offset: int) -> int:
        """Where the statement, item or field begins that holds ``offset``, its outer attributes included.

        Inner attributes (``#![...]``) in front belong to what encloses it, not to it.
        """
        if (known := self._statements.get(offset)) is not None:
            return known
        start = self._statement_edge(offset)
        while found := INNER_ATTRIBUTE_START.match(self.text, start, offset):
            group = self.delimiters.group_at(found.end() - 1)
            if group < 0 or self.delimiters.closes[group] >= offset:
                break
            start = self.delimiters.closes[group] + 1
        self._statements[offset] = start
        return start

    def _statement_edge(self, offset: int) -> int:
        """The end of what comes before the statement that holds ``offset``.

        Goes back over complete groups to the previous ``;``, the previous ``}`` that ends something, or
        the opener of the enclosing group. Commas do not end it: generic parameters have them too.
        """
        delimiters = self.delimiters
        around = delimiters.enclosing(offset)
        # Directly inside brackets a semicolon stands before an array's length and ends nothing.
        mark = b";" if around < 0 or self.text[delimiters.opens[around]] != 0x5B else b"\x00"
        index = delimiters.index_before(offset)
        position = delimiters.positions[index] if index >= 0 else -1
        semicolon = self.text.rfind(mark, max(position + 1, offset - REACH), offset)
        if semicolon >= 0 or offset - REACH > position:
            return max(semicolon + 1, offset - REACH)
        return self._edge_before(index, mark)

    def _edge_before(self, index: int, mark: bytes) -> int:
        """The same for the place right behind a delimiter; whatever it passes is remembered for later questions."""
        text, delimiters, known = self.text, self.delimiters, self._edges
        passed: list[int] = []
        while True:
            if (edge := known.get(index, -1)) >= 0:
                break
            passed.append(index)
            position = delimiters.positions[index] if index >= 0 else -1
            edge = position + 1
            if index < 0:
                break
            opener = delimiters.opens[delimiters.groups[index]]
            if opener == position or (text[position] == 0x7D and not _HEADER_GOES_ON.match(text, edge)):
                break
            index = delimiters.index_before(opener)
            before = delimiters.positions[index] if index >= 0 else -1
            semicolon = text.rfind(mark, max(before + 1, opener - REACH), opener)
            if semicolon >= 0 or opener - REACH > before:
                edge = max(semicolon + 1, opener - REACH)
                break
        for one in passed:
            known[one] = edge
        return edge

    def element_start(self, start: int, offset: int, end: int) -> int:
        """Where the list element begins that holds ``offset``, within the statement that begins at ``start``.

        That is behind the last comma outside nested groups and generic arguments, so that an attribute of
        one field, argument or match arm is not taken for its neighbour's. ``<`` counts as an opening angle only
        if its ``>`` comes, at the latest behind ``end``: otherwise it compares.
        """
        comma, depth = -1, 0
        open_angles = self._closing_angles(end)
        for low, high in self._segments_back(start, offset):
            for found in reversed(list(_LIST_MARK.finditer(self.text, low, high))):
                if found[0] == b">":
                    depth += 1
                elif found[0] == b"<" and depth:
                    depth -= 1
                elif found[0] == b"<" and open_angles:
                    open_angles -= 1
                    comma = -1
                elif found[0] == b"," and not depth and comma < 0:
                    comma = found.end()
        return start if comma < 0 else comma

    def _closing_angles(self, offset: int) -> int:
        """How many unmatched ``>`` follow in the same group before anything that ends a type."""
        depth = closed = 0
        for found in _ANGLE_END.finditer(self.text, offset, offset + _ANGLE_REACH):
            if found[0] == b"<":
                depth += 1
            elif found[0] == b">" and depth:
                depth -= 1
            elif found[0] == b">":
                closed += 1
            elif found[0] not in (b"->", b"=>"):
                break
        return closed

    def _segments_back(self, start: int, offset: int) -> Iterator[tuple[int, int]]:
        """The stretches of text between ``start`` and ``offset`` outside nested groups, last first."""
        delimiters = self.delimiters
        high = offset
        index = delimiters.index_before(offset)
        for _ in range(_MAX_ELEMENTS):
            position = delimiters.positions[index] if index >= 0 else -1
            yield max(start, position + 1, high - REACH), high
            if position < start:
                return
            high = delimiters.opens[delimiters.groups[index]]
            index = delimiters.index_before(high)

    def item_end(self, offset: int, *, braces_end: bool = True) -> int:
        """The offset behind the item whose head starts at ``offset``: behind its ``;`` or its closing brace.

        With ``braces_end`` false only a ``;`` ends it (statics, constants). The enclosing group's end
        always does.
        """
        return self._item_extent(offset, braces_end)[1]

    def body_start(self, offset: int) -> int:
        """The offset of the brace that opens the body of the item at ``offset``, or the item's end if it has none."""
        return self._item_extent(offset, braces_end=True)[0]

    def _item_extent(self, offset: int, braces_end: bool) -> tuple[int, int]:
        """Where an item's body opens, and the offset behind the item; both are the end when there is no body."""
        text, delimiters = self.text, self.delimiters
        start = offset
        index = delimiters.index_from(offset)
        count = len(delimiters.positions)
        for _ in range(MAX_STEPS):
            position = delimiters.positions[index] if index < count else len(text)
            semicolon = text.find(b";", start, min(position, start + REACH))
            if semicolon >= 0:
                return semicolon, semicolon + 1
            if index >= count:
                return len(text), len(text)
            group = delimiters.groups[index]
            if delimiters.opens[group] != position:
                return position, position
            close = min(delimiters.closes[group] + 1, len(text))
            if text[position] == 0x7B and braces_end and not _HEADER_GOES_ON.match(text, close):
                return position, close
            start = close
            index = delimiters.index_from(close)
        return start, start

    def field_end(self, offset: int) -> int:
        """The offset behind the field or type at ``offset``: its comma, or the end of the group around it."""
        return self._end_before(offset, _FIELD_END)

    def type_end(self, offset: int) -> int:
        """The offset behind the type at ``offset``: the first ``,``, ``;``, ``=``, ``{``, unmatched ``>`` or closer."""
        return self._end_before(offset, _TYPE_END)

    def signature_end(self, offset: int) -> int:
        """The offset behind a function's signature: before its body's brace or its semicolon."""
        return self._end_before(offset, _SIGNATURE_END)

    def _end_before(self, offset: int, stop: re.Pattern[bytes]) -> int:
        """The first match of ``stop`` outside nested groups and angle brackets, without the space before it."""
        text, angles = self.text, 0
        position = offset
        for _ in range(MAX_STEPS):
            found = stop.search(text, position, position + REACH)
            if found is None:
                return min(len(text), position + REACH)
            position, byte = found.end(), found[0]
            if byte == b"<":
                angles += 1
            elif byte == b">" and angles:
                angles -= 1
            elif byte in (b"(", b"[") or (
                byte == b"{" and _HEADER_GOES_ON.match(text, self.close_of(found.start()))
            ):
                position = self.close_of(found.start())
            elif byte in (b"->", b"=>") or (byte == b"," and angles):
                continue
            else:
                return len(text[offset : found.start()].rstrip()) + offset
        return position

    def attribute_end(self, offset: int) -> int:
        """The offset behind an attribute's arguments or value."""
        return self._end_before(offset, _ATTRIBUTE_END)

    def skip_attributes(self, start: int, end: int) -> int:
        """The first offset behind the outer attributes that start at ``start``, at most ``end``."""
        passed: list[int] = []
        head = start
        while (known := self._heads.get(head, -1)) < 0:
            passed.append(head)
            found = ATTRIBUTE_START.match(self.text, head)
            group = self.delimiters.group_at(found.end() - 1) if found else -1
            if group < 0:
                known = self.skip_space(head)
                break
            head = min(self.delimiters.closes[group] + 1, len(self.text))
        for place in passed:
            self._heads[place] = known
        return min(known, end)
