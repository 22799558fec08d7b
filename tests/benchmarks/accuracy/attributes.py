"""Finds the sites that are attributes, by rustc's tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.benchmarks.accuracy.rustc import Parsed
from tests.benchmarks.accuracy.spot import Spot

LEVELS = frozenset(("allow", "expect", "warn", "deny", "forbid"))
LINTS = frozenset(
    (
        "unsafe_code", "unsafe_op_in_unsafe_fn", "unsafe_attr_outside_unsafe", "missing_unsafe_on_extern",
        "undocumented_unsafe_blocks", "multiple_unsafe_ops_per_block", "missing_safety_doc",
        "unnecessary_safety_comment", "unnecessary_safety_doc", "macro_metavars_in_unsafe",
        "unsafe_derive_deserialize", "unsafe_removed_from_name", "unsafe_vector_initialization",
        "not_unsafe_ptr_arg_deref",
    )
)  # fmt: skip
EXPORTS = frozenset(("no_mangle", "export_name", "link_section"))
LINKS = frozenset(("link", "link_name", "link_ordinal"))
BRIDGES = re.compile(
    r"(cxx|cxx_qt|diplomat)::bridge|(pyo3::)?(pyfunction|pymethods|pyclass|pymodule)|neon::(export|main)"
    r"|(napi_derive::)?napi|(wasm_bindgen::prelude::)?wasm_bindgen|uniffi::(export|constructor)|(jni_fn::)?jni_fn"
    r"|magnus::(init|wrap)|(flutter_rust_bridge::)?frb"
)
_STATED = re.compile(r"C|packed|transparent|align|[iu](8|16|32|64|128|size)")
_HEADS = ("fn", "struct", "enum", "union", "static", "mod", "trait", "type", "const", "use", "impl", "extern")
_ITEM_WORDS = frozenset(_HEADS)


def spots(parsed: Parsed, first: int, path: tuple[str, ...]) -> Iterator[Spot]:
    """The sites of the attribute whose ``#`` is the token ``first``."""
    outer = parsed.tokens[first + 1].text != "!"
    opening = first + (1 if outer else 2)
    if parsed.tokens[opening].text != "[":
        return
    close = parsed.closers[opening]
    head = _behind_attributes(parsed, close + 1) if outer else -1
    yield from _Metas(parsed, path, head).run(opening + 1, close)


def _behind_attributes(parsed: Parsed, index: int) -> int:
    tokens = parsed.tokens
    while index + 1 < len(tokens) and tokens[index].text == "#" and tokens[index + 1].text == "[":
        index = parsed.closers[index + 1] + 1
    return index


def item_end(parsed: Parsed, index: int) -> int:
    """The token behind the item that starts at a token: behind its ``;`` or its closing brace."""
    while index < len(parsed.tokens):
        text = parsed.tokens[index].text
        if text in ")]}":
            return index
        if text == ";":
            return index + 1
        close = parsed.closers.get(index)
        if close is not None:
            if text == "{":
                return close + 1
            index = close
        index += 1
    return index


class _Metas:
    def __init__(self, parsed: Parsed, path: tuple[str, ...], head: int) -> None:
        self.parsed, self.path, self.head = parsed, path, head
        self.extra = self._item_words() if head >= 0 else ()

    def _item_words(self) -> tuple[str, ...]:
        tokens = self.parsed.tokens
        for index in range(self.head, min(self.head + 12, len(tokens) - 1)):
            if tokens[index].text in _ITEM_WORDS and tokens[index + 1].text not in (
                "fn",
                "extern",
                "unsafe",
                "async",
            ):
                return tokens[index].text, tokens[index + 1].text
        return ()

    def run(self, first: int, last: int, wrapper: int = -1) -> Iterator[Spot]:
        """The sites of the comma-separated attributes between two tokens."""
        tokens = self.parsed.tokens
        index = first
        while index < last:
            end = index
            while end < last and tokens[end].text != ",":
                end = self.parsed.closers.get(end, end) + 1
            yield from self._meta(index, min(end, last), wrapper)
            index = end + 1

    def _meta(self, first: int, last: int, wrapper: int) -> Iterator[Spot]:
        tokens = self.parsed.tokens
        stop = first
        while stop < last and (tokens[stop].text == "::" or tokens[stop].text[0] not in "(=[{"):
            stop += 1
        name = "".join(token.text for token in tokens[first:stop])
        group = stop if stop < last and tokens[stop].text == "(" else -1
        start = wrapper if wrapper >= 0 else first
        end = self.parsed.closers[tokens_before(self.parsed, first)] + 1 if wrapper >= 0 else last
        if name == "unsafe" and group >= 0:
            inner = tokens[group + 1].text
            if inner not in EXPORTS and inner != "naked":
                yield self._spot("unsafe-attribute", first, first, last)
            yield from self.run(group + 1, self.parsed.closers[group], first)
        elif name == "cfg_attr" and group >= 0:
            yield from self._conditional(group)
        elif name in LEVELS and group >= 0:
            yield from self._lints(name, group)
        elif name == "repr" and group >= 0:
            yield from self._layout(first, group)
        elif kind := _kind(name, tokens[stop].text if stop < last else ""):
            yield self._spot(kind, first, start, end)

    def _conditional(self, group: int) -> Iterator[Spot]:
        index, close = group + 1, self.parsed.closers[group]
        while index < close and self.parsed.tokens[index].text != ",":
            index = self.parsed.closers.get(index, index) + 1
        yield from self.run(index + 1, close)

    def _lints(self, level: str, group: int) -> Iterator[Spot]:
        for index in range(group + 1, self.parsed.closers[group]):
            if self.parsed.tokens[index].text in LINTS:
                token = self.parsed.tokens[index]
                extra = (level, *self.extra)
                yield Spot("lint-level", token.line, token.column, index, index + 1, self.path, extra)

    def _layout(self, first: int, group: int) -> Iterator[Spot]:
        close = self.parsed.closers[group]
        words = tuple(token.text for token in self.parsed.tokens[group : close + 1])
        if self.head >= 0 and any(_STATED.fullmatch(word) for word in words):
            token = self.parsed.tokens[first]
            last = item_end(self.parsed, self.head)
            yield Spot(
                "layout", token.line, token.column, self.head, last, (*self.path, *self.extra[1:]), words
            )

    def _spot(self, kind: str, at: int, start: int, last: int) -> Spot:
        token = self.parsed.tokens[at]
        return Spot(kind, token.line, token.column, start, last, (*self.path, *self.extra[1:]), self.extra)


def tokens_before(parsed: Parsed, index: int) -> int:
    """The opening parenthesis right before a token."""
    return index - 1 if index - 1 in parsed.closers else index


def _kind(name: str, following: str) -> str:
    if name == "no_mangle" or (name in EXPORTS and following == "="):
        return "export-attribute"
    if name in LINKS and following in ("(", "="):
        return "link-attribute"
    if name in ("target_feature", "force_target_feature") and following == "(":
        return "target-feature"
    if name == "naked":
        return "unsafe-attribute"
    return "ffi-bridge" if BRIDGES.fullmatch(name) else ""
