"""Attributes that choose what is linked: ``link``, ``link_name``, ``link_ordinal``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.source import Source

KIND = Kind(
    "link-attribute",
    Group.FFI,
    "a link attribute: it decides which library or symbol the declarations mean",
    "https://doc.rust-lang.org/reference/items/external-blocks.html#the-link-attribute",
    words=(b"link", b"link_name", b"link_ordinal"),
)
_SHAPE = re.compile(rb"(?:link|link_ordinal)\s*\(|link_name\s*=")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at the attribute's word, plain or in ``cfg_attr``."""
    if _SHAPE.match(source.text, at):
        group = source.attribute_group(at)
        if group >= 0:
            yield source.attribute_match(group, at, source.wrapped_unsafe(at))
