"""The registry of site kinds: every module of this folder is one kind, its stem is the id with underscores."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType, ModuleType
from typing import TypeAlias

from analyzers.kind import Kind, Match
from analyzers.rust.source import Source

Matcher: TypeAlias = Callable[[Source, int], Iterable[Match]]

UNCLASSIFIED = "unclassified-unsafe"


def _members() -> list[ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in names]


def _by_word(members: list[ModuleType]) -> Mapping[bytes, tuple[tuple[str, Matcher], ...]]:
    table: dict[bytes, list[tuple[str, Matcher]]] = {}
    for member in members:
        for word in member.KIND.words:
            table.setdefault(word, []).append((member.KIND.id, member.match))
    return MappingProxyType({word: tuple(matchers) for word, matchers in table.items()})


_MEMBERS = _members()
# Every kind by its id, in alphabetical order.
KINDS: Mapping[str, Kind] = MappingProxyType({member.KIND.id: member.KIND for member in _MEMBERS})
# The matchers to try at each word; keys that end in `*` are prefixes.
MATCHERS = _by_word(_MEMBERS)
