"""Parses one declaration of a header with tree-sitter's C grammar; what does not parse without an error is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import tree_sitter
import tree_sitter_c

from analyzers.ffi.c.arithmetic import value_of
from analyzers.ffi.c.scalars import word_of
from analyzers.ffi.c.types import (
    Alias,
    Array,
    Constant,
    Declaration,
    Enumeration,
    Field,
    Function,
    Parameter,
    Pointer,
    Prototype,
    Record,
    Tag,
    Tagged,
    Type,
    Typedef,
    Unknown,
    Variable,
    Void,
    Word,
)
from analyzers.rust.watching import watched_tree

# Up to this size a parse is quick whatever the text, and need not be watched.
_UNWATCHED = 1 << 14
# Real declarations nest types and declarators a few levels deep.
_DEEPEST = 40
_TAGS: dict[str, Tag] = {"struct_specifier": "struct", "union_specifier": "union", "enum_specifier": "enum"}
_DECLARATORS = frozenset(
    (
        "identifier",
        "type_identifier",
        "field_identifier",
        "primitive_type",
        "pointer_declarator",
        "function_declarator",
        "array_declarator",
        "parenthesized_declarator",
        "abstract_pointer_declarator",
        "abstract_function_declarator",
        "abstract_array_declarator",
        "abstract_parenthesized_declarator",
        "init_declarator",
    )
)
_TYPES = frozenset(
    ("primitive_type", "sized_type_specifier", "type_identifier", "struct_specifier", "union_specifier")
) | {"enum_specifier"}
_KEYWORD_TYPES = frozenset(
    ("void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "bool")
)
_KEYWORD_TYPES |= {"_Bool", "__int128"}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a declaration stands, and what was told beside its text.

    ``line`` gives the 1-based line of an offset into the declaration. ``value`` knows the integer constants of other
    declarations. ``packed`` and ``plain`` are as in `Record`.
    """

    path: str
    line: Callable[[int], int]
    value: Callable[[str], int | None]
    packed: bool = False
    plain: bool = True


class _TooDeepError(Exception):
    """A declaration is nested more deeply than any that people write."""


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_c.language()))


def declarations(text: bytes, setting: Setting) -> tuple[Declaration, ...]:
    """What one outermost declaration declares, nested types first; nothing when it does not parse."""
    tree = watched_tree(_parser(), text, _UNWATCHED)
    if tree is None or tree.root_node.has_error:
        return ()
    reader = _Reader(text, setting)
    try:
        for node in tree.root_node.named_children:
            reader.outermost(node)
    except _TooDeepError:
        return ()
    return tuple(reader.found)


