"""What C headers declare, as values: types, and the declarations that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Tag: TypeAlias = Literal["struct", "union", "enum"]


@dataclass(frozen=True, slots=True)
class Void:
    """``void``."""


@dataclass(frozen=True, slots=True)
class Word:
    """A type that the language names by keywords: ``unsigned long``, its words in the order of the standard."""

    text: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that a ``typedef`` gives, or the compiler's own headers, such as ``size_t``."""

    name: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """``struct x``, ``union x`` or ``enum x``; one without a tag is named after its place, such as ``@f.h:120``."""

    tag: Tag
    name: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer; ``const`` when what it points to cannot be written through it."""

    to: Type
    const: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    """An array that is no parameter; ``length`` is None where it is not told, or not certain."""

    of: Type
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter after the adjustments of the standard (C17, 6.7.6.3): arrays and functions became pointers."""

    name: str
    type: Type
    text: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function's type. ``prototyped`` is False for ``f()``, which says nothing about parameters before C23."""

    parameters: tuple[Parameter, ...]
    result: Type
    variadic: bool = False
    prototyped: bool = True
    result_text: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A type that is not certain here: told by a macro, or differently by several headers."""


Type: TypeAlias = Void | Word | Alias | Tagged | Pointer | Array | Function | Unknown


@dataclass(frozen=True, slots=True)
class Prototype:
    """A function with external linkage that a header declares. ``line`` is 1-based, that of its name."""

    name: str
    type: Function
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable with external linkage that a header declares; ``const`` when nobody may write it."""

    name: str
    type: Type
    path: str
    line: int
    const: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field; an unnamed struct or union inside has no name. ``text`` is its type as people write it."""

    name: str
    type: Type
    line: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A struct or union with its fields in order. ``packed`` when an attribute says so.

    ``plain`` is False when more decides about its layout than the types of its fields: bit fields, attributes.
    """

    type: Tagged
    fields: tuple[Field, ...]
    path: str
    line: int
    packed: bool = False
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Enumeration:
    """An ``enum`` with the value of each constant, None where it is not certain.

    ``plain`` is False when it is not an ``int`` wide for sure (C23's ``enum x : type``, packed enums).
    """

    type: Tagged
    constants: tuple[Constant, ...]
    path: str
    line: int
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Typedef:
    """A name for a type."""

    name: str
    type: Type
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Constant:
    """An integer with a name: a constant of an ``enum``, or an object-like macro."""

    name: str
    value: int | None
    path: str
    line: int


Declaration: TypeAlias = Prototype | Variable | Record | Enumeration | Typedef
