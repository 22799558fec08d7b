"""Functions defined with a foreign ABI, ``extern "C" fn``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.shapes import ABI, IDENT, RUST_ABIS
from analyzers.rust.source import Source

KIND = Kind(
    "extern-fn",
    Group.FFI,
    "a function with a foreign ABI: foreign callers rely on its signature",
    "https://doc.rust-lang.org/reference/items/functions.html#extern-function-qualifier",
    words=(b"extern",),
)
_SHAPE = re.compile(rb"extern" + ABI + rb"\s*\bfn\s+(" + IDENT + rb"|\$\()")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at ``extern``; the site is the signature, up to the body or the semicolon."""
    found = _SHAPE.match(source.text, at)
    if found is None or source.in_extern_block(at):
        return
    abi = source.abi(found.start(1)) if found[1] else "C"
    if abi not in RUST_ABIS:
        yield Match(at, at, source.signature_end(at), name=found[3], detail=f'extern "{abi}"')
