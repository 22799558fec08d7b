"""Types with a stated layout: ``repr(C)``, ``packed``, ``transparent``, ``align`` and integer reprs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.items import HEAD_REACH, head_name
from analyzers.rust.source import Source

KIND = Kind(
    "layout",
    Group.FFI,
    "a type with a stated layout: foreign code or casts rely on where its fields are",
    "https://doc.rust-lang.org/reference/type-layout.html#representations",
    words=(b"repr",),
)
_SHAPE = re.compile(rb"repr\s*(\()")
_STATED = re.compile(rb"\b(?:C|packed|transparent|align|[iu](?:8|16|32|64|128|size))\b")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at ``repr``; the site is the type, its own tokens are the type's with the repr's arguments."""
    found = _SHAPE.match(source.text, at)
    if found is None:
        return
    opening = found.start(1)
    close = source.delimiters.closes[source.delimiters.group_at(opening)]
    group = source.attribute_group(at)
    if group < 0 or not _STATED.search(source.text, opening, close):
        return
    head = source.skip_attributes(source.delimiters.closes[group] + 1, len(source.text))
    named = head_name(source.text, head, min(len(source.text), head + HEAD_REACH))
    arguments = tuple(source.token_words(opening, close + 1))
    yield Match(
        at,
        head,
        source.item_end(head),
        name=named[1] if named else None,
        extra=arguments,
        detail=b"".join(arguments[1:-1]).decode("utf-8", "replace"),
        anchor=source.delimiters.opens[group],
    )
