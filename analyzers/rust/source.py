"""One Rust source as the matchers see it: what they ask about attributes and extern blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Match
from analyzers.rust import items
from analyzers.rust.items import ScopeKind
from analyzers.rust.lexer import Masked
from analyzers.rust.scopes import Scopes

_ATTRIBUTE_HEADER = items.Header(ScopeKind.ATTRIBUTE)
_WRAPPER = re.compile(rb"\b(?:cfg_attr|unsafe)\s*\Z")
_INNER_MARK = re.compile(rb"#\s*!\s*\Z")
_UNSAFE_MARK = re.compile(rb"\b(unsafe)\s*\Z")
# How deep `cfg_attr` and `unsafe` may be nested around an attribute.
_WRAPPERS = 16
# How far in front of a delimiter its keyword may stand.
_WINDOW = 40
# How far behind an attribute the name of its item may stand.
_HEAD_REACH = 400


class Source(Scopes):
    """A source with the questions that several matchers share."""

    def __init__(self, data: bytes, masked: Masked | None = None) -> None:
        super().__init__(data, masked)
        self._foreign: dict[int, bool] = {-1: False}

    def attribute_group(self, offset: int) -> int:
        """The ``#[...]`` group in which ``offset`` stands as an attribute of its own, or -1.

        That is directly inside the brackets, or inside the parentheses of ``cfg_attr`` or ``unsafe``.
        """
        delimiters = self.delimiters
        group = delimiters.enclosing(offset)
        for _ in range(_WRAPPERS):
            if group < 0:
                return -1
            opener = delimiters.opens[group]
            if self.text[opener] == 0x5B:
                return group if items.delimiter_prefix(self.text, opener) == _ATTRIBUTE_HEADER else -1
            if self.text[opener] != 0x28 or not _WRAPPER.search(self.text[max(0, opener - _WINDOW) : opener]):
                return -1
            group = delimiters.parents[group]
        return -1

    def is_inner_attribute(self, group: int) -> bool:
        """Whether the attribute group is ``#![...]``."""
        return (
            _INNER_MARK.search(
                self.text[max(0, self.delimiters.opens[group] - _WINDOW) : self.delimiters.opens[group]]
            )
            is not None
        )

    def attribute_match(
        self,
        group: int,
        at: int,
        wrapper: int,
        *,
        span: tuple[int, int] | None = None,
        extra: tuple[bytes, ...] = (),
        detail: str = "",
    ) -> Match:
        """The site of an attribute whose word stands at ``at`` in the attribute group ``group``.

        ``wrapper`` is the ``unsafe`` around it, or -1. The site's own bytes are the attribute with its
        arguments (or ``span``); the item it stands on names the site and is part of its identity.
        """
        start, end = span or (wrapper if wrapper >= 0 else at, self._attribute_end(at, wrapper))
        name: bytes | None = None
        if not self.is_inner_attribute(group):
            head = self.skip_attributes(self.delimiters.closes[group] + 1, len(self.text))
            named = items.head_name(self.text, head, min(len(self.text), head + _HEAD_REACH))
            if named:
                name = items.item_label(*named).encode()
                extra = (*extra, *named)
            if named and named[0] == b"impl":
                behind = self.text.index(b"impl", head) + len(b"impl")
                name = items.impl_label(self.data, self.text, behind, self.body_start(head)).encode()
        claims = (wrapper,) if wrapper >= 0 else ()
        return Match(at, start, end, name, extra, detail, claims, anchor=self.delimiters.opens[group])

    def _attribute_end(self, at: int, wrapper: int) -> int:
        """Behind the attribute's arguments or value, or behind the parentheses of its ``unsafe(...)``."""
        if wrapper >= 0:
            return self.close_of(self.text.index(b"(", wrapper))
        return self.attribute_end(at)

    # --- extern blocks --------------------------------------------------------------------------------

    def in_extern_block(self, offset: int) -> bool:
        """Whether ``offset`` is in an extern block, be it inside a macro call there such as ``cfg_if!``."""
        passed: list[int] = []
        group = self.delimiters.enclosing(offset)
        while (known := self._foreign.get(group)) is None:
            passed.append(group)
            kind = self.scope(group).kind
            if kind not in (ScopeKind.BLOCK, ScopeKind.MACRO_CALL):
                known = kind is ScopeKind.EXTERN
                break
            group = self.delimiters.parents[group]
        for one in passed:
            self._foreign[one] = known
        return known

    def foreign_members(
        self, block: re.Match[bytes] | None, member: re.Pattern[bytes]
    ) -> Iterator[re.Match[bytes]]:
        """The declarations in an extern block (its match ends with the opening brace) that ``member`` describes."""
        if block is None:
            return
        opener = block.end() - 1
        group = self.delimiters.group_at(opener)
        if self.in_extern_block(opener):
            # Rust has no extern block in another; what the outer one finds covers it.
            return
        for found in member.finditer(self.text, opener + 1, self.delimiters.closes[group]):
            inner = self.delimiters.enclosing(found.start())
            if inner == group or self.in_extern_block(found.start()):
                yield found

    def wrapped_unsafe(self, offset: int) -> int:
        """The ``unsafe`` of ``unsafe(...)`` directly around ``offset``, or -1."""
        group = self.delimiters.enclosing(offset)
        if group < 0:
            return -1
        opener = self.delimiters.opens[group]
        found = _UNSAFE_MARK.search(self.text[max(0, opener - _WINDOW) : opener])
        return max(0, opener - _WINDOW) + found.start(1) if found else -1
