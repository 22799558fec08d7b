"""The types that foreign signatures are made of, as values that compare by what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

INTEGERS = frozenset(f"{sign}{width}" for sign in "iu" for width in (8, 16, 32, 64, 128, "size"))
PRIMITIVES = INTEGERS | {"bool", "char", "str", "f16", "f32", "f64", "f128"}


@dataclass(frozen=True, slots=True)
class Primitive:
    """A type of the language: ``u8``, ``f64``, ``bool``, ``char``, ``str``."""

    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """A path with its generic arguments; lifetimes are left out, constants are ``Opaque``.

    ``path`` has the segments as written, without ``::`` in front and without generics: ``("libc", "c_int")``.
    """

    path: tuple[str, ...]
    arguments: tuple[Type, ...] = ()

    @property
    def name(self) -> str:
        """The last segment."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Pointer:
    """``*const T`` or ``*mut T``."""

    mutable: bool
    to: Type


@dataclass(frozen=True, slots=True)
class Reference:
    """``&T`` or ``&mut T``, its lifetime left out."""

    mutable: bool
    to: Type


@dataclass(frozen=True, slots=True)
class Array:
    """``[T; N]`` with the length as written, layout folded."""

    of: Type
    length: str


@dataclass(frozen=True, slots=True)
class Slice:
    """``[T]``."""

    of: Type


@dataclass(frozen=True, slots=True)
class Tuple:
    """``(A, B)``; the unit type has no parts."""

    parts: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Never:
    """``!``, also as what a function returns that does not return."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """What is no plain type and is kept as its tokens: ``dyn Trait``, ``impl Trait``, ``<T as X>::Y``, ``$ty``."""

    text: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter with the pattern it is bound to as written, such as ``buf``; empty or ``_`` when it has no name."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class FnPointer:
    """A function pointer type. ``abi`` is without ``-unwind``, ``Rust`` when there is no ``extern``."""

    parameters: tuple[Parameter, ...] = ()
    result: Type = Tuple()
    abi: str = "Rust"
    unwind: bool = False
    unsafe: bool = False
    variadic: bool = False


Type: TypeAlias = Primitive | Named | Pointer | Reference | Array | Slice | Tuple | Never | Opaque | FnPointer

UNIT = Tuple()


def split_abi(abi: str) -> tuple[str, bool]:
    """An ABI string without ``-unwind``, and whether that was there (Reference, "External blocks", ABI)."""
    return abi.removesuffix("-unwind"), abi.endswith("-unwind")


def joined_abi(abi: str, unwind: bool) -> str:
    """The ABI string as it is written."""
    return f"{abi}-unwind" if unwind else abi


def children(type_: Type) -> tuple[Type, ...]:
    """The types that a type is directly made of."""
    match type_:
        case Pointer(to=inner) | Reference(to=inner) | Array(of=inner) | Slice(of=inner):
            return (inner,)
        case Tuple(parts=parts) | Named(arguments=parts):
            return parts
        case FnPointer():
            return (*(parameter.type for parameter in type_.parameters), type_.result)
        case Primitive() | Never() | Opaque():
            return ()


def rebuilt(type_: Type, change: Callable[[Type], Type]) -> Type:
    """The type with ``change`` applied to each of the types it is directly made of."""
    match type_:
        case Pointer(to=inner) | Reference(to=inner):
            return replace(type_, to=change(inner))
        case Array(of=inner) | Slice(of=inner):
            return replace(type_, of=change(inner))
        case Tuple(parts=parts):
            return Tuple(tuple(change(part) for part in parts))
        case Named(arguments=arguments):
            return replace(type_, arguments=tuple(change(argument) for argument in arguments))
        case FnPointer():
            parameters = tuple(replace(each, type=change(each.type)) for each in type_.parameters)
            return replace(type_, parameters=parameters, result=change(type_.result))
        case Primitive() | Never() | Opaque():
            return type_


def spelled(type_: Type) -> str:
    """The type as people write it, with one fixed layout; a `FnPointer`'s parameters without their names."""
    match type_:
        case Primitive(name=text) | Opaque(text=text):
            return text
        case Named():
            return "::".join(type_.path) + _arguments(type_.arguments)
        case Pointer() | Reference():
            return _spelled_indirection(type_)
        case Never():
            return "!"
        case FnPointer():
            return _spelled_fn(type_)
        case Array() | Slice() | Tuple():
            return _spelled_group(type_)


def _spelled_indirection(type_: Pointer | Reference) -> str:
    if isinstance(type_, Pointer):
        return f"*{'mut' if type_.mutable else 'const'} {spelled(type_.to)}"
    return f"&{'mut ' if type_.mutable else ''}{spelled(type_.to)}"


def _spelled_group(type_: Array | Slice | Tuple) -> str:
    match type_:
        case Array():
            return f"[{spelled(type_.of)}; {type_.length}]"
        case Slice():
            return f"[{spelled(type_.of)}]"
        case Tuple(parts=(only,)):
            return f"({spelled(only)},)"
        case Tuple():
            return f"({', '.join(map(spelled, type_.parts))})"


def _arguments(arguments: tuple[Type, ...]) -> str:
    return f"<{', '.join(map(spelled, arguments))}>" if arguments else ""


def _spelled_fn(pointer: FnPointer) -> str:
    words = ["unsafe"] if pointer.unsafe else []
    if pointer.abi != "Rust" or pointer.unwind:
        words.append(f'extern "{joined_abi(pointer.abi, pointer.unwind)}"')
    types = [spelled(parameter.type) for parameter in pointer.parameters]
    if pointer.variadic:
        types.append("...")
    words.append(f"fn({', '.join(types)})")
    if pointer.result != UNIT:
        words.append(f"-> {spelled(pointer.result)}")
    return " ".join(words)
