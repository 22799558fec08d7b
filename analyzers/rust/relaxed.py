"""Finds what became of an unsafe item: still there, but no longer saying ``unsafe``."""

from __future__ import annotations

import re
from dataclasses import replace

from analyzers.model import Site
from analyzers.rust.items import impl_label
from analyzers.rust.scopes import join_path
from analyzers.rust.source import Source
from analyzers.rust.tokens import digest

_IMPL = re.compile(rb"\bimpl\b")
_QUALIFIERS_BEHIND = re.compile(rb"\bunsafe\b[^;{}()]*\Z")
# How far a qualifier list may reach back in front of `fn`: a few words, with gaps between.
_WINDOW = 1024


def find_safe_item(source: Source, site: Site) -> Site | None:
    """The item of a base site in the head source, declared without ``unsafe``; None when it is not there.

    Returns the base site with the head's offsets and lines of the item's own keyword.
    """
    label = site.item.rpartition("::")[2] if site.kind != "unsafe-impl" else site.item
    for found in _candidates(source, site.kind, label):
        keyword = found.start()
        name = _name(source, site.kind, found)
        scope = source.scope_at(keyword)
        if join_path(scope.path, name) != site.item or _says_unsafe(source, keyword):
            continue
        end = source.item_end(keyword)
        return replace(
            site,
            line=source.line(keyword),
            column=source.column(keyword),
            end_line=source.line_of(source.place(end) - 1),
            keyword=source.place(keyword),
            start=source.place(keyword),
            end=source.place(end),
            # What the item is now belongs to what somebody approves.
            tokens=digest(source.token_words(keyword, end)),
        )
    return None


def _candidates(source: Source, kind: str, label: str) -> list[re.Match[bytes]]:
    if kind == "unsafe-impl":
        return list(_IMPL.finditer(source.text))
    word = re.escape(label.removeprefix("trait ").encode("utf-8", "surrogateescape"))
    if kind == "unsafe-field":
        return list(re.finditer(rb"\b(?:" + word + rb")\s*:(?!:)", source.text))
    keyword = rb"trait" if kind == "unsafe-trait" else rb"fn"
    return list(re.finditer(rb"\b" + keyword + rb"\s+(?:" + word + rb")(?![A-Za-z0-9_])", source.text))


def _name(source: Source, kind: str, found: re.Match[bytes]) -> str:
    if kind == "unsafe-impl":
        return impl_label(source.data, source.text, found.end(), source.body_start(found.start()))
    word = re.split(rb"\s+", found[0].rstrip(b": \t\r\n"))[-1].decode("utf-8", "replace")
    return f"trait {word}" if kind == "unsafe-trait" else word


def _says_unsafe(source: Source, keyword: int) -> bool:
    return _QUALIFIERS_BEHIND.search(source.text, max(0, keyword - _WINDOW), keyword) is not None
