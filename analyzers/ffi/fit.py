"""Whether a type of Rust's fits one of C's where both meet in a call, a field or a variable.

Only what is certain is told: a type that either side leaves open (opaque, defined elsewhere, made by a macro) fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from analyzers.ffi.aliases import Meaning
from analyzers.ffi.c import types as c
from analyzers.ffi.c.headers import Headers
from analyzers.ffi.c.scalars import MODELS, NAMES, SIZES, WORDS, Scalar
from analyzers.ffi.shapes import (
    ENUM,
    PASSED_ON,
    ArrayShape,
    Callback,
    Open,
    PointerShape,
    Record,
    RustType,
    Shape,
    Shapes,
    Void,
    named_target,
)
from analyzers.ffi.types import UNIT, Named, Type

_DEEPEST = 12
_SIZE = Scalar(SIZES, None)
_BYTE = 8


class Misfit(StrEnum):
    """How two types do not fit; the sentences are in ``templates/notes.toml``."""

    WIDTH = "width"
    MODELS = "models"
    SIGN = "sign"
    POINTER = "pointer"
    DEPTH = "depth"
    CONST = "const"
    KIND = "kind"
    CALLBACK = "callback"
    LENGTH = "length"


HARMLESS = frozenset((Misfit.CONST,))
"""What is worth a fact about a change, and no finding."""
QUIET = frozenset((Misfit.CONST, Misfit.SIGN, Misfit.MODELS))
"""What is no error on every target: a call passes the same bits."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A misfit, with what is different on either side: bits, models, or lengths, as people read them."""

    misfit: Misfit
    rust: str = ""
    c: str = ""


