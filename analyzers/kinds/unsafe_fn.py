"""``unsafe fn``: free, inherent and trait functions, with a body or without."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.shapes import ABI, IDENT
from analyzers.rust.source import Source

KIND = Kind(
    "unsafe-fn",
    Group.UNSAFE,
    "an `unsafe fn`: callers must uphold what its documentation demands",
    "https://doc.rust-lang.org/reference/unsafe-keyword.html#unsafe-functions-unsafe-fn",
    words=(b"unsafe",),
)
# The name may be a macro's repetition or metavariable, but not a parenthesis: that is a pointer type.
_SHAPE = re.compile(rb"unsafe\s+(?:extern" + ABI + rb"\s*)?\bfn\s+(" + IDENT + rb"|\$\()")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at an ``unsafe`` keyword outside extern blocks."""
    found = _SHAPE.match(source.text, at)
    if found and not source.in_extern_block(at):
        yield Match(at, at, source.item_end(at), name=found[3], claims=(at,))
