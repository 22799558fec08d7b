"""Foreign items, types and constants of Rust's against what the headers of the same tree declare.

An item that fits any declaration of its name fits: another one may be of another library or another target. Where
no header declares the name, or none is certain, nothing is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from analyzers.ffi.aliases import Meaning
from analyzers.ffi.c import types as c
from analyzers.ffi.c.generated import generator
from analyzers.ffi.c.headers import Headers
from analyzers.ffi.crate import Sources
from analyzers.ffi.fit import HARMLESS, QUIET, Fitting, Misfit, Trouble
from analyzers.ffi.layout import Field, TypeDefinition, discriminants
from analyzers.ffi.rust_constants import Constant, constants
from analyzers.ffi.shapes import RustType
from analyzers.ffi.signature import ForeignItem
from analyzers.ffi.types import Array, Named, spelled
from analyzers.model import Note

D = TypeVar("D")

_ABIS = frozenset(
    ("C", "system", "cdecl", "stdcall", "fastcall", "thiscall", "win64", "sysv64", "aapcs", "efiapi")
)
_WORDS = {
    Misfit.WIDTH: ("rust_bits", "c_bits"),
    Misfit.MODELS: ("models", ""),
    Misfit.LENGTH: ("rust_length", "c_length"),
}
# Short names and those without a part are everybody's: `MAX`, `VERSION`.
_SHORTEST_CONSTANT = 6
_MOST_NOTES = 12


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A place in a Rust source that does not fit the headers, and what does not.

    ``kind`` is the site kind that stands there, ``item`` its path. ``line`` and ``end_line`` are 1-based, ``column``
    counts characters. ``notes`` tell what is wrong, ``harmless`` what only differs in constness; each names the
    header's place. ``quiet`` when it is no error on every target.
    """

    path: str
    kind: str
    name: str
    item: str
    line: int
    column: int
    end_line: int
    notes: tuple[Note, ...] = ()
    harmless: tuple[Note, ...] = ()
    quiet: bool = False

    @property
    def identity(self) -> tuple[object, ...]:
        """What is wrong, wherever the file and the header have moved."""
        return self.kind, self.name, tuple((note.id, note.values) for note in self.notes + self.harmless)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a comparison with one declaration found."""

    notes: tuple[Note, ...] = ()
    harmless: tuple[Note, ...] = ()
    quiet: bool = True

    @property
    def fits(self) -> bool:
        return not self.notes

    @property
    def weight(self) -> tuple[bool, int, int]:
        """Less is closer."""
        return not self.quiet and bool(self.notes), len(self.notes), len(self.harmless)


class Against:
    """Compares one side's Rust sources with its headers."""

    def __init__(self, sources: Sources, headers: Headers) -> None:
        self._sources = sources
        self._headers = headers
        self._fitting = Fitting(Meaning(sources), headers)
        self._found: dict[str, tuple[Mismatch, ...]] = {}

    def mismatches(self, path: str) -> Iterator[Mismatch]:
        """What in one Rust source does not fit, in the order functions and variables, types, constants.

        Of several bindings that bindgen wrote, one for each version of a library, the headers are those of one; so
        what fits in another of them is not told.
        """
        is_binding = generator(self._sources.contents.get(path, b"")) == "bindgen"
        for mismatch in self._all(path):
            if not is_binding or not self._fits_in_another(mismatch):
                yield mismatch

    def _all(self, path: str) -> tuple[Mismatch, ...]:
        if path not in self._found:
            self._found[path] = tuple(self._compare(path))
        return self._found[path]

    def _fits_in_another(self, mismatch: Mismatch) -> bool:
        name = mismatch.name.encode()
        return any(
            all(each.name != mismatch.name for each in self._all(path))
            for path, data in self._sources.contents.items()
            if path != mismatch.path and name in data and generator(data) == "bindgen"
        )

    def _compare(self, path: str) -> Iterator[Mismatch]:
        # Of what no header names, nothing is told; so it is not even read.
        named = self._headers.names
        items = [item for item in self._sources.items(path, named) if not item.in_test]
        fitting = {item.symbol for item in items if item.cfg and self._item(path, item) is None}
        for item in items:
            # Of several declarations for several targets, those headers can tell of is one.
            told = None if item.symbol in fitting else self._item(path, item)
            if told is not None:
                yield _mismatch(path, _site_kind(item), item.symbol, item, told)
        names = {item.symbol for item in items}
        for definition in self._sources.definitions(path, named):
            told = None if definition.in_test or definition.in_macro else self._type(path, definition)
            if told is not None:
                yield _mismatch(path, "layout", definition.name, definition, told)
        yield from self._constants(path, names)

    # --- functions and variables ----------------------------------------------------------------------

    def _item(self, path: str, item: ForeignItem) -> _Told | None:
        """How an item fits none of its declarations; None when it does."""
        if item.abi not in _ABIS or self._is_varied(path, item):
            return None
        if item.kind == "fn":
            return _closest(
                self._headers.prototypes(item.symbol), lambda each: self._function(path, item, each)
            )
        if item.kind == "static":
            return _closest(
                self._headers.variables(item.symbol), lambda each: self._variable(path, item, each)
            )
        return None

    def _is_varied(self, path: str, item: ForeignItem) -> bool:
        """Whether a signature has parts for some targets only, or parts that a macro fills in."""
        text = self._sources.contents[path][item.keyword : item.end]
        return b"$" in text or b"cfg" in text

    def _function(self, path: str, item: ForeignItem, told: c.Prototype) -> _Told:
        place = _Place(told.path, told.line)
        if not told.type.prototyped:
            return _Told()
        theirs = told.type.parameters
        if len(theirs) != len(item.parameters):
            counts = {"c": str(len(theirs)), "rust": str(len(item.parameters))}
            return place.loud("header-arity", **counts)
        found = []
        if item.variadic != told.type.variadic:
            found.append(place.loud("header-variadic" if told.type.variadic else "header-not-variadic"))
        for index, (mine, its) in enumerate(zip(item.parameters, theirs, strict=True)):
            trouble = self._fitting.parameter(RustType(mine.type, path, item.modules), its.type, told.path)
            if trouble:
                values = {"number": str(index + 1), "rust": spelled(mine.type), "c": its.text}
                found.append(place.trouble("parameter", trouble, **values))
        result = self._result(path, item, told)
        return _together([*found, result] if result else found)

    def _result(self, path: str, item: ForeignItem, told: c.Prototype) -> _Told | None:
        place = _Place(told.path, told.line)
        mine = RustType(item.result, path, item.modules)
        theirs = self._headers.resolved(told.type.result, told.path)
        if isinstance(theirs, c.Unknown):
            return None
        nothing, void = self._fitting.is_nothing(mine), isinstance(theirs, c.Void)
        if nothing and not void:
            # Whoever calls may ignore a result; whoever is called must not leave it out.
            says = {"c": told.type.result_text}
            return (
                place.loud("header-result-missing", **says)
                if item.defined
                else place.quiet("header-result-ignored", **says)
            )
        if void and item.defined:
            return None
        trouble = self._fitting.value(mine, told.type.result, told.path)
        values = {"rust": spelled(item.result), "c": told.type.result_text}
        return place.trouble("result", trouble, **values) if trouble else None

    def _variable(self, path: str, item: ForeignItem, told: c.Variable) -> _Told:
        trouble = self._fitting.value(RustType(item.result, path, item.modules), told.type, told.path)
        values = {"rust": spelled(item.result), "c": told.text}
        return _Place(told.path, told.line).trouble("static", trouble, **values) if trouble else _Told()

    # --- types ----------------------------------------------------------------------------------------

    def _type(self, path: str, definition: TypeDefinition) -> _Told | None:
        words = {word.partition("(")[0] for word in definition.representation}
        if definition.parameters or not words:
            return None
        if definition.shape in ("struct", "union") and "C" in words:
            records = [
                record for type_ in self._tagged(definition.name) for record in self._headers.records(type_)
            ]
            return _closest(
                [each for each in records if each.type.tag == definition.shape],
                lambda each: self._record(path, definition, each),
            )
        if definition.shape == "enum":
            enums = [
                each for type_ in self._tagged(definition.name) for each in self._headers.enumerations(type_)
            ]
            return _closest(enums, lambda each: _enumeration(definition, each))
        return None

    def _tagged(self, name: str) -> list[c.Tagged]:
        """The structs, unions and enumerations that go by a name, as a tag or through a typedef."""
        named = [self._headers.resolved(each.type, each.path) for each in self._headers.typedefs(name)]
        tags: list[c.Type] = [c.Tagged("struct", name), c.Tagged("union", name), c.Tagged("enum", name)]
        return list(dict.fromkeys(each for each in named + tags if isinstance(each, c.Tagged)))

    def _record(self, path: str, definition: TypeDefinition, told: c.Record) -> _Told:
        mine = [field for field in definition.fields if not _is_marker(field)]
        packed = any(word.startswith("packed") for word in definition.representation)
        if not told.plain or not mine or any(field.cfg for field in mine) or _is_made(mine):
            return _Told()
        place = _Place(told.path, told.line)
        if len(mine) != len(told.fields):
            return place.loud("header-fields", c=str(len(told.fields)), rust=str(len(mine)))
        found = (
            []
            if packed == told.packed
            else [place.loud("header-packed" if told.packed else "header-not-packed")]
        )
        swapped = _swapped(mine, told) if definition.shape == "struct" else None
        if swapped is not None:
            own, its = swapped
            return _together(
                [*found, _Place(told.path, its.line).loud("header-order", rust=own.name, c=its.name)]
            )
        for own, its in zip(mine, told.fields, strict=True):
            trouble = self._fitting.value(RustType(own.type, path, definition.modules), its.type, told.path)
            if trouble and trouble.misfit is not Misfit.CONST:
                values = {"name": own.name, "rust": spelled(own.type), "c": its.text}
                found.append(_Place(told.path, its.line).trouble("field", trouble, **values))
        return _together(found)

    # --- constants ------------------------------------------------------------------------------------

    def _is_compared(self, name: str) -> bool:
        """Whether a constant's name is long enough to be one library's own, and some header has it."""
        return len(name) >= _SHORTEST_CONSTANT and "_" in name and self._headers.names(name)

    def _constants(self, path: str, names: set[str]) -> Iterator[Mismatch]:
        source = self._sources.source(path)
        if source is None:
            return
        for mine in constants(source, lambda name: self._is_compared(name) and name not in names):
            told = _closest(self._headers.constants(mine.name), partial(_constant, mine))
            if told is not None:
                yield _mismatch(path, "layout", mine.name, mine, told)


