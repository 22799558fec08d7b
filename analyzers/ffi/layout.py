"""The types that a Rust source defines, as far as their layout goes: fields, variants, representations, aliases.

A syntactic reading of one file (Reference, "Type layout", "Enumerations", "Type aliases"); macros are not expanded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from analyzers.ffi.attributes import Attribute, attributes, macros_of
from analyzers.ffi.signature import modules_around
from analyzers.ffi.type_syntax import Reader
from analyzers.ffi.types import UNIT, Type
from analyzers.rust.cfg import marks_test, predicates
from analyzers.rust.items import ScopeKind, printable, skip_angles, spaced
from analyzers.rust.scopes import Scope, join_path
from analyzers.rust.source import Source

Shape: TypeAlias = Literal["struct", "union", "enum", "alias"]

# A definition with more bytes than this is cut there; the longest real one seen, an enumeration, has 300 KB.
_LONGEST = 1 << 20
_NAME = rb"((?:r#)?[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)"
_DEFINITION = re.compile(rb"(?<!')\b(struct|union|enum|type)\s+" + _NAME + rb"\s*([<{(;=]|where\b)")
_NO_ITEMS = frozenset((ScopeKind.IMPL, ScopeKind.TRAIT, ScopeKind.EXTERN, ScopeKind.ATTRIBUTE))
_PARAMETER = re.compile(r"\A(?:const )?([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Field:
    """A field; that of a tuple is named by its index. ``cfg`` are the predicates it stands under."""

    name: str
    type: Type
    cfg: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of an enumeration with its discriminant as written, empty when it follows from the one before."""

    name: str
    discriminant: str = ""
    fields: tuple[Field, ...] = ()
    cfg: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """A struct, union or enumeration, or an alias, whose type is ``target``.

    ``representation`` holds the arguments of ``repr`` in alphabetical order, such as ``("C", "packed(2)")``; one
    under a ``cfg_attr`` has the predicate behind it: ``packed if feature = "x"``. ``parameters`` are its generic
    types and constants by name; lifetimes are left out. ``macros`` are as in `ForeignItem`.
    ``item``, ``modules``, ``line``, ``column``, ``keyword``, ``start`` and ``end`` are as in `ForeignItem`, the
    keyword being ``struct``, ``union``, ``enum`` or ``type``, and the end that of the item.
    """

    shape: Shape
    name: str
    representation: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    variants: tuple[Variant, ...] = ()
    target: Type = UNIT
    parameters: tuple[str, ...] = ()
    cfg: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()
    item: str = ""
    modules: tuple[str, ...] = ()
    in_test: bool = False
    in_macro: bool = False
    line: int = 0
    column: int = 0
    keyword: int = 0
    start: int = 0
    end: int = 0


def type_definitions(data: bytes) -> tuple[TypeDefinition, ...]:
    """Every type that a Rust source defines, in order; never raises on any input."""
    return Definitions(Source(data)).where()


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a type is defined, before what it is made of is read."""

    name: str
    found: re.Match[bytes]
    scope: Scope
    end: int


class Definitions:
    """The types that a source defines, which was masked already; each is read when somebody asks for its name."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._read: dict[int, TypeDefinition] = {}

    @cached_property
    def _heads(self) -> tuple[_Head, ...]:
        return tuple(_heads(self._source))

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[_Head]]:
        found: defaultdict[str, list[_Head]] = defaultdict(list)
        for head in self._heads:
            found[head.name].append(head)
        return found

    def named(self, name: str) -> tuple[TypeDefinition, ...]:
        """Those of one name, in order."""
        return tuple(map(self._definition, self._by_name.get(name, ())))

    def where(self, wanted: Callable[[str], bool] = lambda _: True) -> tuple[TypeDefinition, ...]:
        """Those whose name is ``wanted``, in order."""
        return tuple(self._definition(head) for head in self._heads if wanted(head.name))

    def _definition(self, head: _Head) -> TypeDefinition:
        start = head.found.start()
        if start not in self._read:
            self._read[start] = _definition(self._source, head)
        return self._read[start]


def discriminants(variants: Sequence[Variant]) -> tuple[int | None, ...]:
    """The values of an enumeration's variants; None from the first on that is no integer literal, until the next.

    Source: Reference, "Enumerations", implicit discriminants.
    """
    values: list[int | None] = []
    following: int | None = 0
    for variant in variants:
        value = _integer(variant.discriminant) if variant.discriminant else following
        values.append(value)
        following = None if value is None else value + 1
    return tuple(values)


def _integer(text: str) -> int | None:
    bare = re.sub(r"(?<=[0-9a-fA-F_])(?:[iu](?:8|16|32|64|128|size))\Z", "", text)
    try:
        return int(bare, 0)
    except ValueError:
        return None


