"""Function pointer types that are unsafe or have a foreign ABI."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.shapes import ABI, RUST_ABIS
from analyzers.rust.source import Source

KIND = Kind(
    "fn-pointer",
    Group.FFI,
    "an unsafe or foreign function pointer type: what it points to must fit the signature",
    "https://doc.rust-lang.org/reference/types/function-pointer.html",
    words=(b"unsafe", b"extern"),
)
_SHAPE = re.compile(rb"(?:(unsafe)\s+)?(?:(extern)" + ABI + rb"\s*)?\bfn\s*\(")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at ``unsafe``, or at an ``extern`` that has no ``unsafe`` in front."""
    found = _SHAPE.match(source.text, at)
    if found is None:
        return
    if found[1] is None and source.word_before(at, b"unsafe") >= 0:
        return
    abi = (source.abi(found.start(3)) if found[3] else "C") if found[2] else "Rust"
    if found[1] is None and abi in RUST_ABIS:
        return
    claims = (at,) if found[1] else ()
    yield Match(at, at, source.type_end(at), detail=f'extern "{abi}"' if found[2] else "", claims=claims)
