"""Which types a foreign signature relies on, directly or through the fields and aliases of others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from analyzers.ffi.aliases import Meaning, names_in
from analyzers.ffi.crate import FOREIGN, Definition, Sources
from analyzers.ffi.layout import TypeDefinition
from analyzers.ffi.signature import ForeignItem
from analyzers.ffi.types import FnPointer, Named, Pointer, Reference, Type, children
from analyzers.rust.shapes import RUST_ABIS

# Beyond these the search ends: a name such as `Error` would reach the whole package.
_MAX_ROUNDS = 6
_MAX_NAMES = 200
_MAX_TYPES = 400

Key: TypeAlias = tuple[str, str]
"""A definition's path and item path."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A foreign item at a path."""

    path: str
    item: ForeignItem


def key_of(definition: Definition) -> Key:
    """What identifies a definition on one side."""
    return definition.path, definition.of.item


def types_of(item: ForeignItem) -> tuple[Type, ...]:
    """The types of a foreign item's signature."""
    return (*(parameter.type for parameter in item.parameters), item.result)


def parts_of(definition: TypeDefinition) -> tuple[Type, ...]:
    """The types that a definition is made of."""
    inside = (field.type for variant in definition.variants for field in variant.fields)
    return (definition.target, *(field.type for field in definition.fields), *inside)


def is_laid_out(definition: TypeDefinition) -> bool:
    """Whether the representation is stated, so that others may rely on it (Reference, "Type layout")."""
    return bool(definition.representation)


def relying_items(
    sources: Sources, meaning: Meaning, wanted: Iterable[Definition]
) -> dict[Key, list[Placed]]:
    """The foreign items of the same package that rely on each of some definitions, sorted by place.

    A type without a stated representation counts where it is passed by value: behind a pointer nobody can look
    into it.
    """
    targets = {key_of(each): each for each in wanted}
    found: dict[Key, list[Placed]] = {key: [] for key in targets}
    roots = {sources.packages.root(each.path): each.path for each in targets.values()}
    for root, path in sorted(roots.items()):
        names = {each.of.name for each in targets.values() if sources.packages.root(each.path) == root}
        for placed in _candidates(sources, sources.neighbours(path), names):
            for key in _reached(meaning, placed) & targets.keys():
                found[key].append(placed)
    return found


def _candidates(sources: Sources, paths: Sequence[str], names: set[str]) -> Iterator[Placed]:
    """The items that name one of the types, or another type that is made of one, directly or not."""
    known, frontier = set(names), set(names)
    for _ in range(_MAX_ROUNDS):
        users = {
            definition.name
            for path in _mentioning(sources, paths, frontier)
            for definition in sources.definitions(path)
            if any(names_in(part) & frontier for part in parts_of(definition))
        }
        frontier = users - known
        known |= frontier
        if not frontier or len(known) > _MAX_NAMES:
            break
    for path in _mentioning(sources, paths, known):
        if FOREIGN.search(sources.contents[path]):
            for item in sources.items(path):
                if is_foreign(item) and any(names_in(each) & known for each in types_of(item)):
                    yield Placed(path, item)


def is_foreign(item: ForeignItem) -> bool:
    """Whether other languages call it, or it calls them.

    Not so with Rust's own ABI, in bridges' modules, and of LLVM's intrinsics, which the compiler itself knows (Unstable
    Book, "link_llvm_intrinsics").
    """
    return item.abi not in RUST_ABIS and item.abi != "C++" and not _is_intrinsic(item)


def _is_intrinsic(item: ForeignItem) -> bool:
    # Those of several targets have a name for each.
    symbols = [symbol for _, symbol in item.conditional_symbols] or [item.symbol]
    return all(symbol.startswith("llvm.") for symbol in symbols)


def _mentioning(sources: Sources, paths: Sequence[str], names: set[str]) -> list[str]:
    if not names:
        return []
    words = re.compile(rb"\b(?:" + b"|".join(re.escape(name.encode()) for name in sorted(names)) + rb")\b")
    return [path for path in paths if words.search(sources.contents[path])]


def _reached(meaning: Meaning, placed: Placed) -> set[Key]:
    """The definitions that a foreign item relies on."""
    found: set[Key] = set()
    seen: set[tuple[Key, bool]] = set()
    item = placed.item
    waiting = [(type_, True, placed.path, item.modules) for type_ in types_of(item)]
    for _ in range(_MAX_TYPES):
        if not waiting:
            break
        type_, by_value, at, modules = waiting.pop()
        inner = by_value and not isinstance(type_, Pointer | Reference)
        waiting += ((each, inner or isinstance(type_, FnPointer), at, modules) for each in children(type_))
        definition = meaning.definition(type_.path, at, modules) if isinstance(type_, Named) else None
        if definition is None or (key_of(definition), by_value) in seen:
            continue
        seen.add((key_of(definition), by_value))
        if by_value or definition.of.shape == "alias" or is_laid_out(definition.of):
            found.add(key_of(definition))
            of = definition.of
            waiting += ((part, by_value, definition.path, of.modules) for part in parts_of(of))
    return found
