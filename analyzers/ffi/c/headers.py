"""The headers of one tree, asked for one name at a time: only declarations that somebody asks for are parsed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

from analyzers.ffi.c import macros
from analyzers.ffi.c.arithmetic import number
from analyzers.ffi.c.chunks import Chunk, chunks
from analyzers.ffi.c.masking import Macro, Masked, masked
from analyzers.ffi.c.parse import Setting, declarations
from analyzers.ffi.c.scalars import NAMES
from analyzers.ffi.c.types import (
    Alias,
    Constant,
    Declaration,
    Enumeration,
    Prototype,
    Record,
    Tagged,
    Type,
    Typedef,
    Unknown,
    Variable,
)

T = TypeVar("T", bound=Declaration)

# Names that lead to names: real typedefs and macros need a few steps.
_MOST_STEPS = 16
_WORD = re.compile(rb"[A-Za-z_]\w*")
_GROUP = re.compile(rb"\([^()]*\)")


@dataclass(frozen=True)
class Header:
    """One header's bytes, masked and cut when they are first asked for; the same for every path they stand at."""

    data: bytes

    @cached_property
    def words(self) -> frozenset[bytes]:
        """Every word of its bytes, comments included."""
        return frozenset(_WORD.findall(self.data))

    @cached_property
    def masked(self) -> Masked:
        """The header without what the preprocessor reads."""
        return masked(self.data)

    @cached_property
    def chunks(self) -> tuple[Chunk, ...]:
        """Its outermost declarations."""
        return chunks(self.masked)

    @cached_property
    def macros(self) -> Mapping[str, Sequence[Macro]]:
        """Its macros by name."""
        found: defaultdict[str, list[Macro]] = defaultdict(list)
        for macro in self.masked.macros:
            found[macro.name].append(macro)
        return found

    @cached_property
    def places(self) -> Mapping[bytes, Sequence[int]]:
        """The indices of the chunks that hold a word."""
        found: defaultdict[bytes, list[int]] = defaultdict(list)
        for index, chunk in enumerate(self.chunks):
            for word in set(_WORD.findall(chunk.text)):
                found[word].append(index)
        return found


class Store:
    """Headers by their bytes, so that those which base and head share are masked and cut once."""

    def __init__(self) -> None:
        self._headers: dict[bytes, Header] = {}

    def header(self, data: bytes) -> Header:
        """The header of some bytes."""
        return self._headers.setdefault(data, Header(data))


