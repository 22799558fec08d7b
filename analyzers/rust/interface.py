"""What an item shows to those who use it from another language: signatures and open fields, not the bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.rust import items
from analyzers.rust.source import Source
from analyzers.rust.tokens import digest, fold

# How much of one signature, definition or table counts, and how many members of an item: more than code has.
_REACH = 1 << 14
_MEMBERS = 1024
_FN = re.compile(rb"\bfn\s+[A-Za-z_$#]")
_TYPE = re.compile(rb"(?:pub\b[^;{}]*?)?\b(?:struct|enum|union|type)\s")
_PUBLIC = re.compile(rb"pub\b")
_PYO3 = re.compile(rb"#\s*\[\s*pyo3\b")


def interface_digest(source: Source, head: int, *, whole: bool = False, only_public: bool = False) -> str:
    """What identifies the interface of the item whose head starts at ``head``; empty when it has none.

    Layout does not count. The arguments are those of `interface_words`.
    """
    key = (head, whole, only_public)
    if key not in source.interfaces:
        words = interface_words(source, head, whole=whole, only_public=only_public)
        source.interfaces[key] = digest(fold(words)) if words else ""
    return source.interfaces[key]


def interface_words(
    source: Source, head: int, *, whole: bool = False, only_public: bool = False
) -> tuple[bytes, ...]:
    """The tokens of the interface of the item whose head starts at ``head``, behind its attributes.

    That is a function's signature; of an ``impl``, trait or module the signatures of its functions, those of
    public ones if ``only_public``, and the types that are defined in it; of an enumeration everything, of a struct
    the fields that are public or that pyo3 shows. ``whole`` takes all of the item, for functions whose body is a
    table of exports. Takes time linear in what stands directly in the item.
    """
    keyword = _keyword(source, head)
    if whole or keyword in (b"enum", b"union"):
        return _words(source, head, source.item_end(head))
    if keyword == b"fn":
        return _words(source, head, source.signature_end(head))
    if keyword == b"struct":
        return tuple(word for start, end in _fields(source, head) for word in _words(source, start, end))
    return tuple(
        word
        for start, end, public in _all_members(source, head, only_public=only_public)
        for word in _member_words(source, start, end, only_public=public)
    )


def functions(source: Source, head: int, *, only_public: bool = False) -> Iterator[tuple[int, int]]:
    """The ``fn`` keywords of an item's interface, each with the end of its signature; of a function its own."""
    own = [(head, head + items.HEAD_REACH, False)]
    is_fn = _keyword(source, head) == b"fn"
    for start, end, public in own if is_fn else _all_members(source, head, only_public=only_public):
        begin = source.skip_attributes(start, end)
        found = _FN.search(source.text, begin, min(end, begin + items.HEAD_REACH))
        if found and not (public and not _PUBLIC.match(source.text, begin)):
            yield found.start(), source.signature_end(found.start())


def _all_members(source: Source, head: int, *, only_public: bool) -> Iterator[tuple[int, int, bool]]:
    """The members of an item, those of an ``impl`` or trait in a module in its place; and whether ``pub`` counts."""
    keyword = _keyword(source, head)
    for start, end in _members(source, head):
        begin = source.skip_attributes(start, end)
        inner = _keyword(source, begin) if keyword == b"mod" else b""
        if inner in (b"impl", b"trait"):
            for member in _members(source, begin):
                yield *member, only_public and inner == b"impl"
        else:
            yield start, end, only_public and keyword == b"impl"


def _keyword(source: Source, head: int) -> bytes:
    named = items.head_name(source.text, head, min(len(source.text), head + items.HEAD_REACH))
    return named[0] if named else b""


def _words(source: Source, start: int, end: int) -> tuple[bytes, ...]:
    return tuple(source.token_words(start, min(end, start + _REACH)))


def _member_words(source: Source, start: int, end: int, *, only_public: bool) -> tuple[bytes, ...]:
    begin = source.skip_attributes(start, end)
    if _TYPE.match(source.text, begin, min(end, begin + items.HEAD_REACH)):
        return _words(source, start, end)
    head = source.text[begin : min(end, begin + items.HEAD_REACH)]
    if not _FN.search(head) or (only_public and not _PUBLIC.match(head)):
        return ()
    return _words(source, start, source.signature_end(begin))


def _fields(source: Source, head: int) -> Iterator[tuple[int, int]]:
    """The fields of a struct that others can use, attributes included."""
    body = _body(source, head)
    if body < 0:
        return
    close = source.delimiters.closes[source.delimiters.group_at(body)]
    start = body + 1
    for _ in range(_MEMBERS):
        begin = source.skip_attributes(start, close)
        if begin >= close:
            return
        end = source.field_end(begin)
        row = source.text[start:begin]
        if _PUBLIC.match(source.text, begin) or _PYO3.search(row):
            yield start, end
        start = max(source.skip_space(end) + 1, begin + 1)


def _members(source: Source, head: int) -> Iterator[tuple[int, int]]:
    """Start, attributes included, and end of the items that stand directly in an item's braces."""
    body = _body(source, head)
    if body < 0:
        return
    delimiters, text = source.delimiters, source.text
    close = delimiters.closes[delimiters.group_at(body)]
    start = place = body + 1
    index = delimiters.index_from(start)
    for _ in range(_MEMBERS * 8):
        position = delimiters.positions[index] if index < len(delimiters.positions) else len(text)
        semicolon = text.find(b";", place, min(position, close))
        if semicolon >= 0:
            yield start, semicolon + 1
            start = place = semicolon + 1
        elif position >= close:
            return
        else:
            place = min(delimiters.closes[delimiters.groups[index]] + 1, close)
            index = delimiters.index_from(place)
            if text[position] == 0x7B:
                yield start, place
                start = place


def _body(source: Source, head: int) -> int:
    """The brace that opens an item's body, or -1."""
    body = source.body_start(head)
    return body if source.text[body : body + 1] == b"{" else -1