class Fitting:
    """Compares types of one side: its Rust sources and its headers."""

    def __init__(self, meaning: Meaning, headers: Headers) -> None:
        self._meaning = meaning
        self._shapes = Shapes(meaning)
        self._headers = headers

    def value(self, rust: RustType, told: c.Type, near: str) -> Trouble | None:
        """How a value that C says is ``told`` does not fit; ``near`` is the header. None when it does or may."""
        if self._other_depth(rust, told, near):
            return Trouble(Misfit.DEPTH)
        return self._compared(rust, told, near, 0)

    def parameter(self, rust: RustType, told: c.Type, near: str) -> Trouble | None:
        """The same for a parameter: an array that a ``typedef`` hides is passed as a pointer (C17, 6.7.6.3)."""
        meant = self._headers.resolved(told, near)
        if not isinstance(meant, c.Array):
            return self.value(rust, told, near)
        trouble = self.value(rust, c.Pointer(meant.of), near)
        # Whether the elements are constant is not kept of such a type.
        return None if trouble is not None and trouble.misfit is Misfit.CONST else trouble

    def _other_depth(self, rust: RustType, told: c.Type, near: str) -> bool:
        """Whether both point to a type of the same name, opaque or not, through different numbers of pointers."""
        mine, theirs = named_target(rust.type), _c_target(told)
        if mine is None or theirs is None or mine[0].name != theirs[0] or mine[1] == theirs[1]:
            return False
        found = self._meaning.definition(mine[0].path, rust.path, rust.modules)
        # An alias may be a pointer, or a wrapper of one.
        if found is None or found.of.shape == "alias" or found.of.parameters:
            return False
        if isinstance(self._headers.resolved(c.Alias(theirs[0]), near), c.Pointer | c.Function | c.Array):
            return False
        return not isinstance(
            self._shapes.of(RustType(mine[0], rust.path, rust.modules)), PointerShape | Callback
        )

    def is_nothing(self, rust: RustType) -> bool:
        """Whether a Rust result is none."""
        return isinstance(self._shapes.of(rust), Void)

    def _compared(self, rust: RustType, told: c.Type, near: str, depth: int) -> Trouble | None:
        """The same ``depth`` pointers deep."""
        shape, meant = self._shapes.of(rust), self._headers.resolved(told, near)
        if depth > _DEEPEST or isinstance(shape, Open) or isinstance(meant, c.Unknown):
            return None
        if isinstance(meant, c.Pointer | c.Function):
            return self._against_pointer(shape, meant, near, depth)
        if isinstance(meant, c.Array):
            return self._against_array(shape, meant, near, depth)
        if isinstance(shape, ArrayShape):
            return self._array_against(shape, meant, near, depth)
        if isinstance(shape, PointerShape | Callback):
            # What a struct of one field holds says nothing about its name in C.
            spelled_out = not isinstance(rust.type, Named) or rust.type.name in PASSED_ON
            return self._pointer_against(meant, depth, spelled_out=spelled_out)
        return self._plain(shape, meant, depth)

    # --- pointers -------------------------------------------------------------------------------------

    def _against_pointer(
        self, shape: Shape, meant: c.Pointer | c.Function, near: str, depth: int
    ) -> Trouble | None:
        target: c.Type = meant if isinstance(meant, c.Function) else self._headers.resolved(meant.to, near)
        if isinstance(shape, Callback):
            return self._callbacks(shape, target, near, depth)
        if isinstance(shape, PointerShape):
            return self._pointers(shape, meant, target, near, depth)
        if isinstance(shape, Scalar):
            same = not shape.floating and not shape.truth and shape.bits == SIZES
            return None if same else Trouble(Misfit.DEPTH if depth else Misfit.POINTER)
        if isinstance(shape, Record):
            # A struct around a pointer is passed like one; one of several fields is none.
            several = depth and shape.fields is not None and shape.fields > 1
            return Trouble(Misfit.DEPTH) if several else None
        return None if depth else Trouble(Misfit.POINTER)

    def _pointers(
        self, shape: PointerShape, meant: c.Pointer | c.Function, target: c.Type, near: str, depth: int
    ) -> Trouble | None:
        """Two pointers; one to a function may stand for any other."""
        if isinstance(target, c.Function) or isinstance(meant, c.Function):
            return None
        inner = self._compared(shape.to, meant.to, near, depth + 1)
        if inner is None and shape.mutable == meant.const and not isinstance(target, c.Unknown):
            return Trouble(Misfit.CONST)
        return inner

    def _pointer_against(self, meant: c.Type, depth: int, *, spelled_out: bool) -> Trouble | None:
        """A pointer of Rust's, ``spelled_out`` where it is named, against what is none in C."""
        scalar = self._scalar(meant)
        if scalar is None and depth and spelled_out and isinstance(meant, c.Tagged):
            # A struct of one field may be just the pointer.
            other = meant.tag == "struct" and all(
                len(each.fields) > 1 for each in self._headers.records(meant)
            )
            return Trouble(Misfit.DEPTH) if other else None
        if scalar is None or (scalar.bits == SIZES and not scalar.floating):
            # `void` behind a pointer is anything; a struct may hold just the pointer.
            by_value = isinstance(meant, c.Void) and not depth
            return Trouble(Misfit.KIND) if by_value else None
        if not scalar.floating and len(set(scalar.bits)) > 1 and not depth:
            return Trouble(Misfit.MODELS, rust=_differing(_SIZE, scalar))
        return Trouble(Misfit.DEPTH if depth else Misfit.POINTER)

    def _callbacks(self, shape: Callback, target: c.Type, near: str, depth: int) -> Trouble | None:
        """A pointer to a function against what C's pointer points to."""
        if not isinstance(target, c.Function) or not target.prototyped:
            return None
        if not target.parameters and isinstance(self._headers.resolved(target.result, near), c.Void):
            # `void (*)(void)` stands for any function, as `void *` does for any value.
            return None
        mine = shape.of
        if len(mine.parameters) != len(target.parameters) or mine.variadic != target.variadic:
            return Trouble(Misfit.CALLBACK)
        around = shape.around
        pairs: Sequence[tuple[Type, c.Type]] = [
            *((own.type, its.type) for own, its in zip(mine.parameters, target.parameters, strict=True)),
            (mine.result, target.result),
        ]
        troubles = (
            self._compared(RustType(own, around.path, around.modules), its, near, depth + 1)
            for own, its in pairs
            if own != UNIT or depth == 0
        )
        loud = next((each for each in troubles if each and each.misfit not in QUIET), None)
        return Trouble(Misfit.CALLBACK) if loud else None

    def _against_array(self, shape: Shape, meant: c.Array, near: str, depth: int) -> Trouble | None:
        """An array of C's, in a field or behind a pointer."""
        if isinstance(shape, ArrayShape):
            if None not in (shape.length, meant.length) and shape.length != meant.length:
                return Trouble(Misfit.LENGTH, str(shape.length), str(meant.length))
            return self._compared(shape.of, meant.of, near, depth + 1)
        if depth or isinstance(shape, Record):
            return None
        return Trouble(Misfit.KIND)

    def _array_against(self, shape: ArrayShape, meant: c.Type, near: str, depth: int) -> Trouble | None:
        """An array of Rust's against what is neither one nor a pointer in C."""
        if depth:
            # Behind a pointer, C does not tell an element from an array of it.
            return self._compared(shape.of, meant, near, depth + 1)
        # A struct or union may hold just the array.
        return None if isinstance(meant, c.Tagged) else Trouble(Misfit.KIND)

    # --- values ---------------------------------------------------------------------------------------

    def _plain(self, shape: Scalar | Void | Record, meant: c.Type, depth: int) -> Trouble | None:
        """Two types of which none is a pointer or an array."""
        scalar = self._scalar(meant)
        if isinstance(shape, Scalar) and scalar is not None:
            return _scalars(shape, scalar, depth)
        if depth:
            return None
        if isinstance(shape, Void) or isinstance(meant, c.Void):
            both = isinstance(shape, Void) and isinstance(meant, c.Void)
            return None if both else Trouble(Misfit.KIND)
        if isinstance(shape, Record):
            several = scalar is not None and shape.fields is not None and shape.fields > 1
            return Trouble(Misfit.KIND) if several else None
        records = self._headers.records(meant) if isinstance(meant, c.Tagged) else ()
        # One field alone is passed like a number on most targets.
        return Trouble(Misfit.KIND) if records and all(len(each.fields) > 1 for each in records) else None

    def _scalar(self, meant: c.Type) -> Scalar | None:
        match meant:
            case c.Word(text=text):
                return WORDS.get(text)
            case c.Alias(name=name):
                return NAMES.get(name)
            case c.Tagged(tag="enum"):
                return ENUM if all(each.plain for each in self._headers.enumerations(meant)) else None
            case _:
                return None


