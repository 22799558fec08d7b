"""What a ``pub use`` makes public: every leaf of its tree (Rust Reference, "Use declarations")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"(?:r#)?[A-Za-z_]\w*|[{},*;]|::")
_MOST_LEAVES = 4096


@dataclass(frozen=True, slots=True)
class Reexport:
    """A leaf: the path it names, without ``crate`` and ``self``; the name it gets, or empty for all of a module."""

    path: tuple[str, ...]
    name: str
    modules: tuple[str, ...]
    line: int

    @property
    def takes_all(self) -> bool:
        """Whether it ends in ``*``."""
        return not self.name


def reexports(text: str, modules: tuple[str, ...], line: int) -> list[Reexport]:
    """The leaves of a use declaration, which begins with its visibility."""
    _, _, tree = text.partition("use")
    found = []
    for leaf in _leaves([token[0] for token in _TOKEN.finditer(tree)]):
        path, name = leaf
        while path and path[0] in {"crate", "self"}:
            path = path[1:]
        found.append(Reexport(path, name, modules, line))
        if len(found) >= _MOST_LEAVES:
            break
    return found


def _leaves(words: list[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Paths and names, by one walk that keeps a stack of prefixes."""
    prefixes: list[tuple[str, ...]] = [()]
    path: tuple[str, ...] = ()
    renamed = ""
    for at, word in enumerate(words):
        if word == "{":
            prefixes.append(prefixes[-1] + path)
            path = ()
        elif word in {",", "}", ";"}:
            if path:
                yield _leaf(prefixes[-1] + path, renamed)
            path, renamed = (), ""
            if word == "}" and len(prefixes) > 1:
                prefixes.pop()
        elif word == "as":
            continue
        elif at and words[at - 1] == "as":
            renamed = word
        elif word != "::":
            path = (*path, word)


def _leaf(path: tuple[str, ...], renamed: str) -> tuple[tuple[str, ...], str]:
    if path[-1] == "*":
        return path[:-1], ""
    if path[-1] == "self" and len(path) > 1:
        path = path[:-1]
    return path, renamed or path[-1]
