"""The foreign interface that a Rust source declares: functions, statics and types, imported and exported.

A syntactic reading of one file (Reference, "External blocks" and "The `no_mangle` attribute"): names are as
written, macros are not expanded. What stands in macro bodies is read like other code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from analyzers.ffi.attributes import Attribute, attributes, macros_of
from analyzers.ffi.type_syntax import FnSyntax, Reader, type_of
from analyzers.ffi.types import UNIT, FnPointer, Parameter, Type, split_abi
from analyzers.kinds import extern_block
from analyzers.rust.cfg import marks_test, predicates
from analyzers.rust.items import HEAD_REACH, ScopeKind, printable
from analyzers.rust.scopes import join_path
from analyzers.rust.shapes import ABI, IDENT, RUST_ABIS
from analyzers.rust.source import Source

ItemKind: TypeAlias = Literal["fn", "static", "type"]
Safety: TypeAlias = Literal["", "safe", "unsafe"]
_Symbols: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]

# A signature with more bytes than this is cut there; the longest real ones seen have a few thousand.
_LONGEST = 1 << 16
_EXTERN = re.compile(rb"\bextern\b")
_MEMBER = re.compile(rb"(?:\b(safe|unsafe)\s+)?(?<!')\b(fn|static|type)\s+(mut\s+)?(" + IDENT + rb")")
_DEFINED = re.compile(rb"extern" + ABI + rb"\s*\bfn\s+(" + IDENT + rb")")
_EXPORTED = re.compile(rb"\b(?:no_mangle|export_name)\b")
_PLAIN = re.compile(
    rb"(?:pub\b(?:\s*\([^)]*\))?\s*|(?:default|const|async|unsafe)\s+|extern\s*\"[^\"]*\"\s*)*"
    rb"\b(fn|static)\s+(mut\s+)?(" + IDENT + rb")"
)
_NAMING = frozenset(("link_name", "link_ordinal"))
# Generics that hold more than lifetimes.
_TYPE_PARAMETER = re.compile(rb"<(?:\s*'\w+[^,<>]*+,)*+\s*[^'\s>]")
_UNSAFE = re.compile(rb"\bunsafe\b")


@dataclass(frozen=True, slots=True)
class ForeignItem:
    """A function, static or type that foreign code and Rust share.

    ``name`` is the item's own; ``symbol`` what the linker sees (after ``link_name``, ``export_name``, ``no_mangle``
    and ``link_ordinal``, as ``#7``), empty for a definition that is not exported by name, and for a type.
    ``conditional_symbols`` pairs a ``cfg_attr`` predicate with the symbol it gives instead.
    ``abi`` is without ``-unwind``, which ``unwind`` tells. ``parameters`` and ``result`` are a function's; a static's
    type is ``result``. ``safety`` is the word in front of the item. ``library`` is what ``#[link]`` says, ``cfg`` the
    predicates in force, outermost first. ``macros`` are the attributes on the item or its block that are not Rust's
    own: they may write something else in its place. ``is_generic`` when it has generic types.
    ``defined`` when the item has its body here, else it is imported.
    ``item`` is the path within the file, as in `Site.item`; ``modules`` the inline modules around it.
    ``keyword``, ``start``, ``end`` are byte places in the file: the keyword of the matching site, the item and the
    end of its signature. ``line`` (1-based) and ``column`` (1-based, characters) are the keyword's, ``end_line`` is
    that of the last byte.
    """

    kind: ItemKind
    name: str
    symbol: str
    abi: str = "C"
    unwind: bool = False
    parameters: tuple[Parameter, ...] = ()
    result: Type = UNIT
    variadic: bool = False
    safety: Safety = ""
    mutable: bool = False
    library: str = ""
    conditional_symbols: tuple[tuple[str, str], ...] = ()
    cfg: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()
    is_generic: bool = False
    defined: bool = False
    item: str = ""
    modules: tuple[str, ...] = ()
    in_test: bool = False
    in_macro: bool = False
    line: int = 0
    column: int = 0
    end_line: int = 0
    keyword: int = 0
    start: int = 0
    end: int = 0

    @property
    def is_export(self) -> bool:
        """Whether foreign code finds it by its name."""
        return self.defined and bool(self.symbol)

    @property
    def site_kind(self) -> str:
        """The kind of the site that stands at the same keyword."""
        if not self.defined:
            return f"foreign-{self.kind}"
        return "export-attribute" if self.kind != "fn" or self.abi in RUST_ABIS else "extern-fn"

    @property
    def pointer(self) -> FnPointer:
        """The type of a pointer to this function."""
        unsafe = self.safety == "unsafe" or (not self.defined and self.safety != "safe")
        return FnPointer(self.parameters, self.result, self.abi, self.unwind, unsafe, self.variadic)


def foreign_items(data: bytes) -> tuple[ForeignItem, ...]:
    """Every foreign item of a Rust source, in the order of their keywords; never raises on any input."""
    if b"extern" not in data and b"no_mangle" not in data and b"export_name" not in data:
        return ()
    return Items(Source(data)).where()


class Items:
    """The foreign items of a source that was masked already; signatures are read for those that somebody asks for."""

    def __init__(self, source: Source) -> None:
        self._reading = _Reading(source)
        self._read: dict[int, ForeignItem] = {}

    @cached_property
    def _heads(self) -> tuple[_Head, ...]:
        found = {head.keyword: head for head in self._reading.heads()}
        return tuple(found[keyword] for keyword in sorted(found))

    def where(self, wanted: Callable[[str], bool] = lambda _: True) -> tuple[ForeignItem, ...]:
        """Those whose symbol is ``wanted``, in the order of their keywords."""
        return tuple(self._item(head) for head in self._heads if wanted(head.symbols[0]))

    def _item(self, head: _Head) -> ForeignItem:
        if head.keyword not in self._read:
            self._read[head.keyword] = self._reading.item(head)
        return self._read[head.keyword]


def fn_pointer_at(source: Source, place: int) -> Type:
    """The type that begins at a place in the file, such as that of a ``fn-pointer`` site."""
    start = source.offset(place)
    return type_of(source.token_words(start, min(source.type_end(start), start + _LONGEST)))


def modules_around(source: Source, offset: int) -> tuple[str, ...]:
    """The names of the inline modules around an offset, outermost first."""
    group = source.delimiters.enclosing(offset)
    names: list[str] = []
    while group >= 0:
        scope = source.scope(group)
        if scope.kind is ScopeKind.MODULE:
            names.append(scope.path.rpartition("mod ")[2])
        group = source.delimiters.parents[group]
    return tuple(reversed(names))


@dataclass(frozen=True, slots=True)
class _Head:
    """What is known of an item before its signature is read; offsets are of the folded text.

    ``front`` is where its attributes begin, ``end`` where its signature ends.
    """

    kind: ItemKind
    name: str
    keyword: int
    start: int
    name_end: int
    front: int
    end: int
    abi: str
    row: tuple[Attribute, ...]
    mutable: bool = False
    safety: Safety = ""
    library: str = ""
    macros: tuple[str, ...] = ()
    defined: bool = False

    @property
    def symbols(self) -> _Symbols:
        """The symbol, and those that it is instead under a predicate."""
        if self.kind == "type":
            return "", ()
        return (
            _exported_symbols(self.name, self.row) if self.defined else _imported_symbols(self.name, self.row)
        )


class _Reading:
    """Goes over one source."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def heads(self) -> Iterator[_Head]:
        """The head of every item once, imports and exports with an ABI first."""
        source = self._source
        read_to = 0
        for found in _EXTERN.finditer(source.text):
            # Nothing that counts stands inside a signature.
            if found.start() < read_to:
                continue
            if block := extern_block.SHAPE.match(source.text, found.start()):
                for member in self._members(block):
                    read_to = max(read_to, member.end)
                    yield member
            elif function := self._defined(found.start()):
                read_to = function.end
                yield function
        yield from self._exported()

    # --- imports --------------------------------------------------------------------------------------

    def _members(self, block: re.Match[bytes]) -> Iterator[_Head]:
        source, at = self._source, block.start()
        abi = source.abi(block.start(1)) if block[1] else printable(block[2] or b"C")
        block_row = attributes(source, source.statement_start(at), at)
        for member in source.foreign_members(block, _MEMBER):
            start = source.statement_start(member.start())
            end = source.item_end(member.start(2), braces_end=False)
            yield _Head(
                _kind(member[2]),
                _name(member[4]),
                member.start(2),
                member.start(),
                member.end(),
                start,
                min(end, member.end() + _LONGEST),
                abi,
                attributes(source, start, member.start()),
                mutable=member[3] is not None,
                safety="safe" if member[1] == b"safe" else "unsafe" if member[1] == b"unsafe" else "",
                library=_library(block_row),
                macros=macros_of(block_row),
            )

    # --- definitions ----------------------------------------------------------------------------------

    def _defined(self, at: int) -> _Head | None:
        """The function defined with the foreign ABI whose ``extern`` stands at ``at``."""
        source = self._source
        found = _DEFINED.match(source.text, at)
        if found is None or source.in_extern_block(at):
            return None
        abi = source.abi(found.start(1)) if found[1] else printable(found[2] or b"C")
        if abi in RUST_ABIS:
            return None
        start = source.statement_start(at)
        row = attributes(source, start, at)
        end = min(source.signature_end(found.end()), found.end() + _LONGEST)
        safety = self._safety(start, at)
        return _Head(
            "fn", _name(found[3]), at, at, found.end(), start, end, abi, row, safety=safety, defined=True
        )

    def _exported(self) -> Iterator[_Head]:
        """Functions of Rust's own ABI and statics that are exported by an attribute."""
        source = self._source
        for word in _EXPORTED.finditer(source.text):
            group = source.attribute_group(word.start())
            if group < 0:
                continue
            start = source.statement_start(source.delimiters.opens[group])
            begin = source.skip_attributes(source.delimiters.closes[group] + 1, len(source.text))
            found = _PLAIN.match(source.text, begin, begin + HEAD_REACH)
            if found is None:
                continue
            quote = source.text.find(b'"', begin, found.end())
            abi = source.abi(quote) if quote >= 0 else "Rust"
            # Those with a foreign ABI were found by it.
            if abi in RUST_ABIS:
                yield self._exported_item(found, start, begin, abi)

    def _exported_item(self, found: re.Match[bytes], start: int, begin: int, abi: str) -> _Head:
        source, keyword, name_end = self._source, found.start(1), found.end()
        kind = _kind(found[1])
        colon = source.skip_space(name_end)
        end = source.signature_end(name_end) if kind == "fn" else source.type_end(colon + 1)
        return _Head(
            kind,
            _name(found[3]),
            keyword,
            begin,
            name_end,
            start,
            min(end, name_end + _LONGEST),
            # A static has no calling convention.
            abi if kind == "fn" else "C",
            attributes(source, start, keyword),
            mutable=found[2] is not None,
            safety=self._safety(start, keyword),
            defined=True,
        )

    def _safety(self, start: int, keyword: int) -> Safety:
        source = self._source
        begin = source.skip_attributes(start, keyword)
        return "unsafe" if _UNSAFE.search(source.text, begin, keyword) else ""

    # --- both -----------------------------------------------------------------------------------------

    def item(self, head: _Head) -> ForeignItem:
        """The item with its signature."""
        source, end = self._source, head.end
        scope = source.scope_at(head.keyword)
        front = source.attributes(head.front, head.keyword)
        abi, unwind = split_abi(head.abi)
        symbol, others = head.symbols
        syntax = _syntax(head.kind, Reader(source.token_words(head.name_end, end)))
        return ForeignItem(
            head.kind,
            head.name,
            symbol,
            abi,
            unwind,
            syntax.parameters,
            syntax.result,
            syntax.variadic,
            head.safety,
            head.mutable,
            head.library,
            others,
            cfg=scope.cfg + predicates(front),
            macros=head.macros + macros_of(head.row),
            is_generic=_has_type_parameters(source, head.name_end),
            defined=head.defined,
            item=join_path(scope.path, head.name),
            modules=modules_around(source, head.keyword),
            in_test=scope.in_test or marks_test(front),
            in_macro=scope.in_macro,
            line=source.line(head.keyword),
            column=source.column(head.keyword),
            end_line=source.line(max(head.keyword, end - 1)),
            keyword=source.place(head.keyword),
            start=source.place(head.start),
            end=source.place(end),
        )


