"""A masked source as text: lines, columns, tokens and nesting.

Offsets are those of the folded text, and places those of the file (see ``folding``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from analyzers.rust.delimiters import Delimiters
from analyzers.rust.folding import WIDE, fold
from analyzers.rust.lexer import Masked, mask
from analyzers.rust.tokens import tokens

# What stands around the words of a string, raw or not.
_RAW_MARKS = re.compile(rb'\A[bc]?r?#*"|"#*\Z')
_SPACE = re.compile(rb"\s*")
_WORD_BYTE = re.compile(rb"\w")


class Text:
    """The bytes of a source, their masked copy, and what is worked out from both once.

    ``data`` and ``text`` are folded, so offsets are for them; ``file`` is the source as it was given, and
    ``masked`` its masked copy, both with the places that people see.
    """

    def __init__(self, data: bytes, masked: Masked | None = None) -> None:
        self.file = data
        self.masked = masked if masked is not None else mask(data)
        self._folded = fold(data, self.masked.text)
        self.data = self._folded.data
        self.text = self._folded.text
        self.is_folded = self.text is not self.masked.text
        self._column = (0, 1)

    def place(self, offset: int) -> int:
        """The place in the file of the byte at ``offset``; for the end of code, where that ends in the file."""
        return self._folded.place(offset)

    def offset(self, place: int) -> int:
        """The offset of the code that stands at a place in the file."""
        return self._folded.offset(place)

    @cached_property
    def delimiters(self) -> Delimiters:
        """The nesting of the masked text."""
        return Delimiters(self.text)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.file.split(b"\n"))]

    def line(self, offset: int) -> int:
        """The 1-based line of a byte offset."""
        return bisect_right(self._line_starts, self.place(offset))

    def line_of(self, place: int) -> int:
        """The 1-based line of a place in the file."""
        return bisect_right(self._line_starts, place)

    def line_start(self, line: int) -> int:
        """The place of the first byte of a 1-based line."""
        return self._line_starts[line - 1]

    def column(self, offset: int) -> int:
        """The 1-based column of a byte offset, in characters."""
        place = self.place(offset)
        start = self._line_starts[bisect_right(self._line_starts, place) - 1]
        # Offsets are asked for in order, so a long line is counted once and not from its start each time.
        known, column = self._column
        if not start <= known <= place:
            known, column = start, 1
        column += len(self.file[known:place].decode("utf-8", "replace"))
        self._column = (place, column)
        return column

    def skip_space(self, offset: int) -> int:
        """The first offset at or after ``offset`` that holds code."""
        found = _SPACE.match(self.text, offset)
        return found.end() if found else offset

    def code_end(self, offset: int) -> int:
        """Where the code before ``offset`` ends: the counterpart of ``skip_space``."""
        low = max(0, offset - WIDE)
        return low + len(self.text[low:offset].rstrip())

    def word_before(self, offset: int, *words: bytes) -> int:
        """Where the word starts that is the last code before ``offset``, if it is one of ``words``; else -1."""
        end = self.code_end(offset)
        if self.text.endswith(words, 0, end):
            for word in words:
                start = end - len(word)
                if self.text.startswith(word, start) and not (
                    start and _WORD_BYTE.match(self.text, start - 1)
                ):
                    return start
        return -1

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
