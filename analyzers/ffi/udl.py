"""The interface that a uniffi crate describes in a ``.udl`` file: its functions, methods and records are bridge sites.

Source: the UniFFI book, "The UDL file". The language is WebIDL's subset; its comments, strings and brackets are
those of Rust as well, so that the same mask reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analyzers.ffi.words import told
from analyzers.model import Change, ChangeClass, FileSide, Scan, Site, Unanalysed, UnanalysedReason
from analyzers.rust.items import bounded, spaced
from analyzers.rust.text import Text
from analyzers.rust.tokens import digest
from analyzers.survey import compare_sites

# More sites than this in one file are not told apart.
_MAX_SITES = 5000
_HEAD = re.compile(
    rb"\b(namespace|callback\s+interface|interface|trait|dictionary|enum)\s+([A-Za-z_]\w*)[^{};]*\Z"
)
_CALLED = re.compile(rb"([A-Za-z_]\w*)\s*\(")
_NAMED = re.compile(rb"([A-Za-z_]\w*)\s*(?:=[^;]*)?\Z")
_WHOLE = frozenset((b"dictionary", b"enum"))


def scan_udl(data: bytes) -> Scan:
    """The sites of an interface definition, in order, with their words: one for each function, record and enum."""
    text = Text(data)
    sites: list[Site] = []
    words: list[tuple[bytes, ...]] = []
    for piece in _pieces(text):
        if len(sites) == _MAX_SITES:
            break
        tokens = text.token_words(piece.start, piece.end)
        # Strings are written out by the tokens; a site of nothing but brackets is none.
        if tokens:
            sites.append(_site(text, piece, tokens))
            words.append(tuple(tokens))
    return Scan(data.count(b"\n") + 1, tuple(sites), words=tuple(words))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A function or type, by the bytes of its tokens and of its name."""

    item: str
    name: int
    start: int
    end: int


def _pieces(text: Text) -> Iterator[_Piece]:
    delimiters = text.delimiters
    start = 0
    for group, opener in enumerate(delimiters.opens):
        if delimiters.parents[group] >= 0 or text.text[opener] != 0x7B:
            continue
        head = _HEAD.search(text.text, max(start, opener - 512), opener)
        close = delimiters.closes[group]
        if head is not None:
            yield from _inside(text, head, opener, close)
        start = close + 1


def _inside(text: Text, head: re.Match[bytes], opener: int, close: int) -> Iterator[_Piece]:
    name = head[2].decode()
    if head[1].split()[-1] in _WHOLE:
        yield _Piece(name, head.start(2), head.start(), close + 1)
        return
    start = opener + 1
    while (end := text.text.find(b";", start, close)) >= 0:
        begin = text.skip_space(start)
        named = _CALLED.search(text.text, begin, end) or _NAMED.search(text.text, begin, end)
        if named is not None:
            yield _Piece(f"{name}::{named[1].decode()}", named.start(1), begin, end)
        start = end + 1


def _site(text: Text, piece: _Piece, tokens: Sequence[bytes]) -> Site:
    return Site(
        kind="ffi-bridge",
        item=bounded(piece.item),
        line=text.line(piece.name),
        column=text.column(piece.name),
        end_line=text.line(max(piece.name, piece.end - 1)),
        keyword=text.place(piece.name),
        start=text.place(piece.start),
        end=text.place(piece.end),
        tokens=digest(tokens),
        detail="uniffi",
    )


def udl_doubts(heads: Iterable[FileSide]) -> Iterator[Unanalysed]:
    """The interface definitions that could not be read, or whose brackets do not match."""
    for side in heads:
        if side.mode != "file":
            continue
        if side.data is None:
            yield Unanalysed(side.path, UnanalysedReason.MISSING, blob=side.blob)
            continue
        text = Text(side.data)
        if text.delimiters.unbalanced >= 0:
            line = text.line(text.delimiters.unbalanced)
            yield Unanalysed(side.path, UnanalysedReason.UNBALANCED, line, blob=side.blob)


def udl_changes(base: Mapping[str, bytes], head: Mapping[str, bytes]) -> tuple[Change, ...]:
    """The changes between interface definitions by path, those of a function with both of its forms."""
    old, new = ({path: scan_udl(data) for path, data in side.items()} for side in (base, head))
    return tuple(_with_words(change, old, new) for change in compare_sites(old, new))


def _with_words(change: Change, base: Mapping[str, Scan], head: Mapping[str, Scan]) -> Change:
    if change.change is not ChangeClass.CHANGED or change.before is None:
        return change
    before = _written(base[change.before.path], change.before.site)
    after = _written(head[change.path], change.site)
    return replace(change, notes=(told("ffi-type", before=before, after=after),))


def _written(scan: Scan, site: Site) -> str:
    words = dict(zip(scan.sites, scan.words, strict=True))[site]
    return spaced([word.decode("utf-8", "replace") for word in words])