@dataclass(frozen=True, slots=True)
class _Place:
    """Makes notes that lead to a place in a header."""

    path: str
    line: int

    def loud(self, id: str, **values: str) -> _Told:
        return _Told((self._note(id, values),), quiet=False)

    def quiet(self, id: str, **values: str) -> _Told:
        return _Told((self._note(id, values),))

    def trouble(self, of: str, trouble: Trouble, **values: str) -> _Told:
        """A misfit of a parameter, result, field or static."""
        said = zip(_WORDS.get(trouble.misfit, ()), (trouble.rust, trouble.c), strict=False)
        values |= {name: value for name, value in said if name}
        note = self._note(f"header-{of}-{trouble.misfit}", values)
        if trouble.misfit in HARMLESS:
            return _Told(harmless=(note,))
        return _Told((note,), quiet=trouble.misfit in QUIET)

    def _note(self, id: str, values: dict[str, str]) -> Note:
        return Note(id, tuple(sorted(values.items())), self.path, self.line)


def _closest(declared: Sequence[D], compare: Callable[[D], _Told]) -> _Told | None:
    """What is told of the declaration that fits best; None when there is none, or nothing to tell of it."""
    told = [compare(each) for each in declared]
    best = min(told, key=lambda each: each.weight, default=None)
    return best if best is not None and (best.notes or best.harmless) else None