class _Reader:
    """Goes over the tree of one declaration and lists what it declares."""

    def __init__(self, text: bytes, setting: Setting) -> None:
        self.found: list[Declaration] = []
        self._source = text
        self._setting = setting

    def outermost(self, node: tree_sitter.Node) -> None:
        if node.type in _TAGS:
            self._tagged(node, 0)
        elif node.type in ("declaration", "type_definition"):
            self._declaration(node)

    def _declaration(self, node: tree_sitter.Node) -> None:
        words = {self._text(each) for each in node.named_children if each.type == "storage_class_specifier"}
        base, const = self._base(node, 0)
        for declarator in node.children_by_field_name("declarator"):
            name, type_, place = self._declared(declarator, base, const, 0)
            line = self._setting.line(place)
            if node.type == "type_definition":
                self.found.append(Typedef(name, type_, self._setting.path, line))
            elif isinstance(type_, Function) and "static" not in words and name:
                front = self._source[node.start_byte : place].decode("utf-8", "replace")
                told = replace(type_, result_text=_result_text(front))
                self.found.append(Prototype(name, told, self._setting.path, line))
            elif name and "extern" in words:
                self.found.append(
                    Variable(name, type_, self._setting.path, line, const, self._folded(node).rstrip("; "))
                )

    def _text(self, node: tree_sitter.Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _folded(self, node: tree_sitter.Node) -> str:
        """The text of a node, its layout folded."""
        return " ".join(self._text(node).split())

    def _is_const(self, node: tree_sitter.Node) -> bool:
        return any(
            each.type == "type_qualifier" and self._text(each) == "const" for each in node.named_children
        )

    # --- the type in front ----------------------------------------------------------------------------

    def _base(self, node: tree_sitter.Node, depth: int) -> tuple[Type, bool]:
        """The type that a declaration's words name, and whether it is const."""
        const = self._is_const(node)
        type_node = node.child_by_field_name("type")
        return (Unknown() if type_node is None else self._named(type_node, depth)), const

    def _named(self, node: tree_sitter.Node, depth: int) -> Type:
        if node.type in _TAGS:
            return self._tagged(node, depth)
        words = self._text(node).split()
        if all(word in _KEYWORD_TYPES for word in words):
            return Void() if words == ["void"] else Word(word_of(words))
        return Alias(words[0]) if len(words) == 1 and node.type in _TYPES else Unknown()

    def _tagged(self, node: tree_sitter.Node, depth: int) -> Tagged:
        if depth > _DEEPEST:
            raise _TooDeepError
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        line = self._setting.line(node.start_byte)
        own = self._text(name) if name is not None else f"@{self._setting.path}:{line}:{node.start_byte}"
        type_ = Tagged(_TAGS[node.type], own)
        if body is not None and type_.tag == "enum":
            self.found.append(self._enumeration(type_, node, body, line))
        elif body is not None:
            self.found.append(self._record(type_, body, line, depth))
        return type_

    def _record(self, type_: Tagged, body: tree_sitter.Node, line: int, depth: int) -> Record:
        fields: list[Field] = []
        plain = self._setting.plain
        for node in body.named_children:
            if node.type == "comment":
                continue
            if node.type != "field_declaration" or any(
                each.type == "bitfield_clause" for each in node.children
            ):
                plain = False
                continue
            fields += self._fields(node, depth + 1)
        return Record(type_, tuple(fields), self._setting.path, line, self._setting.packed, plain)

    def _fields(self, node: tree_sitter.Node, depth: int) -> Iterator[Field]:
        base, const = self._base(node, depth)
        declarators = node.children_by_field_name("declarator")
        line = self._setting.line(node.start_byte)
        if not declarators:
            yield Field("", base, line)
        for declarator in declarators:
            name, type_, place = self._declared(declarator, base, const, depth)
            yield Field(name, type_, self._setting.line(place), self._folded(node).rstrip("; "))

    def _enumeration(
        self, type_: Tagged, node: tree_sitter.Node, body: tree_sitter.Node, line: int
    ) -> Enumeration:
        constants: list[Constant] = []
        known: dict[str, int | None] = {}
        following: int | None = 0
        for each in body.named_children:
            name = each.child_by_field_name("name") if each.type == "enumerator" else None
            if name is None:
                # Constants from a macro: what follows has no certain value.
                following = None
                continue
            told = each.child_by_field_name("value")
            value = following
            if told is not None:
                value = value_of(told, self._source, lambda word: self._value(word, known))
            known[self._text(name)] = value
            constants.append(
                Constant(self._text(name), value, self._setting.path, self._setting.line(name.start_byte))
            )
            following = None if value is None else value + 1
        plain = self._setting.plain and not self._setting.packed
        plain = plain and node.child_by_field_name("underlying_type") is None
        return Enumeration(type_, tuple(constants), self._setting.path, line, plain)

    def _value(self, name: str, known: dict[str, int | None]) -> int | None:
        return known[name] if name in known else self._setting.value(name)

    # --- declarators ----------------------------------------------------------------------------------

    def _declared(
        self, node: tree_sitter.Node | None, base: Type, const: bool, depth: int
    ) -> tuple[str, Type, int]:
        """The name, the type and the offset of the name that a declarator gives to a base type.

        Declarators read from the outside in, and each wraps what was built so far.
        """
        if depth > _DEEPEST:
            raise _TooDeepError
        type_, place, name = base, node.start_byte if node else 0, ""
        while node is not None:
            kind = node.type.removeprefix("abstract_")
            if kind == "pointer_declarator":
                type_ = Pointer(type_, const)
                const = self._is_const(node)
            elif kind == "array_declarator":
                size = node.child_by_field_name("size")
                type_ = Array(
                    type_, None if size is None else value_of(size, self._source, self._setting.value)
                )
            elif kind == "function_declarator":
                type_ = self._function(node, type_, depth)
                const = False
            elif kind not in ("parenthesized_declarator", "init_declarator"):
                name, place = self._text(node), node.start_byte
                break
            node = _inner(node)
        return name, type_, place

    def _function(self, node: tree_sitter.Node, result: Type, depth: int) -> Function:
        listed = node.child_by_field_name("parameters")
        nodes = [] if listed is None else [each for each in listed.named_children if each.type != "comment"]
        if any(each.type not in ("parameter_declaration", "variadic_parameter") for each in nodes):
            return Function((Parameter("", Unknown()),), Unknown(), prototyped=False)
        parameters = tuple(
            self._parameter(each, depth + 1) for each in nodes if each.type == "parameter_declaration"
        )
        variadic = any(each.type == "variadic_parameter" for each in nodes)
        if len(parameters) == 1 and isinstance(parameters[0].type, Void):
            return Function((), result, variadic)
        return Function(parameters, result, variadic, prototyped=bool(nodes))

    def _parameter(self, node: tree_sitter.Node, depth: int) -> Parameter:
        base, const = self._base(node, depth)
        name, type_, _ = self._declared(node.child_by_field_name("declarator"), base, const, depth)
        if isinstance(type_, Array):
            type_ = Pointer(type_.of, const)
        elif isinstance(type_, Function):
            type_ = Pointer(type_)
        return Parameter(name, type_, self._folded(node))


def _result_text(front: str) -> str:
    """What stands before a function's name, as people write the type of its result."""
    return " ".join(word for word in front.split() if word != "extern").replace("* ", "*")


def _inner(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """The declarator inside a declarator; None for an abstract one at its end."""
    inner = node.child_by_field_name("declarator")
    if inner is not None:
        return inner
    return next((each for each in node.named_children if each.type in _DECLARATORS), None)
