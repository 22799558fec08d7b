"""One side's sources as far as they concern foreign interfaces, read when somebody asks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from analyzers.ffi.layout import Definitions, TypeDefinition
from analyzers.ffi.signature import ForeignItem, Items
from analyzers.manifest.packages import Packages, module_of, packages
from analyzers.rust.source import Source
from analyzers.survey import Tree

FOREIGN = re.compile(rb"\bextern\b|\bno_mangle\b|\bexport_name\b")
"""What every source with foreign items has somewhere."""
_DEFINED = re.compile(rb"\b(?:struct|union|enum|type)\s+(?:r#)?([A-Za-z_]\w*)")
_USE = re.compile(rb"\buse\s+(?:::\s*)?(\w+)\s*::([^;]*);")
_WORD = re.compile(rb"\w+")
_OWN = frozenset((b"crate", b"self", b"super"))
_RELATIVE = frozenset(("crate", "self", "super"))


@dataclass(frozen=True, slots=True)
class Definition:
    """A type definition at a path."""

    path: str
    of: TypeDefinition


class Readings:
    """Reads each content once, whatever side or path it stands at."""

    def __init__(self) -> None:
        self._sources: dict[bytes, Source] = {}
        self._items: dict[bytes, Items] = {}
        self._definitions: dict[bytes, Definitions] = {}
        self._names: dict[bytes, frozenset[bytes]] = {}

    def source(self, data: bytes) -> Source:
        """The masked source."""
        if data not in self._sources:
            self._sources[data] = Source(data)
        return self._sources[data]

    def items(self, data: bytes) -> Items:
        """The foreign items of a source."""
        if data not in self._items:
            # A source that cannot hold any is not even masked.
            self._items[data] = Items(self.source(data if FOREIGN.search(data) else b""))
        return self._items[data]

    def definitions(self, data: bytes) -> Definitions:
        """The types that a source defines."""
        if data not in self._definitions:
            self._definitions[data] = Definitions(self.source(data))
        return self._definitions[data]

    def names(self, data: bytes) -> frozenset[bytes]:
        """The names of types that a source may define, comments included."""
        if data not in self._names:
            self._names[data] = frozenset(_DEFINED.findall(data))
        return self._names[data]


def _any(_name: str) -> bool:
    return True


class Sources:
    """The Rust sources of one side that were read."""

    def __init__(self, tree: Tree, readings: Readings | None = None) -> None:
        self._readings = readings or Readings()
        self.contents: Mapping[str, bytes] = {
            path: data for path, data in tree.contents.items() if path.endswith(".rs")
        }
        self._paths = (*tree.entries, *tree.contents)
        self._keywords: dict[str, dict[int, ForeignItem]] = {}
        self._foreign_names: dict[str, frozenset[bytes]] = {}

    @cached_property
    def packages(self) -> Packages:
        """The packages of the whole tree."""
        return packages(self._paths)

    @cached_property
    def _by_package(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self.contents):
            found[self.packages.root(path)].append(path)
        return {root: tuple(paths) for root, paths in found.items()}

    @cached_property
    def _definers(self) -> Mapping[tuple[str, bytes], Sequence[str]]:
        """The sources that may define a type, by package and name."""
        found: defaultdict[tuple[str, bytes], list[str]] = defaultdict(list)
        for root, paths in self._by_package.items():
            for path in paths:
                for name in self._readings.names(self.contents[path]):
                    found[root, name].append(path)
        return found

    def neighbours(self, path: str) -> tuple[str, ...]:
        """The sources of the package that holds ``path``, sorted."""
        return self._by_package.get(self.packages.root(path), ())

    def source(self, path: str) -> Source | None:
        """The masked source at a path."""
        return self._readings.source(self.contents[path]) if path in self.contents else None

    def items(self, path: str, wanted: Callable[[str], bool] = _any) -> tuple[ForeignItem, ...]:
        """The foreign items at a path whose symbol is ``wanted``."""
        return self._readings.items(self.contents[path]).where(wanted) if path in self.contents else ()

    def definitions(self, path: str, wanted: Callable[[str], bool] = _any) -> tuple[TypeDefinition, ...]:
        """The types defined at a path whose name is ``wanted``."""
        return self._readings.definitions(self.contents[path]).where(wanted) if path in self.contents else ()

    def item_at(self, path: str, keyword: int) -> ForeignItem | None:
        """The foreign item whose site has its keyword at a byte place."""
        if path not in self._keywords:
            self._keywords[path] = {item.keyword: item for item in self.items(path)}
        return self._keywords[path].get(keyword)

    def definition_between(self, path: str, start: int, end: int) -> Definition | None:
        """The first type that is defined between two byte places of a source."""
        found = self.definitions(path)
        index = bisect_left(found, start, key=lambda each: each.keyword)
        return Definition(path, found[index]) if index < len(found) and found[index].keyword < end else None

    # --- names ----------------------------------------------------------------------------------------

    def resolve(self, path: Sequence[str], at: str, modules: Sequence[str]) -> Definition | None:
        """The definition that a type's path means in a file and its inline ``modules``; None where that is unclear.

        Unclear is a name that several definitions have, such as one for each target, one that another crate brings
        in, and one that is defined in no source that was read. Macros and glob imports are not followed, so a
        name that is defined once in the package counts as that.
        """
        candidates = list(self._candidates(path, at))
        same = [each for each in candidates if each.path == at and each.of.modules == tuple(modules)]
        if len(path) == 1:
            if not same and self._imported(path[0].encode(), at):
                return None
            candidates = same or candidates
        return candidates[0] if len(candidates) == 1 else None

    def _candidates(self, path: Sequence[str], at: str) -> Iterator[Definition]:
        root = self.packages.root(at)
        qualifier = [name for name in path[:-1] if name not in _RELATIVE]
        for file in self._definers.get((root, path[-1].encode()), ()):
            for definition in self._readings.definitions(self.contents[file]).named(path[-1]):
                if self._fits(root, file, definition, qualifier):
                    yield Definition(file, definition)

    @staticmethod
    def _fits(root: str, file: str, definition: TypeDefinition, qualifier: Sequence[str]) -> bool:
        """Whether a definition stands in the module that a path names before the type."""
        if not qualifier:
            return True
        modules = (*module_of(root, file), *definition.modules)
        return modules[-len(qualifier) :] == tuple(qualifier)

    def _imported(self, name: bytes, at: str) -> bool:
        """Whether a ``use`` in the file brings the name in from another crate."""
        if at not in self._foreign_names:
            modules = {module.encode() for module in self._module_names}
            self._foreign_names[at] = frozenset(
                word
                for root, rest in _USE.findall(self.contents.get(at, b""))
                if root not in _OWN and root not in modules
                for word in _WORD.findall(rest)
            )
        return name in self._foreign_names[at]

    @cached_property
    def _module_names(self) -> frozenset[str]:
        """The names that modules of their own file may have."""
        return frozenset(name for path in self.contents for name in module_of(self.packages.root(path), path))
