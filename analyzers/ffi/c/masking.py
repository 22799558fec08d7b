"""Masks a C header, at the same length: what is left are declarations that hold whatever the preprocessor is told.

Comments, literals and directives become spaces, and so does what only C++ sees. Directives are listed: macros
with their bodies, and the places where a condition that nobody knows begins or ends.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

_GAP = re.compile(
    rb"/\*.*?(?:\*/|\Z)"
    rb"|//(?:[^\n\\]|\\\r?\n|\\)*"
    rb'|"(?:[^"\\\n]|\\.)*+(?:"|(?=\n)|\Z)'
    rb"|'(?:[^'\\\n]|\\.)*+(?:'|(?=\n)|\Z)",
    re.DOTALL,
)
_CHARACTER = re.compile(rb"'[^\\\[\](){};'\"\n]'\Z")
_DIRECTIVE = re.compile(rb"^[ \t\f\v\r]*#[ \t]*(\w*)((?:[^\n\\]|\\\r?\n|\\)*)", re.MULTILINE)
_MACRO = re.compile(rb"\s*([A-Za-z_]\w*)(\()?")
_PARAMETERS = re.compile(rb"\(([^()]*)\)")
_NOT_NEWLINE = re.compile(rb"[^\n]")
_CPLUSPLUS = re.compile(rb"\s*(?:defined\s*\(?\s*)?__cplusplus\s*\)?\s*(?:>=?\s*\d+L?\s*)?\Z")
_NOT_CPLUSPLUS = re.compile(rb"\s*!\s*defined\s*\(?\s*__cplusplus\s*\)?\s*\Z")
_NAME = re.compile(rb"\s*([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Macro:
    """A ``#define``: ``parameters`` is None for an object-like one. ``body`` is its text without comments."""

    name: str
    body: bytes
    line: int
    parameters: tuple[str, ...] | None = None
    conditional: bool = False


@dataclass(slots=True)
class _Condition:
    """An ``#if`` that is open: from where its branch is blanked (-1: it is not), and whether it is a mere guard."""

    blanked_from: int = -1
    guard: bool = False
    cplusplus: bool | None = None


@dataclass(frozen=True)
class Masked:
    """A header, masked. ``doubts`` are the offsets of directives whose condition is not known, ascending."""

    text: bytes
    macros: tuple[Macro, ...]
    doubts: tuple[int, ...]
    packs: bool

    @cached_property
    def _newlines(self) -> list[int]:
        return [found.start() for found in re.finditer(rb"\n", self.text)]

    def line(self, offset: int) -> int:
        """The 1-based line of a byte offset."""
        return bisect_left(self._newlines, offset) + 1

    def is_doubtful(self, start: int, end: int) -> bool:
        """Whether an unknown condition begins, turns or ends between two offsets."""
        at = bisect_left(self.doubts, start)
        return at < len(self.doubts) and self.doubts[at] < end


def blank(text: bytes) -> bytes:
    """Spaces of the same length; line ends stay."""
    return _NOT_NEWLINE.sub(b" ", text) if b"\n" in text else b" " * len(text)


def masked(data: bytes) -> Masked:
    """Mask the bytes of a header, in time linear in their number; never raises."""
    text = _GAP.sub(_blank_gap, data)
    return _Directives(text).run()


def _blank_gap(found: re.Match[bytes]) -> bytes:
    gap = found[0]
    # Linkage is told by a string, and it is the only one that matters.
    return gap if gap in (b'"C"', b'"C++"') or _CHARACTER.match(gap) else blank(gap)


class _Directives:
    """Goes over the directives of a text whose comments are gone."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._parts = bytearray(text)
        self._open: list[_Condition] = []
        self._macros: list[Macro] = []
        self._doubts: list[int] = []
        self._packs = False
        self._guard = _guard(text)
        self._line, self._counted = 1, 0

    def run(self) -> Masked:
        for found in _DIRECTIVE.finditer(self._text):
            self._take(found)
            self._blank(found.start(), found.end())
        for condition in self._open:
            self._close(condition, len(self._text))
        return Masked(bytes(self._parts), tuple(self._macros), tuple(self._doubts), self._packs)

    def _take(self, found: re.Match[bytes]) -> None:
        word, rest, at = found[1], found[2], found.start()
        if word in (b"if", b"ifdef", b"ifndef"):
            self._enter(word, rest, found.end())
        elif word in (b"else", b"elif", b"elifdef", b"elifndef"):
            self._turn(word, at, found.end())
        elif word == b"endif" and self._open:
            condition = self._open.pop()
            self._close(condition, at)
            self._doubt(condition, at)
        elif word == b"define":
            self._define(rest, at)
        elif word == b"pragma":
            self._packs = self._packs or b"pack" in rest

    def _enter(self, word: bytes, rest: bytes, end: int) -> None:
        condition = _Condition()
        positive = word == b"ifdef" or (word == b"if" and _CPLUSPLUS.match(rest) is not None)
        if rest.strip() == b"__cplusplus" or (word == b"if" and _CPLUSPLUS.match(rest)):
            condition.cplusplus = positive
        elif word == b"if" and _NOT_CPLUSPLUS.match(rest):
            condition.cplusplus = False
        elif word == b"if" and rest.strip() == b"0":
            condition.blanked_from = end
        elif word in (b"ifndef", b"if") and self._guard and self._guard in rest and not self._open:
            condition.guard = True
        if condition.cplusplus:
            condition.blanked_from = end
        self._doubt(condition, end)
        self._open.append(condition)

    def _turn(self, word: bytes, at: int, end: int) -> None:
        if not self._open:
            return
        condition = self._open[-1]
        self._close(condition, at)
        if condition.cplusplus is not None:
            condition.cplusplus = not condition.cplusplus if word == b"else" else None
            condition.blanked_from = end if condition.cplusplus else -1
        self._doubt(condition, at)

    def _close(self, condition: _Condition, at: int) -> None:
        if condition.blanked_from >= 0:
            self._blank(condition.blanked_from, at)
            condition.blanked_from = -1

    def _doubt(self, condition: _Condition, at: int) -> None:
        if not condition.guard and condition.cplusplus is None:
            self._doubts.append(at)

    def _define(self, rest: bytes, at: int) -> None:
        found = _MACRO.match(rest)
        if found is None:
            return
        self._line += self._text.count(b"\n", self._counted, at)
        self._counted = at
        parameters: tuple[str, ...] | None = None
        body = rest[found.end(1) :]
        if found[2]:
            listed = _PARAMETERS.match(body)
            parameters = tuple(_words(listed[1])) if listed else ()
            body = body[listed.end() :] if listed else b""
        conditional = any(not condition.guard and condition.cplusplus is None for condition in self._open)
        body = body.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ").strip()
        self._macros.append(Macro(found[1].decode(), body, self._line, parameters, conditional))

    def _blank(self, start: int, end: int) -> None:
        self._parts[start:end] = blank(bytes(self._parts[start:end]))


def _words(text: bytes) -> list[str]:
    return [word.decode() for word in re.findall(rb"[A-Za-z_]\w*", text)]


def _guard(text: bytes) -> bytes:
    """The name of the include guard: what the first directive asks for and the second one defines; else empty."""
    directives = _DIRECTIVE.finditer(text)
    first = next(directives, None)
    while first is not None and first[1] == b"pragma":
        first = next(directives, None)
    second = next(directives, None)
    if first is None or second is None or first[1] not in (b"ifndef", b"if") or second[1] != b"define":
        return b""
    name = _NAME.match(second[2])
    return name[1] if name is not None and name[1] in first[2] else b""
