"""What encloses a place: item paths, cfg predicates, tests and macros."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from analyzers.kind import Match
from analyzers.rust import items
from analyzers.rust.cfg import TEST_ATTRIBUTES, Attribute, marks_test, predicates
from analyzers.rust.extents import ATTRIBUTE_START, INNER_ATTRIBUTE_START, MAX_STEPS, Extents
from analyzers.rust.items import ScopeKind
from analyzers.rust.lexer import Masked

# Deeper than rustc's own recursion limit (128) lets real code go, and small enough for any path.
MAX_DEPTH = 256

_ATTRIBUTE_PATH = re.compile(rb"\s*(?:unsafe\s*\(\s*)?((?:::)?[A-Za-z_][\w]*(?:\s*::\s*[A-Za-z_]\w*)*)")


@dataclass(frozen=True, slots=True)
class Scope:
    """What encloses a place: kind, item path, cfg predicates (outermost first), standing to tests and macros."""

    kind: ScopeKind
    path: str = ""
    cfg: tuple[str, ...] = ()
    in_test: bool = False
    in_definition: bool = False
    in_call: bool = False

    @property
    def in_macro(self) -> bool:
        """Whether the place lies in a macro's definition or call."""
        return self.in_definition or self.in_call


@dataclass(frozen=True, slots=True)
class Front:
    """What stands in front of a site in its own statement: the name of a constant or static, and attributes."""

    label: str = ""
    cfg: tuple[str, ...] = ()
    in_test: bool = False


_NO_FRONT = Front()
# How many parentheses deep a site's own statement is looked for.
_MAX_LEVELS = 8


