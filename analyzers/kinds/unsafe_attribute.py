"""``#[unsafe(...)]`` attributes that no other kind covers, and ``naked``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.source import Source

KIND = Kind(
    "unsafe-attribute",
    Group.UNSAFE,
    "an unsafe attribute: the compiler trusts it without checking",
    "https://doc.rust-lang.org/reference/attributes.html#r-attributes.safety",
    words=(b"unsafe", b"naked"),
)
_SHAPE = re.compile(rb"unsafe\s*\(\s*([A-Za-z_]\w*)")
# These have a kind of their own, or stand as the keyword themselves.
_ELSEWHERE = frozenset((b"no_mangle", b"export_name", b"link_section", b"naked", b"force_target_feature"))


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at ``unsafe`` or ``naked``, where either stands as an attribute."""
    naked = source.text.startswith(b"naked", at)
    found = None if naked else _SHAPE.match(source.text, at)
    if not naked and (found is None or found[1] in _ELSEWHERE):
        return
    group = source.attribute_group(at)
    if group < 0:
        return
    if naked or found is None:
        wrapper = source.wrapped_unsafe(at)
        yield source.attribute_match(group, at, wrapper, detail="naked")
    else:
        yield source.attribute_match(group, at, at, detail=found[1].decode())