class Headers:
    """The headers of one tree by path."""

    def __init__(self, files: Mapping[str, bytes], store: Store) -> None:
        self._files = {path: store.header(files[path]) for path in sorted(files)}
        self._holding: dict[str, tuple[tuple[str, Header], ...]] = {}
        self._parsed: dict[tuple[str, int], tuple[Declaration, ...]] = {}
        self._unnamed: dict[str, Record | Enumeration] = {}
        self._found: dict[tuple[str, str], tuple[Declaration, ...]] = {}
        self._reading = 0
        self._busy: set[str] = set()

    @cached_property
    def _words(self) -> frozenset[bytes]:
        return frozenset().union(*(header.words for header in self._files.values()))

    def names(self, name: str) -> bool:
        """Whether a name stands in any header, comments included."""
        return name.encode() in self._words

    def data(self, path: str) -> bytes:
        """The bytes of a header; empty when there is none at that path."""
        return self._files[path].data if path in self._files else b""

    def prototypes(self, name: str) -> tuple[Prototype, ...]:
        """Every certain declaration of a function."""
        return tuple(each for each in self._of(Prototype, name) if each.name == name)

    def variables(self, name: str) -> tuple[Variable, ...]:
        """Every certain declaration of a variable."""
        return tuple(each for each in self._of(Variable, name) if each.name == name)

    def records(self, type_: Tagged) -> tuple[Record, ...]:
        """Every certain definition of a struct or union."""
        return tuple(each for each in self._of_type(Record, type_) if each.type == type_)

    def enumerations(self, type_: Tagged) -> tuple[Enumeration, ...]:
        """Every certain definition of an enumeration."""
        return tuple(each for each in self._of_type(Enumeration, type_) if each.type == type_)

    def typedefs(self, name: str) -> tuple[Typedef, ...]:
        """Every certain ``typedef`` of a name."""
        return tuple(each for each in self._of(Typedef, name) if each.name == name)

    def constants(self, name: str) -> tuple[Constant, ...]:
        """Every enumeration constant and every object-like macro of a name, with a value where it is certain."""
        found = [
            constant
            for each in self._of(Enumeration, name)
            for constant in each.constants
            if constant.name == name
        ]
        for path, macro in self._macros(name):
            found.append(Constant(name, self._macro_value(macro), path, macro.line))
        return tuple(found)

    def value(self, name: str) -> int | None:
        """The one value that all constants of a name have; None when they differ or one is not certain."""
        if name in self._busy or len(self._busy) > _MOST_STEPS:
            return None
        self._busy.add(name)
        values = {constant.value for constant in self.constants(name)}
        self._busy.discard(name)
        return values.pop() if len(values) == 1 else None

    def resolved(self, type_: Type, near: str) -> Type:
        """The type that a typedef or macro stands for in the end; ``near`` is the path of the header that uses it.

        `Unknown` when nobody says, or several headers say different things; an `Alias` only where it is one of the
        compiler's own.
        """
        for _ in range(_MOST_STEPS):
            if not isinstance(type_, Alias):
                return type_
            following = self._following(type_.name, near)
            if following is None:
                return type_ if type_.name in NAMES else Unknown()
            type_ = following
        return Unknown()

    def _following(self, name: str, near: str) -> Type | None:
        """What a name stands for directly; None when no header says."""
        told = self.typedefs(name)
        own = [each for each in told if each.path == near]
        types = {each.type for each in own or told}
        if not types:
            types = {self._macro_type(macro) for _, macro in self._macros(name)}
        return None if not types else types.pop() if len(types) == 1 else Unknown()

    # --- macros ---------------------------------------------------------------------------------------

    def bodies(self, name: str) -> Sequence[bytes] | None:
        """The bodies of all definitions of an object-like macro; None when there is none."""
        return [macro.body for _, macro in self._macros(name)] or None

    def wraps(self, name: str) -> bool | None:
        """Whether a function-like macro of one parameter leaves its argument in a declaration."""
        found = [macro for _, macro in self._all_macros(name) if macro.parameters is not None]
        if not found:
            return None
        return any(_leaves_argument(macro) for macro in found)

    def _macros(self, name: str) -> list[tuple[str, Macro]]:
        return [(path, macro) for path, macro in self._all_macros(name) if macro.parameters is None]

    def _all_macros(self, name: str) -> list[tuple[str, Macro]]:
        return [(path, macro) for path, header in self._with(name) for macro in header.macros.get(name, ())]

    def _macro_value(self, macro: Macro) -> int | None:
        body = macro.body.decode("utf-8", "replace").strip()
        while body.startswith("(") and body.endswith(")"):
            body = body[1:-1].strip()
        if body.startswith("-"):
            value = number(body[1:].strip())
            return None if value is None else -value
        if not body.isidentifier():
            return self._computed(body)
        return self.value(body)

    def _computed(self, body: str) -> int | None:
        """The value of an expression, parsed as that of an enumeration's constant."""
        value = number(body)
        if value is not None or len(body) > 200:
            return value
        setting = Setting("", lambda _offset: 0, self.value)
        found = declarations(f"enum {{ X = ({body}) }};".encode(), setting)
        enumeration = next((each for each in found if isinstance(each, Enumeration)), None)
        return enumeration.constants[0].value if enumeration and len(enumeration.constants) == 1 else None

    def _macro_type(self, macro: Macro) -> Type:
        """The type that an object-like macro's body spells; `Unknown` when it is none."""
        setting = Setting("", lambda _offset: 0, lambda _name: None)
        found = declarations(b"typedef " + macro.body + b" x;", setting)
        only = found[0] if len(found) == 1 else None
        return only.type if isinstance(only, Typedef) and only.name == "x" else Unknown()

    # --- looking for names ----------------------------------------------------------------------------

    def _of(self, kind: type[T], name: str) -> tuple[T, ...]:
        """The declarations of one kind in every chunk that holds a name."""
        key = kind.__name__, name
        if key in self._found:
            return cast("tuple[T, ...]", self._found[key])
        found = tuple(self._search(kind, name))
        # While a declaration is being read it seems to declare nothing.
        if not self._reading:
            self._found[key] = found
        return found

    def _search(self, kind: type[T], name: str) -> Iterator[T]:
        for path, header in self._with(name):
            for index in header.places.get(name.encode(), ()):
                for found in self._declared(path, header, index):
                    if isinstance(found, kind):
                        yield found

    def _of_type(self, kind: type[T], type_: Tagged) -> Iterator[T]:
        """The declarations that may define a type; one without a tag is known since something named it."""
        unnamed = self._unnamed.get(type_.name)
        if isinstance(unnamed, kind):
            yield unnamed
        elif unnamed is None:
            yield from self._of(kind, type_.name)

    def _with(self, name: str) -> tuple[tuple[str, Header], ...]:
        """The headers whose bytes hold a name, sorted by path."""
        if name not in self._holding:
            needle = name.encode()
            self._holding[name] = tuple(
                (path, header) for path, header in self._files.items() if needle in header.words
            )
        return self._holding[name]

    def _declared(self, path: str, header: Header, index: int) -> tuple[Declaration, ...]:
        key = (path, index)
        if key not in self._parsed:
            # What a declaration needs of others never needs the declaration itself.
            self._parsed[key] = ()
            self._reading += 1
            self._parsed[key] = found = self._read(path, header, header.chunks[index])
            self._reading -= 1
            for each in found:
                if isinstance(each, Record | Enumeration) and each.type.name.startswith("@"):
                    self._unnamed[each.type.name] = each
        return self._parsed[key]

    def _read(self, path: str, header: Header, chunk: Chunk) -> tuple[Declaration, ...]:
        found = self._attempt(path, header, chunk, thorough=False)
        return found or self._attempt(path, header, chunk, thorough=True)

    def _attempt(self, path: str, header: Header, chunk: Chunk, *, thorough: bool) -> tuple[Declaration, ...]:
        plain = macros.plain(chunk.text, self, thorough=thorough)
        if plain is None or plain.renamed:
            return ()

        def line(offset: int) -> int:
            return header.masked.line(chunk.start + offset)

        certain = not (chunk.doubtful or plain.layout or header.masked.packs)
        setting = Setting(path, line, self.value, plain.packed, certain)
        found = declarations(plain.text, setting)
        # Parts that a condition leaves out could change what the rest means.
        return tuple(each for each in found if not chunk.doubtful or isinstance(each, Enumeration))


def _leaves_argument(macro: Macro) -> bool:
    """Whether the one argument stands in the body itself: not handed on, and the body no declaration of its own."""
    if len(macro.parameters or ()) != 1 or b";" in macro.body or b"#" in macro.body:
        return False
    return (macro.parameters or ("",))[0].encode() in _WORD.findall(_GROUP.sub(b"", macro.body))