class Scopes(Extents):
    """A source that knows what encloses each of its places."""

    def __init__(self, data: bytes, masked: Masked | None = None) -> None:
        super().__init__(data, masked)
        self._scopes: dict[int, Scope] = {}
        self._rows: dict[tuple[int, bool], tuple[tuple[int, Attribute], ...]] = {}

    def attributes(self, start: int, end: int, *, inner: bool = False) -> tuple[Attribute, ...]:
        """The cfg and test attributes in the row from ``start``; ``inner`` reads ``#![...]`` instead of ``#[...]``."""
        known = self._rows.get((start, inner))
        if known is None:
            known = self._rows[start, inner] = tuple(self._attribute_row(start, inner=inner))
        return tuple(attribute for place, attribute in known if place < end)

    def _attribute_row(self, start: int, *, inner: bool) -> Iterator[tuple[int, Attribute]]:
        pattern = INNER_ATTRIBUTE_START if inner else ATTRIBUTE_START
        for _ in range(MAX_STEPS):
            found = pattern.match(self.text, start)
            if found is None:
                break
            opener = found.end() - 1
            group = self.delimiters.group_at(opener)
            if group < 0:
                break
            start = self.delimiters.closes[group] + 1
            attribute = self._attribute(opener + 1, start - 1)
            if attribute is not None:
                yield opener, attribute

    def _attribute(self, start: int, close: int) -> Attribute | None:
        """The attribute between two brackets if it matters to cfg or tests."""
        named = _ATTRIBUTE_PATH.match(self.text, start, close)
        if named is None:
            return None
        path = b"".join(named[1].split()).decode().removeprefix("::")
        if path != "cfg" and path not in TEST_ATTRIBUTES:
            return None
        words = self.token_words(named.end(), close)
        if words[:1] == [b"("]:
            words = words[1:-1]
        return Attribute(path, " ".join(word.decode("utf-8", "replace") for word in words))

    @cached_property
    def file_scope(self) -> Scope:
        """The scope of the whole file, with its inner attributes."""
        attributes = self.attributes(0, len(self.text), inner=True)
        return Scope(ScopeKind.FILE, cfg=predicates(attributes), in_test=marks_test(attributes))

    def scope_at(self, offset: int) -> Scope:
        """The scope that encloses a byte offset."""
        return self.scope(self.delimiters.enclosing(offset))

    def scope(self, group: int) -> Scope:
        """The scope that a delimiter group opens; beyond the depth limit, that of the outermost too deep group."""
        parents, known = self.delimiters.parents, self._scopes
        if (scope := known.get(group)) is not None:
            return scope
        pending: list[int] = []
        while group >= 0 and group not in known:
            pending.append(group)
            group = parents[group]
        scope = known[group] if group >= 0 else self.file_scope
        for inner in reversed(pending):
            if self.delimiters.depths[inner] <= MAX_DEPTH:
                scope = self._open(inner, scope)
            known[inner] = scope
        return scope

    def _open(self, group: int, outer: Scope) -> Scope:
        opener = self.delimiters.opens[group]
        header = items.delimiter_prefix(self.text, opener)
        if header is None and self.text[opener] != 0x7B:
            return outer if outer.kind is ScopeKind.ATTRIBUTE else replace(outer, kind=ScopeKind.BLOCK)
        if header is not None and header.kind is ScopeKind.ATTRIBUTE:
            return replace(outer, kind=ScopeKind.ATTRIBUTE)
        start = self.statement_start(opener)
        attributes: tuple[Attribute, ...] = ()
        if self.text.find(b"#", start, opener) >= 0:
            attributes = self.attributes(self._attributed(start, opener, opener, opener), opener)
        if header is None:
            start = self.skip_attributes(start, opener)
            header = items.read_header(self.data, self.text, start, opener, in_macro=outer.in_macro)
        if self.text[opener] == 0x7B:
            attributes += self.attributes(opener + 1, self.delimiters.closes[group], inner=True)
        return Scope(
            kind=header.kind,
            path=join_path(outer.path, header.label),
            cfg=outer.cfg + predicates(attributes),
            in_test=outer.in_test or marks_test(attributes),
            in_definition=outer.in_definition or header.kind is ScopeKind.MACRO_DEFINITION,
            in_call=outer.in_call or header.kind is ScopeKind.MACRO_CALL,
        )

    def _attributed(self, start: int, offset: int, end: int, limit: int) -> int:
        """Where the attributes begin that apply at ``offset`` in the statement at ``start``.

        ``end`` is the end of the site there, ``limit`` how far the head of an item is looked for.
        An item's apply to all of it; elsewhere a comma separates what has attributes of its own.
        """
        head = self.skip_attributes(start, limit)
        if items.head_name(self.text, head, min(limit, head + items.HEAD_REACH)):
            return start
        return self.element_start(start, offset, end)

    def levels(self, offset: int) -> Iterator[tuple[int, int]]:
        """The statements around ``offset`` within the innermost braces, innermost first, each with the place in it.

        Parentheses and brackets are left behind, so that an argument counts as part of its call; a macro's
        definition is never left.
        """
        start = self.statement_start(offset)
        yield start, offset
        for _ in range(_MAX_LEVELS):
            group = self.delimiters.enclosing(start)
            if group < 0 or self.delimiters.opens[group] != start - 1 or self.text[start - 1] == 0x7B:
                break
            if self.scope(group).kind is ScopeKind.MACRO_DEFINITION:
                break
            place = start - 1
            start = self.statement_start(place)
            yield start, place

    def climb(self, offset: int) -> int:
        """The start of the outermost statement that holds ``offset`` within the innermost braces."""
        *_, (start, _place) = self.levels(offset)
        return start

    def front(self, match: Match) -> Front:
        """What a site's statement or item says before it: ``static NAME: T = unsafe { ... }`` names the site."""
        anchored = match.anchor >= 0
        limit = len(self.text) if anchored else match.keyword
        attributes: list[Attribute] = []
        label = ""
        for start, place in self.levels(match.anchor if anchored else match.start):
            if anchored or self.text.find(b"#", start, place) >= 0:
                attributes += self.attributes(self._attributed(start, place, match.end, limit), limit)
            if match.name is None:
                head = self.skip_attributes(start, limit)
                named = items.head_name(self.text, head, match.keyword)
                label = self._head_label(head, named) if named else label
        if not attributes:
            return _NO_FRONT if not label else Front(label)
        kept = tuple(attributes)
        return Front(label, predicates(kept), marks_test(kept))

    def _head_label(self, head: int, named: tuple[bytes, bytes]) -> str:
        if named[0] != b"impl":
            return items.bounded(items.item_label(*named))
        behind = self.text.index(b"impl", head) + len(b"impl")
        return items.impl_label(self.data, self.text, behind, self.body_start(head))


def join_path(outer: str, label: str) -> str:
    """An item path one step deeper; an empty label adds nothing."""
    if not label:
        return outer
    return f"{outer}::{label}" if outer else label
