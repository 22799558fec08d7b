"""One Rust source as the matchers see it: what they ask about attributes and extern blocks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

from analyzers.kind import Match
from analyzers.rust import items
from analyzers.rust.items import ScopeKind
from analyzers.rust.lexer import Masked
from analyzers.rust.scopes import Scopes

_ATTRIBUTE_HEADER = items.Header(ScopeKind.ATTRIBUTE)
_ENVIRONMENT = re.compile(rb"\b(?:option_)?env\s*!")
# How deep `cfg_attr` and `unsafe` may be nested around an attribute.
_WRAPPERS = 16


class Source(Scopes):
    """A source with the questions that several matchers share."""

    def __init__(self, data: bytes, masked: Masked | None = None) -> None:
        super().__init__(data, masked)
        self._foreign: dict[int, bool] = {-1: False}
        self._attribute_groups: dict[int, tuple[int, int]] = {-1: (-1, 0)}
        # What items show to other languages, by their heads: several attributes can stand on one item.
        self.interfaces: dict[tuple[int, bool, bool], str] = {}

    def attribute_group(self, offset: int) -> int:
        """The ``#[...]`` group in which ``offset`` stands as an attribute of its own, or -1.

        That is directly inside the brackets, or inside the parentheses of ``cfg_attr`` or ``unsafe``.
        """
        group = self.delimiters.enclosing(offset)
        wrappers: list[int] = []
        while (known := self._attribute_groups.get(group)) is None:
            opener = self.delimiters.opens[group]
            if self.text[opener] == 0x28 and self.word_before(opener, b"cfg_attr", b"unsafe") >= 0:
                wrappers.append(group)
                group = self.delimiters.parents[group]
                continue
            bracket = self.text[opener] == 0x5B
            attribute = bracket and items.delimiter_prefix(self.text, opener) == _ATTRIBUTE_HEADER
            known = self._attribute_groups[group] = (group if attribute else -1, 0)
        found, depth = known
        for wrapper in reversed(wrappers):
            depth += 1
            self._attribute_groups[wrapper] = (found, depth)
        return found if depth < _WRAPPERS else -1

    def is_inner_attribute(self, group: int) -> bool:
        """Whether the attribute group is ``#![...]``."""
        mark = self.code_end(self.delimiters.opens[group]) - 1
        return self.text[mark : mark + 1] == b"!" and self.text.endswith(b"#", 0, self.code_end(mark))

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
            named = items.head_name(self.text, head, min(len(self.text), head + items.HEAD_REACH))
            if named:
                name = items.item_label(*named).encode()
                extra = (*extra, named[0], b" ".join(named[1].split()))
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
        return self.word_before(self.delimiters.opens[group], b"unsafe")

    # --- environment ----------------------------------------------------------------------------------

    @cached_property
    def _environment(self) -> list[int]:
        return [found.start() for found in _ENVIRONMENT.finditer(self.text)]

    def names_variable(self, start: int, end: int) -> bool:
        """Whether ``env!`` or ``option_env!`` is called between two offsets."""
        index = bisect_left(self._environment, start)
        return index < len(self._environment) and self._environment[index] < end
