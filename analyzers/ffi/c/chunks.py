"""Cuts a masked header into its outermost declarations, so that one which is not understood harms no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.ffi.c.masking import Masked

# The largest real ones are enumerations of some thousand constants; what is deeper or larger is not read.
LONGEST = 1 << 18
_DEEPEST = 48
# What stands before a declaration's first brace is looked at up to here.
_HEAD = 1 << 10
_MARK = re.compile(rb"[{}();\[\]]")
_SPACE = re.compile(rb"\s*")
_LINKAGE = re.compile(rb'extern\s*"(C|C\+\+)"\s*\Z')
_LINKED = re.compile(rb'extern\s*"C"')
_BODY_OF_TYPE = re.compile(rb"\b(?:struct|union|enum)\b[^;{}=]*\Z")
_PLUSPLUS = re.compile(
    rb"::|\bclass\s+\w+\s*[:;{]|\bnamespace\s+\w+\s*\{|\btemplate\s*<|\busing\s+\w+\s*[=;]"
    rb"|^[ \t]*(?:public|private|protected)[ \t]*:[ \t]*$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One outermost declaration: its offset, its text up to and with the semicolon (bodies of functions are gone).

    ``doubtful`` when an unknown condition of the preprocessor stands inside.
    """

    start: int
    text: bytes
    doubtful: bool = False


def chunks(source: Masked) -> tuple[Chunk, ...]:
    """The outermost declarations in order; in a C++ header only those with C linkage."""
    return tuple(_Cutter(source).run())


class _Cutter:
    def __init__(self, source: Masked) -> None:
        self._source = source
        self._text = source.text
        self._start = 0
        self._depth = self._inner = self._transparent = self._deepest = 0
        self._plusplus = _PLUSPLUS.search(source.text) is not None
        # Where a body of a function begins that is to be left out; -1 outside.
        self._body = -1

    def run(self) -> Iterator[Chunk]:
        for mark in _MARK.finditer(self._text):
            sign, at = mark[0], mark.start()
            if sign in (b"(", b"["):
                self._inner += 1
            elif sign in (b")", b"]"):
                self._inner = max(0, self._inner - 1)
            elif sign == b"{":
                if self._depth or self._inner or not self._opens_transparent(at):
                    self._depth += 1
            else:
                yield from self._end(sign, at)
            self._deepest = max(self._deepest, self._depth + self._inner)

    def _end(self, sign: bytes, at: int) -> Iterator[Chunk]:
        """What a semicolon or a closing brace ends; a parenthesis that is still open there is never closed."""
        broken, self._inner = self._inner > 0, 0
        if sign == b";":
            if not self._depth and broken:
                self._restart(at + 1)
            elif not self._depth:
                yield from self._cut(at + 1, at + 1)
        elif self._depth:
            self._depth -= 1
            if not self._depth and self._body >= 0:
                yield from self._cut(self._body, at + 1)
        else:
            self._transparent = max(0, self._transparent - 1)
            self._restart(at + 1)

    def _opens_transparent(self, at: int) -> bool:
        """Whether a brace on the outermost level opens a linkage block; if not, notes whose body it opens."""
        start = _space_end(self._text, self._start)
        head = self._text[start : min(at, start + _HEAD)]
        if _LINKAGE.search(head):
            self._transparent += 1
            self._restart(at + 1)
            return True
        is_type = at - start <= _HEAD and _BODY_OF_TYPE.search(head) is not None
        if not is_type and b"=" not in head and self._body < 0:
            self._body = at
        return False

    def _cut(self, text_end: int, end: int) -> Iterator[Chunk]:
        start = _space_end(self._text, self._start)
        seen = self._transparent or not self._plusplus or _LINKED.match(self._text, start) is not None
        if seen and self._deepest <= _DEEPEST and 1 < text_end - start <= LONGEST:
            text = self._text[start:text_end]
            yield Chunk(
                start,
                text if text.endswith(b";") else text + b";",
                self._source.is_doubtful(start, end),
            )
        self._restart(end)

    def _restart(self, at: int) -> None:
        self._start, self._body, self._deepest = at, -1, 0


def _space_end(text: bytes, start: int) -> int:
    found = _SPACE.match(text, start)
    return found.end() if found else start
