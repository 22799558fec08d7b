"""What a type means: aliases of the package followed, the names that C's types have in Rust written one way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzers.ffi.crate import Definition, Sources
from analyzers.ffi.types import (
    FnPointer,
    Named,
    Pointer,
    Primitive,
    Reference,
    Type,
    children,
    rebuilt,
)

# Sources: `core::ffi` ("type alias" pages, all targets but AVR and MSP430), the libc crate's `primitives`, `stdint.h`.
C_TYPES = {
    "c_schar": "i8",
    "c_uchar": "u8",
    "c_short": "i16",
    "c_ushort": "u16",
    "c_int": "i32",
    "c_uint": "u32",
    "c_longlong": "i64",
    "c_ulonglong": "u64",
    "c_float": "f32",
    "c_double": "f64",
    "size_t": "usize",
    "ssize_t": "isize",
    "ptrdiff_t": "isize",
    "intptr_t": "isize",
    "uintptr_t": "usize",
} | {
    f"{'u' if sign == 'u' else ''}int{width}_t": f"{sign}{width}"
    for sign in "iu"
    for width in (8, 16, 32, 64)
}
# Those whose width or sign depends on the target, so they stay names.
TARGET_TYPES = frozenset(("c_char", "c_long", "c_ulong", "c_void"))
_ALIAS_MODULES = frozenset(
    ("ffi", "raw", "libc", "ctypes", "c", "std", "core", "crate", "super", "self", "os", "types")
)
_MAX_STEPS = 32
_MAX_PARTS = 2000


@dataclass(slots=True)
class Meaning:
    """Follows the aliases of one side; what was worked out for a file's names is kept."""

    sources: Sources
    _known: dict[tuple[tuple[str, ...], str, tuple[str, ...]], Definition | None] = field(
        default_factory=dict
    )

    def definition(self, path: Sequence[str], at: str, modules: Sequence[str]) -> Definition | None:
        """The definition that a path means in a file, as `Sources.resolve` says."""
        key = (tuple(path), at, tuple(modules))
        if key not in self._known:
            self._known[key] = self.sources.resolve(path, at, modules)
        return self._known[key]

    def of(self, type_: Type, at: str, modules: Sequence[str] = ()) -> Type:
        """The type with every alias replaced that is defined once in the package, and C's names written one way.

        ``at`` is the path of the file that names the type, ``modules`` the inline modules around the place.
        Cyclic aliases stay as they are from some step on; a type that grows without end stays as it is.
        """
        following = _Following(self)
        meant = following.meaning(type_, at, tuple(modules), _MAX_STEPS)
        return meant if following.is_complete and _is_small(meant) else type_


class _Following:
    """One type on its way to its meaning."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._parts = _MAX_PARTS

    @property
    def is_complete(self) -> bool:
        """Whether every part was looked at."""
        return self._parts >= 0

    def meaning(self, type_: Type, at: str, modules: tuple[str, ...], steps: int) -> Type:
        self._parts -= 1
        if not steps or self._parts < 0:
            return type_
        if isinstance(type_, Named):
            return self._named(type_, at, modules, steps)
        return rebuilt(type_, lambda inner: self.meaning(inner, at, modules, steps - 1))

    def _named(self, type_: Named, at: str, modules: tuple[str, ...], steps: int) -> Type:
        arguments = tuple(self.meaning(each, at, modules, steps - 1) for each in type_.arguments)
        found = self._meaning.definition(type_.path, at, modules)
        if found is not None and found.of.shape == "alias":
            target = self.meaning(found.of.target, found.path, found.of.modules, steps - 1)
            return self._filled(target, dict(zip(found.of.parameters, arguments, strict=False)), steps)
        if found is None and is_c_type(type_):
            name = type_.name
            return Primitive(C_TYPES[name]) if name in C_TYPES else Named((name,))
        return Named(type_.path[-1:], arguments)

    def _filled(self, type_: Type, arguments: dict[str, Type], steps: int) -> Type:
        """A generic alias's target with its parameters replaced."""
        self._parts -= 1
        if not arguments or not steps or self._parts < 0:
            return type_
        if isinstance(type_, Named) and len(type_.path) == 1 and type_.name in arguments:
            return arguments[type_.name]
        return rebuilt(type_, lambda inner: self._filled(inner, arguments, steps - 1))


def is_c_type(type_: Named) -> bool:
    """Whether the path names one of C's types in a module where people keep them, such as ``libc::c_int``."""
    known = type_.name in C_TYPES or type_.name in TARGET_TYPES
    return known and not type_.arguments and (len(type_.path) == 1 or type_.path[-2] in _ALIAS_MODULES)


def _is_small(type_: Type) -> bool:
    """Whether a type has few enough parts to be walked: an alias can double what it is given, again and again."""
    waiting, count = [type_], 0
    while waiting and count <= _MAX_PARTS:
        count += 1
        waiting += children(waiting.pop())
    return count <= _MAX_PARTS


def names_in(type_: Type) -> frozenset[str]:
    """The last segments of all paths in a type."""
    found: set[str] = set()
    waiting = [type_]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Named):
            found.add(one.name)
        waiting += children(one)
    return frozenset(found)


# --- what a linker cannot tell apart --------------------------------------------------------------------


def passed(type_: Type) -> Type:
    """The type as far as a call's registers show it: references, ``NonNull``, ``Box`` and nullable ones are pointers.

    Source: Reference, "Type layout"; std, `Option` ("Representation") and `Box` ("Memory layout").
    """
    match type_:
        case Named(path=(*_, "Option"), arguments=(inner,)):
            bare = passed(inner)
            return bare if isinstance(bare, Pointer | FnPointer) else type_
        case Named(path=(*_, ("NonNull" | "Box")), arguments=(inner,)):
            return Pointer(True, inner)
        case Reference(mutable=mutable, to=inner):
            return Pointer(mutable, inner)
        case Named(path=(*_, ("MaybeUninit" | "UnsafeCell" | "Cell" | "ManuallyDrop")), arguments=(inner,)):
            return passed(inner)
        case _:
            return type_
