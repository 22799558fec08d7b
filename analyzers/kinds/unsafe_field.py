"""Unsafe fields of structs, enums and unions (RFC 3458)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.shapes import IDENT
from analyzers.rust.source import Source

KIND = Kind(
    "unsafe-field",
    Group.UNSAFE,
    "an `unsafe` field: it carries an invariant that every use must keep",
    "https://rust-lang.github.io/rfcs/3458-unsafe-fields.html",
    words=(b"unsafe",),
)
_SHAPE = re.compile(rb"unsafe\s+(?:mut\s+)?(" + IDENT + rb")\s*:(?!:)")

# `$name:ident` is a macro's matcher and no field.
_FRAGMENT = re.compile(
    rb"\s*(?:block|expr|expr_2021|ident|item|lifetime|literal|meta|pat|pat_param|path|stmt|tt|ty|vis)\b"
)


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at an ``unsafe`` keyword."""
    found = _SHAPE.match(source.text, at)
    if found and not (found[1].startswith(b"$") and _FRAGMENT.match(source.text, found.end())):
        yield Match(at, at, source.field_end(found.end()), name=found[1], claims=(at,))