def _heads(source: Source) -> Iterator[_Head]:
    read_to = 0
    for found in _DEFINITION.finditer(source.text):
        if found.start() < read_to or (found[1] == b"union" and found[3] not in (b"{", b"<", b"where")):
            continue
        scope = source.scope_at(found.start())
        if scope.kind in _NO_ITEMS:
            continue
        end = source.item_end(found.end(2), braces_end=found[1] != b"type")
        if end > found.end(2):
            read_to = end
            name = printable(found[2]).removeprefix("r#")
            yield _Head(name, found, scope, min(end, found.end() + _LONGEST))


def _definition(source: Source, head: _Head) -> TypeDefinition:
    found, scope, end = head.found, head.scope, head.end
    keyword = found.start(1)
    start = source.statement_start(keyword)
    front = source.attributes(start, keyword)
    row = attributes(source, start, keyword)
    shape, behind = _shape(found[1]), found.end(2)
    parameters: tuple[str, ...] = ()
    if found[3] == b"<":
        opener = found.start(3)
        behind = skip_angles(source.text, opener, end)
        parameters = _parameters(source, opener, behind)
    fields, variants, target = _content(shape, Reader(source.token_words(behind, end)))
    return TypeDefinition(
        shape,
        head.name,
        _representation(row),
        fields,
        variants,
        target,
        parameters,
        cfg=scope.cfg + predicates(front),
        macros=macros_of(row),
        item=join_path(scope.path, head.name),
        modules=modules_around(source, keyword),
        in_test=scope.in_test or marks_test(front),
        in_macro=scope.in_macro,
        line=source.line(keyword),
        column=source.column(keyword),
        keyword=source.place(keyword),
        start=source.place(start),
        end=source.place(end),
    )


def _shape(word: bytes) -> Shape:
    shapes: dict[bytes, Shape] = {b"struct": "struct", b"union": "union", b"enum": "enum", b"type": "alias"}
    return shapes[word]


def _parameters(source: Source, opener: int, behind: int) -> tuple[str, ...]:
    """The names of generic types and constants between two angle brackets."""
    reader = Reader(source.token_words(opener + 1, behind - 1))
    names: list[str] = []
    while reader.peek():
        reader.skip_attributes()
        lifetime = reader.take("'")
        text = reader.rest().text
        reader.take("=")
        if (found := _PARAMETER.match(text)) and not lifetime:
            names.append(found[1])
        reader.rest()
        if not reader.take(","):
            reader.skip()
    return tuple(names)


def _representation(row: Sequence[Attribute]) -> tuple[str, ...]:
    return tuple(
        sorted(
            spaced(list(words)) + (f" if {attribute.condition}" if attribute.condition else "")
            for attribute in row
            if attribute.path == "repr"
            for words in attribute.arguments
        )
    )


# --- what stands between the braces ---------------------------------------------------------------------


def _content(shape: Shape, reader: Reader) -> tuple[tuple[Field, ...], tuple[Variant, ...], Type]:
    if shape == "alias":
        while reader.peek() and not reader.take("="):
            reader.rest()
            if reader.peek() != "=":
                reader.skip()
        return (), (), reader.type()
    while reader.peek() not in ("{", "(", ";", ""):
        # A where clause.
        reader.skip()
    if shape == "enum":
        return (), _variants(reader), UNIT
    return _fields(reader), (), UNIT


def _fields(reader: Reader) -> tuple[Field, ...]:
    """The fields of the group that opens here, in braces or parentheses; none if no group does."""
    named = reader.peek() == "{"
    if not named and reader.peek() != "(":
        return ()
    closer = "}" if named else ")"
    reader.skip()
    fields: list[Field] = []
    while reader.peek() not in (closer, ""):
        cfg = reader.attributes_here("cfg")
        reader.skip_visibility()
        name = str(len(fields))
        if named:
            reader.take("unsafe")
            reader.take("r", "#")
            name = reader.peek()
            reader.skip()
            if not reader.take(":"):
                reader.rest()
                reader.take(",")
                continue
        fields.append(Field(name, reader.type(), cfg))
        reader.end_of_element(closer)
    reader.skip()
    return tuple(fields)


def _variants(reader: Reader) -> tuple[Variant, ...]:
    if reader.peek() != "{":
        return ()
    reader.skip()
    variants: list[Variant] = []
    while reader.peek() not in ("}", ""):
        cfg = reader.attributes_here("cfg")
        reader.skip_visibility()
        reader.take("r", "#")
        name = reader.peek()
        reader.skip()
        fields = _fields(reader)
        discriminant = reader.rest().text if reader.take("=") else ""
        variants.append(Variant(name, discriminant, fields, cfg))
        reader.end_of_element("}")
    return tuple(variants)
