"""A masked source as text: lines, columns, tokens and nesting."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from analyzers.rust.delimiters import Delimiters
from analyzers.rust.lexer import Masked, mask
from analyzers.rust.tokens import tokens

# What stands around the words of a string, raw or not.
_RAW_MARKS = re.compile(rb'\A[bc]?r?#*"|"#*\Z')
_SPACE = re.compile(rb"\s*")


class Text:
    """The bytes of a source, their masked copy, and what is worked out from both once."""

    def __init__(self, data: bytes, masked: Masked | None = None) -> None:
        self.data = data
        self.masked = masked if masked is not None else mask(data)
        self.text = self.masked.text
        self._column = (0, 1)

    @cached_property
    def delimiters(self) -> Delimiters:
        """The nesting of the masked text."""
        return Delimiters(self.text)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.data.split(b"\n"))]

    def line(self, offset: int) -> int:
        """The 1-based line of a byte offset."""
        return bisect_right(self._line_starts, offset)

    def line_start(self, line: int) -> int:
        """The offset of the first byte of a 1-based line."""
        return self._line_starts[line - 1]

    def column(self, offset: int) -> int:
        """The 1-based column of a byte offset, in characters."""
        start = self._line_starts[bisect_right(self._line_starts, offset) - 1]
        # Offsets are asked for in order, so a long line is counted once and not from its start each time.
        known, column = self._column
        if not start <= known <= offset:
            known, column = start, 1
        column += len(self.data[known:offset].decode("utf-8", "replace"))
        self._column = (offset, column)
        return column

    def skip_space(self, offset: int) -> int:
        """The first offset at or after ``offset`` that holds code."""
        found = _SPACE.match(self.text, offset)
        return found.end() if found else offset

    def abi(self, quote: int) -> str:
        """The ABI string whose opening quote stands at ``quote``."""
        end = self.text.find(b'"', quote + 1)
        return _RAW_MARKS.sub(b"", self.data[quote : end + 1]).decode("utf-8", "replace")

    def token_words(self, start: int, end: int) -> list[bytes]:
        """The tokens between two offsets."""
        return tokens(self.data, self.text, start, end)

    def close_of(self, opener: int) -> int:
        """The offset behind the group whose opening delimiter stands at ``opener``."""
        return min(self.delimiters.closes[self.delimiters.group_at(opener)] + 1, len(self.text))