def _syntax(kind: ItemKind, reader: Reader) -> FnSyntax:
    """What stands behind an item's name."""
    if kind == "static" and reader.take(":"):
        return FnSyntax((), reader.type(), False)
    reader.skip_path_arguments()
    return reader.function() if kind == "fn" and reader.peek() == "(" else FnSyntax((), UNIT, False)


def _has_type_parameters(source: Source, name_end: int) -> bool:
    opener = source.skip_space(name_end)
    return _TYPE_PARAMETER.match(source.text, opener) is not None


def _name(word: bytes) -> str:
    return printable(word).removeprefix("r#")


def _kind(word: bytes) -> ItemKind:
    return "fn" if word == b"fn" else "static" if word == b"static" else "type"


def _library(row: Sequence[Attribute]) -> str:
    """What ``#[link(name = "...")]`` says, for wasm its import module (Reference, "The `link` attribute")."""
    return next((each.linked for each in row if each.path == "link" and each.linked), "")


def _imported_symbols(name: str, row: Sequence[Attribute]) -> _Symbols:
    """The symbol of an import, and those it has instead under a predicate."""
    return _symbols(name, [(each.condition, each.linked) for each in row if each.path in _NAMING])


def _exported_symbols(name: str, row: Sequence[Attribute]) -> _Symbols:
    """The symbol of an export; one that is exported under a predicate only counts as exported."""
    named = [(each.condition, each.value if each.path == "export_name" else "") for each in row]
    mangled = not any(each.path == "no_mangle" for each in row)
    if mangled and not any(symbol for _, symbol in named):
        return "", ()
    return _symbols("" if mangled else name, named)


def _symbols(name: str, named: Sequence[tuple[str, str]]) -> _Symbols:
    plain = [symbol for condition, symbol in named if symbol and not condition]
    others = tuple((condition, symbol) for condition, symbol in named if symbol and condition)
    symbol = plain[-1] if plain else name
    return symbol or (others[0][1] if others else ""), others
