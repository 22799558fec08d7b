"""The integer constants that a Rust source names, as far as their value is written there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analyzers.ffi.c.arithmetic import number
from analyzers.rust.source import Source

_CONSTANT = re.compile(
    rb"\bconst\s+([A-Z_][A-Z0-9_]*)\s*:\s*((?:\w+\s*::\s*)*\w+)\s*=\s*([-!(]?[\w\s<|()]{1,80});"
)
_SUFFIX = re.compile(rb"(?<=[0-9a-fA-F_])(?:[iu](?:8|16|32|64|128|size))\b|\bas\s+\w+")
_SHIFT = re.compile(r"\(?\s*(\w+)\s*<<\s*(\w+)\s*\)?\Z")
_WIDTHS = {b"8": 8, b"16": 16, b"32": 32, b"64": 64}
_TYPE_WIDTH = re.compile(rb"\b[iu](8|16|32|64)\Z")
_WIDEST = 64


@dataclass(frozen=True, slots=True)
class Constant:
    """``const NAME: type = value``; ``bits`` is the width of its type, 0 where the type's name does not tell."""

    name: str
    value: int
    bits: int
    item: str
    line: int
    column: int

    def means(self, value: int) -> bool:
        """Whether a number of C's is the same in this type, its sign left to the type."""
        width = self.bits or _WIDEST
        same = (value - self.value) % (1 << width) == 0
        # `-1` of an unknown type may be one of C's unsigned numbers in 32 bits.
        return same or (not self.bits and (value - self.value) % (1 << 32) == 0)


def constants(source: Source, wanted: Callable[[str], bool]) -> Iterator[Constant]:
    """The integer constants outside test code and macros whose name is ``wanted``, in order."""
    for found in _CONSTANT.finditer(source.text):
        name = found[1].decode()
        value = _value(found[3]) if wanted(name) else None
        scope = source.scope_at(found.start()) if value is not None else None
        if value is None or scope is None or scope.in_test or scope.in_macro:
            continue
        width = _TYPE_WIDTH.search(found[2])
        yield Constant(
            name,
            value,
            _WIDTHS[width[1]] if width else 0,
            f"{scope.path}::{name}" if scope.path else name,
            source.line(found.start(1)),
            source.column(found.start(1)),
        )


def _value(text: bytes) -> int | None:
    """The value of an integer literal, negated or not, or of one shifted by another."""
    words = _SUFFIX.sub(b"", text).decode().replace("_", "").strip()
    shift = _SHIFT.match(words)
    if shift:
        left, right = _literal(shift[1]), _literal(shift[2])
        return None if left is None or right is None or not 0 <= right < _WIDEST else left << right
    if words.startswith("-"):
        value = _literal(words[1:].strip())
        return None if value is None else -value
    return _literal(words.strip("()").strip())


def _literal(text: str) -> int | None:
    """An integer literal of Rust's: no octal ones that start with a bare 0 (Reference, "Integer literals")."""
    if text.startswith("0o"):
        return int(text, 8) if re.fullmatch(r"0o[0-7]{1,20}", text) else None
    return number(text.lstrip("0") or "0") if text.isdecimal() else number(text)
