"""``unsafe { ... }`` blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.source import Source

KIND = Kind(
    "unsafe-block",
    Group.UNSAFE,
    "an `unsafe { ... }` block: its author vouches for every operation inside",
    "https://doc.rust-lang.org/reference/unsafe-keyword.html#unsafe-blocks-unsafe-",
    words=(b"unsafe",),
)
_SHAPE = re.compile(rb"unsafe\s*(\{)")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at an ``unsafe`` keyword."""
    if found := _SHAPE.match(source.text, at):
        group = source.delimiters.group_at(found.start(1))
        end = min(source.delimiters.closes[group] + 1, len(source.text))
        yield Match(at, at, end, claims=(at,))
