"""Types in foreign signatures that no other language has.

Source: rustc's lints `improper_ctypes` and `improper_ctypes_definitions`. What is generic, comes from another crate
or from a macro stays silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.ffi.aliases import Meaning
from analyzers.ffi.crate import Definition
from analyzers.ffi.reach import Placed, is_foreign, is_laid_out
from analyzers.ffi.types import (
    UNIT,
    Array,
    FnPointer,
    Named,
    Opaque,
    Pointer,
    Primitive,
    Reference,
    Slice,
    Tuple,
    Type,
    spelled,
)
from analyzers.ffi.words import told
from analyzers.model import Note
from analyzers.rust.shapes import RUST_ABIS

# Types of the standard library whose layout is not stated; passed by value nobody else can read them.
_STD = frozenset(
    (
        "String", "Vec", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "Rc", "Arc", "Cow", "CString",
        "OsString", "PathBuf", "RefCell", "Mutex", "RwLock", "Result", "Duration", "Instant", "SystemTime",
    )
)  # fmt: skip
_UNSIZED = frozenset(("CStr", "OsStr", "Path"))
_MAX_DEPTH = 32
PLACES = frozenset(
    ("ffi-improper-parameter", "ffi-improper-parameter-unnamed", "ffi-improper-return", "ffi-improper-static")
)
"""The notes that say where a type stands; each is followed by one that says why."""


def improper_types(placed: Placed, meaning: Meaning) -> Iterator[Note]:
    """What is wrong with each parameter and the result of a foreign item; nothing for Rust's own ABIs."""
    item = placed.item
    if not is_foreign(item) or item.is_generic or item.macros:
        return
    look = _Look(meaning, placed.path, item.modules)
    for number, parameter in enumerate(item.parameters, 1):
        reason = look.reason(parameter.type)
        if reason and parameter.name.strip("_"):
            yield told(
                "ffi-improper-parameter", number=number, name=parameter.name, type=spelled(parameter.type)
            )
            yield reason
        elif reason:
            yield told("ffi-improper-parameter-unnamed", number=number, type=spelled(parameter.type))
            yield reason
    # C returns no arrays, but it has variables that are some.
    result = _element(item.result) if item.kind == "static" else item.result
    if result != UNIT and (reason := look.reason(result)):
        id = "ffi-improper-static" if item.kind == "static" else "ffi-improper-return"
        yield told(id, type=spelled(item.result))
        yield reason


class _Look:
    """Looks at types as they are seen from one place."""

    def __init__(self, meaning: Meaning, at: str, modules: tuple[str, ...]) -> None:
        self._meaning, self._at, self._modules = meaning, at, modules

    def reason(self, type_: Type) -> Note | None:
        """Why a type that is passed by value has no C representation; None when it has one, or nobody can tell."""
        return self._by_value(type_, self._at, self._modules, _MAX_DEPTH)

    def _by_value(self, type_: Type, at: str, modules: tuple[str, ...], depth: int) -> Note | None:
        if isinstance(type_, Pointer | Reference):
            return self._pointee(type_.to, at, modules, depth)
        if isinstance(type_, Named):
            return self._named(type_, at, modules, depth - 1) if depth else None
        if isinstance(type_, FnPointer):
            return told("ffi-improper-rust-fn", abi=type_.abi) if type_.abi in RUST_ABIS else None
        kind = _kind(type_)
        return told(f"ffi-improper-{kind}") if kind else None

    def _pointee(self, type_: Type, at: str, modules: tuple[str, ...], depth: int) -> Note | None:
        """Why a pointer to a type is no thin pointer."""
        if isinstance(type_, Slice) or type_ == Primitive("str"):
            return told("ffi-improper-fat", type=spelled(type_))
        if isinstance(type_, Opaque) and type_.text.startswith("dyn "):
            return told("ffi-improper-fat", type=type_.text)
        if not isinstance(type_, Named):
            return None
        definition = self._meaning.definition(type_.path, at, modules)
        if definition is None and type_.name in _UNSIZED:
            return told("ffi-improper-fat", type=spelled(type_))
        if definition is not None and definition.of.shape == "alias" and depth:
            return self._pointee(definition.of.target, definition.path, definition.of.modules, depth - 1)
        return None

    def _named(self, type_: Named, at: str, modules: tuple[str, ...], depth: int) -> Note | None:
        definition = self._meaning.definition(type_.path, at, modules)
        if definition is not None:
            return self._defined(definition, depth)
        if type_.name in _STD and _is_std(type_):
            return told("ffi-improper-std", type=type_.name)
        inner = type_.arguments[0] if type_.arguments else None
        if type_.name == "Box" and inner is not None:
            return self._boxed(inner, at, modules, depth)
        if type_.name == "Option" and inner is not None:
            return self._optional(inner, at, modules, depth)
        return None

    def _defined(self, definition: Definition, depth: int) -> Note | None:
        of = definition.of
        if of.shape == "alias":
            return self._by_value(of.target, definition.path, of.modules, depth)
        return told("ffi-improper-repr", type=of.name) if _is_plain_rust(definition) else None

    def _boxed(self, inner: Type, at: str, modules: tuple[str, ...], depth: int) -> Note | None:
        fat = self._pointee(inner, at, modules, depth)
        if fat is not None or not isinstance(inner, Named):
            return fat
        definition = self._meaning.definition(inner.path, at, modules)
        if definition is None:
            return told("ffi-improper-box", type=inner.name) if inner.name in _STD else None
        return told("ffi-improper-box", type=inner.name) if _is_plain_rust(definition) else None

    def _optional(self, inner: Type, at: str, modules: tuple[str, ...], depth: int) -> Note | None:
        """`Option` of what cannot be null is a nullable pointer; of numbers and the like it is Rust's own."""
        if isinstance(inner, Primitive | Pointer | Tuple | Array):
            return told("ffi-improper-option", type=spelled(inner))
        return self._by_value(inner, at, modules, depth)


def _element(type_: Type) -> Type:
    while isinstance(type_, Array):
        type_ = type_.of
    return type_


def _is_std(type_: Named) -> bool:
    return len(type_.path) == 1 or type_.path[0] in ("std", "core", "alloc")


def _kind(type_: Type) -> str:
    """Which of the types that only Rust has it is; empty for all others."""
    match type_:
        case Primitive(name="char" | "str" as name):
            return name
        case Slice():
            return "slice"
        case Array():
            return "array"
        case Tuple(parts=parts) if parts:
            return "tuple"
        case _:
            return ""


def _is_plain_rust(definition: Definition) -> bool:
    """Whether a type is Rust's own business: no stated layout, and none that a macro could give it."""
    of = definition.of
    return not (
        is_laid_out(of) or of.in_macro or of.macros or of.parameters or not (of.fields or of.variants)
    )
