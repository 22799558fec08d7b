"""``unsafe trait`` and ``unsafe auto trait`` declarations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.shapes import IDENT
from analyzers.rust.source import Source

KIND = Kind(
    "unsafe-trait",
    Group.UNSAFE,
    "an `unsafe trait`: code elsewhere relies on a promise its implementors make",
    "https://doc.rust-lang.org/reference/unsafe-keyword.html#unsafe-traits-unsafe-trait",
    words=(b"unsafe",),
)
_SHAPE = re.compile(rb"unsafe\s+(?:auto\s+)?trait\s+(" + IDENT + rb")")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at an ``unsafe`` keyword; the trait's body belongs to the site."""
    if found := _SHAPE.match(source.text, at):
        yield Match(at, at, source.item_end(at), name=b"trait " + found[1], claims=(at,))
