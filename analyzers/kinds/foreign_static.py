"""Statics declared in extern blocks, ``safe static`` included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.kinds import extern_block
from analyzers.model import Group
from analyzers.rust.shapes import IDENT
from analyzers.rust.source import Source

KIND = Kind(
    "foreign-static",
    Group.FFI,
    "a foreign static: its type and mutability are taken on trust",
    "https://doc.rust-lang.org/reference/items/external-blocks.html#statics",
    words=(b"extern",),
)
_MEMBER = re.compile(rb"(?:\b(safe|unsafe)\s+)?\b(?<!')(static)\s+(?:mut\s+)?(" + IDENT + rb"|\$\()\s*:")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at the ``extern`` of a block: one site for each static in it."""
    for found in source.foreign_members(extern_block.SHAPE.match(source.text, at), _MEMBER):
        safety = found[1] or b""
        yield Match(
            found.start(2),
            found.start(),
            source.item_end(found.start(), braces_end=False),
            name=found[3],
            detail="safe" if safety == b"safe" else "",
            claims=(found.start(1),) if safety == b"unsafe" else (),
        )
