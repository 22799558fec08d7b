"""The attributes of an item, ``unsafe(...)`` and ``cfg_attr`` unwrapped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzers.ffi.type_syntax import string_value
from analyzers.rust.extents import ATTRIBUTE_START, MAX_STEPS
from analyzers.rust.items import spaced
from analyzers.rust.source import Source

_MAX_WRAPPERS = 16
# Reference, "Attributes" (index), and what of the unstable ones stands on items and types.
_BUILT_IN = frozenset(
    (
        "allow", "automatically_derived", "cfg", "cold", "default", "deny", "deprecated", "derive", "doc", "expect",
        "export_name", "ffi_const", "ffi_pure", "forbid", "global_allocator", "ignore", "inline", "instruction_set",
        "link", "link_name", "link_ordinal", "link_section", "linkage", "macro_export", "macro_use", "must_use",
        "naked", "no_mangle", "no_sanitize", "non_exhaustive", "panic_handler", "path", "repr", "should_panic",
        "rustc_std_internal_symbol", "stable", "target_feature", "test", "track_caller", "type_length_limit",
        "unstable", "used", "warn",
    )
)  # fmt: skip
_TOOLS = ("clippy::", "rustfmt::", "diagnostic::", "miri::", "rust_analyzer::")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its path, the tokens of its arguments or value, and the ``cfg_attr`` predicate around it."""

    path: str
    words: tuple[str, ...] = ()
    condition: str = ""

    @property
    def value(self) -> str:
        """What follows ``=``, a string's quotes gone; empty when there is none."""
        return string_value(self.words[1]) if self.words[:1] == ("=",) and len(self.words) > 1 else ""

    @property
    def arguments(self) -> tuple[tuple[str, ...], ...]:
        """The arguments in parentheses, split at commas."""
        if self.words[:1] != ("(",):
            return ()
        return tuple(_split(self.words[1:-1]))

    @property
    def linked(self) -> str:
        """The symbol or library that a linking attribute names; empty when it names none."""
        if self.path == "link":
            return self.argument("name") or self.argument("wasm_import_module")
        if self.path == "link_ordinal" and self.arguments:
            return "#" + "".join(self.arguments[0])
        return self.value

    def argument(self, name: str) -> str:
        """The value of the argument ``name = "..."``, its quotes gone; empty when there is none."""
        for words in self.arguments:
            if words[:2] == (name, "=") and len(words) > 2:
                return string_value(words[2])
        return ""


def attributes(source: Source, start: int, end: int) -> tuple[Attribute, ...]:
    """The outer attributes in the row that starts at ``start``, at most up to ``end`` (offsets of the folded text)."""
    return tuple(attribute for group in _row(source, start, end) for attribute in _read(source, group))


def attribute_at(source: Source, start: int, end: int) -> Attribute | None:
    """The attribute whose words stand between two byte places of the file."""
    words = source.token_words(source.offset(start), source.offset(end))
    return next(_unwrapped([word.decode("utf-8", "replace") for word in words], "", _MAX_WRAPPERS), None)


def macros_of(row: Sequence[Attribute]) -> tuple[str, ...]:
    """The paths of attributes that are neither Rust's own nor a tool's, so that a macro may stand behind them."""
    return tuple(
        attribute.path
        for attribute in row
        if attribute.path not in _BUILT_IN and not attribute.path.startswith(_TOOLS)
    )


def _row(source: Source, start: int, end: int) -> Iterator[int]:
    for _ in range(MAX_STEPS):
        found = ATTRIBUTE_START.match(source.text, start, end)
        group = source.delimiters.group_at(found.end() - 1) if found else -1
        if group < 0:
            return
        yield group
        start = source.delimiters.closes[group] + 1


def _read(source: Source, group: int) -> Iterator[Attribute]:
    delimiters = source.delimiters
    words = source.token_words(delimiters.opens[group] + 1, delimiters.closes[group])
    yield from _unwrapped([word.decode("utf-8", "replace") for word in words], "", _MAX_WRAPPERS)


def _unwrapped(words: Sequence[str], condition: str, left: int) -> Iterator[Attribute]:
    path, rest = _path(words)
    if left and path == "unsafe":
        yield from _unwrapped(rest[1:-1], condition, left - 1)
    elif left and path == "cfg_attr":
        predicate, *inner = [*_split(rest[1:-1]), ()]
        both = ", ".join(filter(None, (condition, spaced(list(predicate)))))
        for each in inner:
            yield from _unwrapped(each, both, left - 1)
    elif path:
        yield Attribute(path, tuple(rest), condition)


def _path(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The path in front, layout gone, and the tokens behind it."""
    at = 0
    while at < len(words) and (words[at] == ":" or words[at][0].isalnum() or words[at][0] == "_"):
        at += 1
    return "".join(words[:at]).removeprefix("::"), words[at:]


def _split(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The parts between the commas that stand in no group."""
    depth = begin = 0
    for at, word in enumerate(words):
        if word in ("(", "[", "{"):
            depth += 1
        elif word in (")", "]", "}"):
            depth -= 1
        elif word == "," and not depth:
            yield tuple(words[begin:at])
            begin = at + 1
    if begin < len(words):
        yield tuple(words[begin:])
