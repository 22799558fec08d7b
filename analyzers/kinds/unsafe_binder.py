"""Unsafe binder types, ``unsafe<'a> &'a T`` (rust-lang/rust tracking issue 130516)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.items import skip_angles
from analyzers.rust.source import Source

KIND = Kind(
    "unsafe-binder",
    Group.UNSAFE,
    "an `unsafe<'a>` binder: a type whose lifetimes are erased and must be restored by hand",
    "https://github.com/rust-lang/rust/issues/130516",
    words=(b"unsafe",),
)
_SHAPE = re.compile(rb"unsafe\s*(<)")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at an ``unsafe`` keyword; the site is the binder with the type behind it."""
    if found := _SHAPE.match(source.text, at):
        binder = skip_angles(source.text, found.start(1), min(len(source.text), at + 1000))
        yield Match(at, at, source.type_end(binder), claims=(at,))
