"""What a bridge's attribute or macro shows to the other language, and how that changed, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analyzers.ffi.layout import TypeDefinition
from analyzers.ffi.layout_words import layout_words
from analyzers.ffi.type_syntax import Reader
from analyzers.ffi.types import FnPointer
from analyzers.ffi.words import call_words, same, told
from analyzers.kinds.ffi_bridge import PUBLIC_ONLY, attribute_around, item_head
from analyzers.model import Note, Site
from analyzers.rust.interface import functions
from analyzers.rust.source import Source

_NAME = re.compile(rb"fn\s+(?:r#)?([A-Za-z_]\w*)")
# What autocxx makes bindings of (its book, "Allowlist"), and what rutie's macros and the tables of other bridges
# export by a string or a path.
_MACRO_ENTRY = re.compile(
    rb"\b(generate|generate_pod|block|extern_cpp_type|subclass)\s*!\s*\(([^()]{1,400})\)"
)
_TABLE_ENTRY = re.compile(
    rb"\b((?:define_\w+|export_\w+|add_\w+|wrap_pyfunction|module_function)\s*(?:!\s*)?(?:::\s*<[^<>]*>\s*)?\()"
    rb"(?=\s*([^,()]{1,200}+)[,)])"
)
_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Interface:
    """What one bridge site shows: functions and types by name, and the entries of a table of exports."""

    functions: Mapping[str, FnPointer] = field(default_factory=dict)
    types: Mapping[str, TypeDefinition] = field(default_factory=dict)
    entries: frozenset[str] = frozenset()


class Bridges:
    """Reads interfaces; several attributes can stand on one item, which is read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[Source, int, bool], Interface] = {}

    def interface(self, source: Source, site: Site, definitions: Sequence[TypeDefinition]) -> Interface:
        """The interface behind a bridge's site; ``definitions`` are the types that the source defines."""
        start = source.offset(site.start)
        group = attribute_around(source, start)
        if group < 0 and source.text.startswith(b"fn", start):
            return Interface(dict(_signatures(source, [(start, source.signature_end(start))])))
        if group < 0:
            return Interface(entries=_entries(source, _MACRO_ENTRY, start, source.offset(site.end)))
        key = (source, item_head(source, group), site.detail in PUBLIC_ONLY)
        if key not in self._known:
            self._known[key] = _interface_at(*key, definitions)
        return self._known[key]


def _interface_at(
    source: Source, head: int, only_public: bool, definitions: Sequence[TypeDefinition]
) -> Interface:
    end = source.item_end(head)
    low, high = source.place(head), source.place(end)
    types = {each.name: each for each in definitions if low <= each.keyword < high and each.shape != "alias"}
    found = functions(source, head, only_public=only_public)
    return Interface(dict(_signatures(source, found)), types, _entries(source, _TABLE_ENTRY, head, end))


def _signatures(source: Source, found: Iterable[tuple[int, int]]) -> Iterator[tuple[str, FnPointer]]:
    for keyword, end in found:
        name = _NAME.match(source.text, keyword)
        if name is None:
            continue
        reader = Reader(source.token_words(name.end(), min(end, keyword + _LONGEST)))
        reader.skip_path_arguments()
        if reader.peek() == "(":
            syntax = reader.function()
            yield (
                name[1].decode(),
                FnPointer(syntax.parameters, syntax.result, variadic=syntax.variadic),
            )


def _entries(source: Source, entry: re.Pattern[bytes], start: int, end: int) -> frozenset[str]:
    """The entries of a table, as written and layout gone: literals stand in the source, not in its masked text."""
    return frozenset(
        b"".join(source.token_words(*found.span(2))).decode("utf-8", "replace")
        for found in entry.finditer(source.text, start, min(end, start + _LONGEST))
    )


def bridge_words(before: Interface, after: Interface) -> Iterator[Note]:
    """How what a bridge shows differs: functions first, then types, then tables."""
    alone = len(before.functions) == len(after.functions) == 1
    if alone and before.functions.keys() == after.functions.keys():
        (old,), (new,) = before.functions.values(), after.functions.values()
        yield from call_words(old, new, same, same)
    else:
        yield from _function_words(before.functions, after.functions)
    yield from _type_words(before.types, after.types)
    for name in sorted(before.entries - after.entries):
        yield told("ffi-bridge-entry-gone", name=name)
    for name in sorted(after.entries - before.entries):
        yield told("ffi-bridge-entry-new", name=name)


def _function_words(before: Mapping[str, FnPointer], after: Mapping[str, FnPointer]) -> Iterator[Note]:
    for name in before:
        if name not in after:
            yield told("ffi-bridge-fn-gone", name=name)
    for name, new in after.items():
        if name not in before:
            yield told("ffi-bridge-fn-new", name=name)
        elif facts := list(call_words(before[name], new, same, same)):
            yield told("ffi-bridge-fn", name=name)
            yield from facts


def _type_words(before: Mapping[str, TypeDefinition], after: Mapping[str, TypeDefinition]) -> Iterator[Note]:
    for name in before:
        if name not in after:
            yield told("ffi-bridge-type-gone", name=name)
    for name, new in after.items():
        if name not in before:
            yield told("ffi-bridge-type-new", name=name)
        elif facts := list(layout_words(before[name], new, same, same)):
            yield told("ffi-bridge-type", name=name)
            yield from facts
