"""Types declared in extern blocks: opaque foreign types (RFC 1861) and bridge types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.kinds import extern_block
from analyzers.model import Group
from analyzers.rust.shapes import IDENT
from analyzers.rust.source import Source

KIND = Kind(
    "foreign-type",
    Group.FFI,
    "a foreign type: its size and layout are unknown to the compiler or taken on trust",
    "https://rust-lang.github.io/rfcs/1861-extern-types.html",
    words=(b"extern",),
)
_MEMBER = re.compile(rb"\b(?:(unsafe)\s+)?(type)\s+(" + IDENT + rb"|\$\()")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at the ``extern`` of a block: one site for each type in it."""
    for found in source.foreign_members(extern_block.SHAPE.match(source.text, at), _MEMBER):
        yield Match(
            found.start(2),
            found.start(),
            source.item_end(found.start()),
            name=found[3],
            claims=(found.start(1),) if found[1] else (),
        )