def _c_target(told: c.Type) -> tuple[str, int] | None:
    """The same for C."""
    depth = 0
    while isinstance(told, c.Pointer):
        told, depth = told.to, depth + 1
    return (told.name, depth) if isinstance(told, c.Alias | c.Tagged) else None


def _differing(one: Scalar, other: Scalar) -> str:
    """The models on which two numbers have different widths."""
    return ", ".join(
        model for model, left, right in zip(MODELS, one.bits, other.bits, strict=True) if left != right
    )


def _scalars(rust: Scalar, told: Scalar, depth: int) -> Trouble | None:
    """Two numbers; bytes behind a pointer are often bytes of something else."""
    if rust.floating != told.floating:
        return Trouble(Misfit.KIND)
    differing = [left != right for left, right in zip(rust.bits, told.bits, strict=True)]
    if all(differing):
        return Trouble(Misfit.WIDTH, _bits(rust), _bits(told))
    if any(differing):
        return Trouble(Misfit.MODELS, _differing(rust, told))
    bytes_there = depth and rust.bits[0] == _BYTE
    told_signs = None not in (rust.signed, told.signed) and not bytes_there and not (rust.truth or told.truth)
    return Trouble(Misfit.SIGN) if told_signs and rust.signed != told.signed else None


def _bits(scalar: Scalar) -> str:
    return " or ".join(str(bits) for bits in sorted(set(scalar.bits)))
