"""Strings of a source, and the instructions to Cargo among them (Cargo book, "Outputs of the Build Script")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.buildtime.names import LINKING
from analyzers.rust.source import Source

_MARKS = re.compile(rb'\A[bc]?r?#*"|"#*\Z')
# An instruction whose very name is put in when the script runs has the placeholder as its name.
_DIRECTIVE = re.compile(r"(?:^|\n|\\n)\s*cargo::?([a-z][a-z0-9-]*(?==)|[a-z0-9-]*\{[^=\n\\]*)=?([^\n\\]*)")
_LONGEST = 4096
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Literal:
    """A string: its text as written between the quotes, and its offsets with them."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Directive:
    """An instruction as far as it stands in a string; ``computed`` where a part is put in when the script runs."""

    name: str
    value: str
    start: int
    end: int

    @property
    def links(self) -> bool:
        """Whether it reaches the linker, or may."""
        return self.name in LINKING or "{" in self.name

    @property
    def computed(self) -> bool:
        """Whether the value is put together when the script runs."""
        return not self.value or _PLACEHOLDER.search(self.value) is not None


def literals(source: Source, start: int = 0, end: int = -1) -> Iterator[Literal]:
    """The strings between two offsets, in order; of a long one only its beginning."""
    stop = len(source.text) if end < 0 else end
    quote = source.text.find(b'"', start, stop)
    while quote >= 0:
        close = source.text.find(b'"', quote + 1)
        if close < 0:
            return
        raw = _MARKS.sub(b"", source.data[quote : min(close + 1, quote + _LONGEST)])
        yield Literal(raw.decode("utf-8", "replace"), quote, close + 1)
        quote = source.text.find(b'"', close + 1, stop)


def directives(source: Source) -> tuple[Directive, ...]:
    """Every instruction in the strings of a build script."""
    if b"cargo:" not in source.data:
        return ()
    return tuple(
        Directive(found[1], found[2], each.start, each.end)
        for each in literals(source)
        if "cargo:" in each.text
        for found in _DIRECTIVE.finditer(each.text)
    )