def _together(told: Iterable[_Told]) -> _Told:
    parts = list(told)
    return _Told(
        tuple(note for each in parts for note in each.notes)[:_MOST_NOTES],
        tuple(note for each in parts for note in each.harmless)[:_MOST_NOTES],
        all(each.quiet for each in parts if each.notes),
    )


def _site_kind(item: ForeignItem) -> str:
    return "extern-fn" if item.defined and item.kind == "fn" else f"foreign-{item.kind}"


def _mismatch(
    path: str, kind: str, name: str, at: ForeignItem | TypeDefinition | Constant, told: _Told
) -> Mismatch:
    return Mismatch(
        path, kind, name, at.item, at.line, at.column, at.line, told.notes, told.harmless, told.quiet
    )


# --- fields and constants of enumerations ---------------------------------------------------------------


def _is_marker(field: Field) -> bool:
    """A field without bytes that only Rust needs."""
    if isinstance(field.type, Array):
        return field.type.length == "0" and field.name.startswith("_")
    return isinstance(field.type, Named) and field.type.name in ("PhantomData", "PhantomPinned")


def _is_made(fields: Sequence[Field]) -> bool:
    """Whether bindgen made up fields that no header has: for bit fields, padding, and where it gave up."""
    return any(field.name.startswith(("_bitfield_", "__bindgen", "_bindgen", "_address")) for field in fields)


