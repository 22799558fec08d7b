"""Type declarations taken apart: every field for itself, and what is left around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzers.soundness.groups import closers

_OPENERS = frozenset((b"(", b"[", b"{"))


@dataclass(frozen=True, slots=True)
class Declaration:
    """A struct, enum or union: the tokens of each field by its name (or number), and those of all the rest.

    Variants of an enum stay in ``frame``: no code reads them by a dot.
    """

    frame: tuple[bytes, ...]
    fields: Mapping[bytes, tuple[bytes, ...]]


def declaration(words: Sequence[bytes]) -> Declaration:
    """Take the canonical tokens of a type declaration apart."""
    ends = closers(words)
    opener = _body(words, ends)
    if opener < 0 or b"enum" in words[:opener]:
        return Declaration(tuple(words), {})
    end = ends[opener]
    tuple_like = words[opener] == b"("
    fields: dict[bytes, tuple[bytes, ...]] = {}
    for number, (start, stop) in enumerate(_elements(words, ends, opener + 1, end)):
        name = str(number).encode() if tuple_like else _name(words, start, stop)
        fields[name] = tuple(words[start:stop])
    return Declaration((*words[:opener], *words[end + 1 :]), fields)


def _body(words: Sequence[bytes], ends: Sequence[int]) -> int:
    """Where the fields open: the first brace, or the first parenthesis right behind the name and its generics."""
    angles = 0
    index = 0
    named = False
    while index < len(words):
        word = words[index]
        if word in (b"struct", b"union", b"enum"):
            named = True
        elif word == b"<":
            angles += 1
        elif word == b">" and words[index - 1 : index] not in ([b"-"], [b"="]):
            angles -= 1
        elif word in _OPENERS:
            if named and angles <= 0 and (word == b"{" or (word == b"(" and b"where" not in words[:index])):
                return index
            index = ends[index]
        index += 1
    return -1


def _elements(words: Sequence[bytes], ends: Sequence[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between commas outside nested groups and generic arguments."""
    angles = 0
    index = begin = start
    while index < end:
        word = words[index]
        if word in _OPENERS:
            index = max(index, ends[index])
        elif word == b"<":
            angles += 1
        elif word == b">" and words[index - 1] not in (b"-", b"="):
            angles -= 1
        elif word == b"," and angles <= 0:
            yield begin, index
            begin = index + 1
        index += 1
    if begin < end:
        yield begin, end


def _name(words: Sequence[bytes], start: int, stop: int) -> bytes:
    """The word before the field's colon."""
    for index in range(start + 1, stop):
        if words[index] == b":":
            return words[index - 1]
    return b""
