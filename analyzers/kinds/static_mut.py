"""``static mut`` items."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.shapes import IDENT
from analyzers.rust.source import Source

KIND = Kind(
    "static-mut",
    Group.MEMORY,
    "a `static mut`: every access must be free of data races and aliasing",
    "https://doc.rust-lang.org/reference/items/static-items.html#mutable-statics",
    words=(b"static",),
)
_SHAPE = re.compile(rb"static\s+mut\s+(" + IDENT + rb")\s*:")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at ``static`` outside extern blocks; ``'static mut`` is a lifetime and no item."""
    found = _SHAPE.match(source.text, at)
    if found and source.text[at - 1 : at] != b"'" and not source.in_extern_block(at):
        yield Match(at, at, source.item_end(at, braces_end=False), name=found[1])