def _plain_name(name: str) -> str:
    return name.removeprefix("r#").replace("_", "").lower()


def _swapped(mine: Sequence[Field], told: c.Record) -> tuple[Field, c.Field] | None:
    """The first field that stands at another index in the header than here."""
    theirs = [_plain_name(field.name) for field in told.fields]
    if len(set(theirs)) != len(theirs):
        return None
    for index, field in enumerate(mine):
        name = _plain_name(field.name)
        if name != theirs[index] and name in theirs:
            return field, told.fields[theirs.index(name)]
    return None


def _enumeration(definition: TypeDefinition, told: c.Enumeration) -> _Told:
    """Variants that have another value in the header; those that it does not name are Rust's own affair."""
    if any(variant.cfg for variant in definition.variants):
        return _Told()
    prefix = _common_prefix([constant.name for constant in told.constants])
    theirs: dict[str, c.Constant] = {}
    for constant in told.constants:
        theirs[_plain_name(constant.name)] = constant
        theirs.setdefault(_plain_name(constant.name[prefix:]), constant)
    found = []
    for variant, value in zip(definition.variants, discriminants(definition.variants), strict=True):
        its = theirs.get(_plain_name(variant.name))
        if its is None or value is None or its.value is None or value == its.value:
            continue
        values = {"name": variant.name, "rust": str(value), "c": str(its.value), "constant": its.name}
        found.append(_Place(told.path, its.line).loud("header-variant", **values))
    return _together(found)


def _common_prefix(names: Sequence[str]) -> int:
    """How many characters all names share, up to and with an underscore."""
    if len(names) < 2:
        return 0
    first, last = min(names), max(names)
    shared = next(
        (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first)
    )
    return first.rfind("_", 0, shared) + 1


def _constant(mine: Constant, told: c.Constant) -> _Told:
    if told.value is None or mine.means(told.value):
        return _Told()
    values = {"name": mine.name, "rust": str(mine.value), "c": str(told.value)}
    return _Place(told.path, told.line).loud("header-constant", **values)


def with_origin(mismatch: Mismatch, rust: bytes, headers: Headers) -> Mismatch:
    """The mismatch with a note about which side a tool wrote, so that people run it instead of editing."""
    notes = []
    if generator(rust) == "bindgen":
        notes.append(Note("header-binding-generated"))
    made = {note.path for note in mismatch.notes if generator(headers.data(note.path)) == "cbindgen"}
    notes += (Note("header-generated", path=path) for path in sorted(made))
    return replace(mismatch, notes=(*mismatch.notes, *notes))
