"""``extern "ABI" { ... }`` blocks, with ``unsafe`` in front or without."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.shapes import ABI
from analyzers.rust.source import Source

KIND = Kind(
    "extern-block",
    Group.FFI,
    "an `extern` block: its author vouches that the declarations fit the foreign library",
    "https://doc.rust-lang.org/reference/items/external-blocks.html",
    words=(b"extern",),
)
SHAPE = re.compile(rb"extern" + ABI + rb"\s*(\{)")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at ``extern``; the site's own tokens are its head, the declarations inside are sites themselves."""
    found = SHAPE.match(source.text, at)
    if found is None:
        return
    before = source.word_before(at, b"unsafe")
    start = before if before >= 0 else at
    group = source.delimiters.group_at(found.start(3))
    end = min(source.delimiters.closes[group] + 1, len(source.text))
    abi = source.abi(found.start(1)) if found[1] else "C"
    claims = (before,) if before >= 0 else ()
    yield Match(at, start, end, detail=f'extern "{abi}"', claims=claims, own_end=found.start(3))
