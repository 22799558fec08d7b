"""What a type of Rust's is where it meets C: a number, a pointer, a record, or something that nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from analyzers.ffi.aliases import C_TYPES, Meaning, is_c_type, passed
from analyzers.ffi.c.scalars import SIZES, WORDS, Scalar
from analyzers.ffi.crate import Definition
from analyzers.ffi.layout import TypeDefinition
from analyzers.ffi.types import (
    UNIT,
    Array,
    FnPointer,
    Named,
    Never,
    Opaque,
    Pointer,
    Primitive,
    Reference,
    Type,
)

PASSED_ON = frozenset(("Option", "NonNull", "Box", "MaybeUninit", "UnsafeCell", "Cell", "ManuallyDrop"))
"""The standard library's types that are passed like what they hold, or like a pointer to it."""
_DEEPEST = 12
_LONG_NUMBER = 10


@dataclass(frozen=True, slots=True)
class RustType:
    """A type as written in a file of Rust's, and the inline modules around it."""

    type: Type
    path: str
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Void:
    """Nothing, or what a ``void`` pointer points to."""


@dataclass(frozen=True, slots=True)
class Record:
    """A struct or union by value; ``fields`` is None where they are not known."""

    fields: int | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A type that nothing certain is known about."""


@dataclass(frozen=True, slots=True)
class PointerShape:
    """A pointer of Rust's to a type in some file."""

    mutable: bool
    to: RustType


@dataclass(frozen=True, slots=True)
class Callback:
    """A pointer to a function of Rust's."""

    of: FnPointer
    around: RustType


@dataclass(frozen=True, slots=True)
class ArrayShape:
    """An array of Rust's."""

    of: RustType
    length: int | None


Shape: TypeAlias = Scalar | Void | Record | Open | PointerShape | Callback | ArrayShape


_SCALARS = {
    **{
        f"{sign}{bits}": Scalar((bits, bits, bits), sign == "i")
        for sign in "iu"
        for bits in (8, 16, 32, 64, 128)
    },
    "isize": Scalar(SIZES),
    "usize": Scalar(SIZES, signed=False),
    "f32": WORDS["float"],
    "f64": WORDS["double"],
    "bool": WORDS["bool"],
    "c_char": WORDS["char"],
    "c_long": WORDS["long"],
    "c_ulong": WORDS["unsigned long"],
}
ENUM = Scalar((32, 32, 32), None)
"""An enumeration of C's: the sign is the compiler's choice (C17, 6.7.2.2); targets with short ones are rare."""


class Shapes:
    """Tells the shapes of one side's types, each in its own file."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning

    def of(self, rust: RustType) -> Shape:
        """The shape of a type."""
        return self._shape_of(self._meant(rust, _DEEPEST))

    def _meant(self, rust: RustType, steps: int) -> RustType:
        """What a type is passed as: aliases, transparent structs and niches followed, each in its own file."""
        while steps > 0:
            steps -= 1
            following = self._followed(rust, steps)
            if following is None:
                return rust
            rust = following
        return RustType(Opaque(""), rust.path)

    def _followed(self, rust: RustType, steps: int) -> RustType | None:
        """One step on that way; None at its end."""
        type_ = rust.type
        if isinstance(type_, Reference):
            return RustType(passed(type_), rust.path, rust.modules)
        if not isinstance(type_, Named):
            return None
        found = self._meaning.definition(type_.path, rust.path, rust.modules)
        if found is not None:
            return _held(found)
        if type_.name in PASSED_ON and len(type_.arguments) == 1:
            inner = self._meant(RustType(type_.arguments[0], rust.path, rust.modules), steps - 1)
            seen = passed(Named(type_.path, (inner.type,)))
            return RustType(seen, inner.path, inner.modules) if not isinstance(seen, Named) else None
        if is_c_type(type_) and type_.name in C_TYPES:
            return RustType(Primitive(C_TYPES[type_.name]), rust.path, rust.modules)
        return None

    def _shape_of(self, around: RustType) -> Shape:
        match around.type:
            case Primitive(name=name):
                return _SCALARS.get(name, Open())
            case Named() as named:
                return self._named(named, around)
            case Pointer(mutable=mutable, to=inner):
                return PointerShape(mutable, RustType(inner, around.path, around.modules))
            case FnPointer(abi=abi) as pointer:
                return Open() if abi == "Rust" else Callback(pointer, around)
            case Array(of=inner, length=length):
                number = int(length) if length.isdecimal() and len(length) < _LONG_NUMBER else None
                return ArrayShape(RustType(inner, around.path, around.modules), number)
            case type_:
                return Void() if type_ == UNIT or isinstance(type_, Never) else Open()

    def _named(self, named: Named, around: RustType) -> Shape:
        """A path that is no alias: one of C's types, or a type that the package defines."""
        found = self._meaning.definition(named.path, around.path, around.modules)
        if found is not None:
            return _defined(found.of)
        if not is_c_type(named):
            return Open()
        return Void() if named.name == "c_void" else _SCALARS[named.name]


def named_target(type_: Type) -> tuple[Named, int] | None:
    """The path that a type points to, and through how many pointers; None for anything but pointers and paths."""
    depth = 0
    while True:
        match type_:
            case Pointer(to=inner) | Reference(to=inner):
                type_, depth = inner, depth + 1
            case Named(path=(*_, name), arguments=(inner,)) if name in PASSED_ON:
                type_, depth = inner, depth + (name in ("NonNull", "Box"))
            case Named():
                return type_, depth
            case _:
                return None


def _held(found: Definition) -> RustType | None:
    """What an alias stands for, or what a transparent struct, or one with a single field, holds."""
    definition = found.of
    if definition.parameters:
        return None
    if definition.shape == "alias":
        return RustType(definition.target, found.path, definition.modules)
    if definition.shape != "struct" or not definition.representation:
        return None
    fields = [each for each in definition.fields if not _is_empty(each.type)]
    if len(fields) != 1 or any(each.cfg for each in definition.fields) or isinstance(fields[0].type, Array):
        return None
    return RustType(fields[0].type, found.path, definition.modules)


def _defined(definition: TypeDefinition) -> Shape:
    """The shape of a struct, or of an enumeration whose representation fixes it; anything else is open."""
    if definition.shape == "struct":
        certain = not any(each.cfg for each in definition.fields)
        return Record(sum(not _is_empty(each.type) for each in definition.fields) if certain else None)
    words = {word.partition("(")[0] for word in definition.representation}
    if (
        definition.shape != "enum"
        or not definition.variants
        or any(each.fields for each in definition.variants)
    ):
        return Open()
    named = [_SCALARS[word] for word in sorted(words) if word in _SCALARS]
    return named[0] if named else ENUM if "C" in words else Open()


def _is_empty(type_: Type) -> bool:
    """Whether a field has no bytes: ``()``, ``PhantomData<T>``, ``PhantomPinned``, ``[T; 0]``."""
    if isinstance(type_, Named):
        return type_.name in ("PhantomData", "PhantomPinned")
    return type_ == UNIT or (isinstance(type_, Array) and type_.length == "0")
