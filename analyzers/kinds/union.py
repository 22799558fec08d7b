"""``union`` items."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.shapes import IDENT
from analyzers.rust.source import Source

KIND = Kind(
    "union",
    Group.MEMORY,
    "a `union`: reading a field asserts which one was written",
    "https://doc.rust-lang.org/reference/items/unions.html",
    words=(b"union",),
)
# `union` is a keyword only where an item may start: a name must follow, then its generics, where or body.
_SHAPE = re.compile(rb"union\s+(" + IDENT + rb")\s*(?:<|\{|where\b|\$)")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at the word ``union``."""
    if found := _SHAPE.match(source.text, at):
        yield Match(at, at, source.item_end(at), name=found[1])
