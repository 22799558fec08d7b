"""Two declarations of one symbol that a linker joins although they differ.

Source: rustc's lint ``clashing_extern_declarations``, which sees one crate at a time. What differs in registers
counts; where a pointer points to does not, nor whether it may write, since both are often told apart on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from analyzers.ffi.aliases import Meaning, passed
from analyzers.ffi.attributes import attributes
from analyzers.ffi.crate import FOREIGN, Sources
from analyzers.ffi.reach import Placed, is_foreign
from analyzers.ffi.signature import ForeignItem
from analyzers.ffi.types import (
    UNIT,
    Array,
    FnPointer,
    Named,
    Never,
    Pointer,
    Primitive,
    Type,
    joined_abi,
    spelled,
)
from analyzers.ffi.words import told
from analyzers.inventory import declaring_candidates, module_candidates
from analyzers.model import Note
from analyzers.paths import is_test_target
from analyzers.rust.source import Source

_MODULE = re.compile(rb"\bmod\s+(?:r#)?([A-Za-z_]\w*)\s*;")
_WORD = re.compile(rb"\w+")
# Declarations of one symbol beyond these are not compared with each other.
_MAX_SAME = 16


@dataclass(frozen=True, slots=True)
class Clash:
    """A declaration that does not fit another one of the same symbol, and how."""

    placed: Placed
    other: Placed
    difference: Note


def placed_items(sources: Sources, wanted: Callable[[bytes], bool] = lambda _: True) -> Iterator[Placed]:
    """The items of the sources whose bytes are ``wanted``, sorted by place."""
    for path, data in sorted(sources.contents.items()):
        if wanted(data):
            yield from (Placed(path, item) for item in sources.items(path))


def holding(symbols: Collection[str]) -> Callable[[bytes], bool]:
    """Whether a source may declare one of some symbols."""
    words = {symbol.encode() for symbol in symbols}
    return lambda data: FOREIGN.search(data) is not None and not words.isdisjoint(_WORD.findall(data))


def by_symbol(placed: Iterable[Placed]) -> Mapping[str, list[Placed]]:
    """The items by symbol; those for tests, in macros and alike in one file are left out."""
    found: dict[str, list[Placed]] = {}
    seen: set[Hashable] = set()
    for each in placed:
        item = each.item
        # In blocks with Rust's own ABI bridges declare what they find by other names.
        plain = (item.defined or is_foreign(item)) and not (item.in_test or item.in_macro or item.macros)
        alike = (each.path, item.symbol, item.cfg, item.pointer, item.kind)
        # What is no identifier, an ordinal or a name of a wasm component, means something in one library alone.
        named = item.symbol.isidentifier() and not is_test_target(each.path)
        if plain and named and alike not in seen:
            seen.add(alike)
            found.setdefault(item.symbol, []).append(each)
    return found


def clashes(
    placed: Placed, same: Iterable[Placed], conditions: Conditions, meaning: Meaning
) -> Iterator[Clash]:
    """The other declarations of the symbol that cannot be meant at the same time as this one."""
    if not placed.item.defined and not is_foreign(placed.item):
        return
    for other in list(same)[:_MAX_SAME]:
        if other == placed or not conditions.both_hold(placed, other):
            continue
        if (difference := _difference(placed, other, meaning)) is not None:
            yield Clash(placed, other, difference)


class Conditions:
    """When a file's items are there at all: its own ``mod`` declaration may stand under a ``cfg``."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._known: dict[str, bool] = {}
        self._declared: dict[str, frozenset[str]] = {}

    def both_hold(self, one: Placed, other: Placed) -> bool:
        """Whether nothing tells two items apart by target or feature: the same predicates, or none on either."""
        if one.item.cfg != other.item.cfg:
            return False
        return one.path == other.path or (self.is_always(one.path) and self.is_always(other.path))

    def is_always(self, path: str) -> bool:
        """Whether a file is compiled wherever its package is, as far as plain ``mod`` declarations say."""
        if path not in self._known:
            self._known[path] = True
            self._known[path] = self._is_always(path)
        return self._known[path]

    def _is_always(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        if name in ("lib.rs", "main.rs"):
            return True
        return any(
            path in self._modules(parent) and self.is_always(parent)
            for parent in declaring_candidates(path)
            if parent in self._sources.contents
        )

    def _modules(self, parent: str) -> frozenset[str]:
        """Where the modules may stand that a file declares under no condition and in no macro."""
        if parent not in self._declared:
            source = self._sources.source(parent)
            found = () if source is None else _plain_modules(source)
            self._declared[parent] = frozenset(
                path for name in found for path in module_candidates(parent, name)
            )
        return self._declared[parent]


def _plain_modules(source: Source) -> Iterator[str]:
    for found in _MODULE.finditer(source.text):
        scope = source.scope_at(found.start())
        start = source.statement_start(found.start())
        row = attributes(source, start, found.start())
        if not (scope.cfg or scope.in_macro or any(each.path in ("cfg", "path") for each in row)):
            yield found[1].decode()


# --- what differs ---------------------------------------------------------------------------------------

# One calling convention on most targets.
_C_LIKE = frozenset(("C", "system", "cdecl"))
# C types whose width or sign depends on the target, and what they can be.
_EITHER = {
    "c_char": frozenset(("i8", "u8", "bool")),
    "c_long": frozenset(("i32", "i64", "isize")),
    "c_ulong": frozenset(("u32", "u64", "usize")),
}


def _difference(placed: Placed, other: Placed, meaning: Meaning) -> Note | None:
    """The first thing that one call or access could not satisfy in both declarations."""
    one, two = placed.item, other.item
    if (one.defined and two.defined) or one.is_generic or two.is_generic or "type" in (one.kind, two.kind):
        return None
    return _frame_difference(one, two) or _type_difference(placed, other, meaning)


def _frame_difference(one: ForeignItem, two: ForeignItem) -> Note | None:
    """What differs apart from types."""
    if one.kind != two.kind:
        return told("ffi-clash-kind", here=one.kind, there=two.kind)
    if one.abi != two.abi and not {one.abi, two.abi} <= _C_LIKE:
        abis = [joined_abi(each.abi, each.unwind) for each in (one, two)]
        return told("ffi-clash-abi", here=abis[0], there=abis[1])
    if one.variadic != two.variadic:
        return told("ffi-clash-variadic")
    if len(one.parameters) != len(two.parameters):
        return told("ffi-clash-count", here=len(one.parameters), there=len(two.parameters))
    return None


def _type_difference(placed: Placed, other: Placed, meaning: Meaning) -> Note | None:
    one, two = placed.item, other.item
    pairs = zip(one.parameters, two.parameters, strict=True)
    for number, (here, there) in enumerate(pairs, 1):
        if _differ(_meant(meaning, placed, here.type), _meant(meaning, other, there.type)):
            return told(
                "ffi-clash-parameter", number=number, here=spelled(here.type), there=spelled(there.type)
            )
    if _differ(_meant(meaning, placed, one.result), _meant(meaning, other, two.result)):
        id = "ffi-clash-static" if one.kind == "static" else "ffi-clash-return"
        return told(id, here=spelled(one.result), there=spelled(two.result))
    return None


def _meant(meaning: Meaning, placed: Placed, type_: Type) -> Type:
    return passed(meaning.of(type_, placed.path, placed.item.modules))


def _differ(one: Type, two: Type) -> bool:
    """Whether two types are surely passed in different ways; what is not known differs from nothing."""
    shapes = [_shape(one), _shape(two)]
    if "" in shapes or shapes[0] == shapes[1]:
        return False
    return not any(
        shapes[1 - side] in _EITHER.get(shape, ()) or {shapes[1 - side], shape} <= {"bool", "u8", "i8"}
        for side, shape in enumerate(shapes)
    )


def _shape(type_: Type) -> str:
    """What a register holds, in a word; empty when that is not known."""
    if isinstance(type_, Pointer | FnPointer | Array):
        # An array is passed as a pointer, and declared as one by some.
        return "pointer"
    if isinstance(type_, Primitive):
        return type_.name
    if isinstance(type_, Named):
        return type_.name if type_.name in _EITHER else ""
    return "nothing" if type_ == UNIT or isinstance(type_, Never) else ""
