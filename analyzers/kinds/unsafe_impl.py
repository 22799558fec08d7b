"""``unsafe impl Trait for Type``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.items import impl_label
from analyzers.rust.source import Source

KIND = Kind(
    "unsafe-impl",
    Group.UNSAFE,
    "an `unsafe impl`: its author vouches that the type keeps the trait's promise",
    "https://doc.rust-lang.org/reference/unsafe-keyword.html#unsafe-trait-implementations-unsafe-impl",
    words=(b"unsafe",),
)
_SHAPE = re.compile(rb"unsafe\s+(impl)\b")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at an ``unsafe`` keyword; the impl's body belongs to the site."""
    if found := _SHAPE.match(source.text, at):
        end = source.item_end(at)
        label = impl_label(source.data, source.text, found.end(1), source.body_start(at))
        yield Match(at, at, end, name=label.encode(), claims=(at,))
