"""Attributes that export a symbol or place it: ``no_mangle``, ``export_name``, ``link_section``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.source import Source

KIND = Kind(
    "export-attribute",
    Group.FFI,
    "an exported symbol: it can replace another one, and foreign code calls it by name",
    "https://doc.rust-lang.org/reference/abi.html#the-no_mangle-attribute",
    words=(b"no_mangle", b"export_name", b"link_section"),
)
_SHAPE = re.compile(rb"no_mangle\s*[\]),]|(?:export_name|link_section)\s*=")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at the attribute's word, plain, in ``unsafe(...)`` or in ``cfg_attr``."""
    if not _SHAPE.match(source.text, at):
        return
    group = source.attribute_group(at)
    wrapper = source.wrapped_unsafe(at)
    if group >= 0:
        yield source.attribute_match(group, at, wrapper)
    elif wrapper >= 0:
        # In a macro's pattern or arguments without the brackets of an attribute.
        end = source.delimiters.closes[source.delimiters.enclosing(at)] + 1
        yield Match(at, wrapper, min(end, len(source.text)), claims=(wrapper,))
