"""Which paths a source names, written out through its ``use`` declarations.

Scopes are not told apart: a name that any ``use`` of the file brings in stands for that everywhere in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzers.rust.source import Source
from analyzers.rust.use_paths import reexports

Path = tuple[str, ...]

_USE = re.compile(rb"\buse\b[^;]*+(?:;|\Z)")
_EXTERN_CRATE = re.compile(rb"\bextern\s+crate\s+(\w+)\s+as\s+(\w+)\s*;")
_PATH = re.compile(
    rb"(?<![\w.])(?:::\s*)?[A-Za-z_]\w*(?:\s*::\s*(?:<[^<>;{}]{0,200}>\s*::\s*)?[A-Za-z_]\w*)*"
)
_MODULE = re.compile(rb"\bmod\s+(?:r#)?([A-Za-z_]\w*)\s*[;{]")
_SEPARATOR = re.compile(rb"\s*::\s*(?:<[^<>]*>\s*::\s*)?")
_MOST_GLOBS = 32
_LONGEST_USE = 8000
_HOPS = 8


@dataclass(frozen=True, slots=True)
class Named:
    """A path where it is used: written out, as it is spelt, and the offsets of its first byte and behind its last."""

    path: Path
    spelt: str
    start: int
    end: int


class Names:
    """The names that a source brings in; ``renamed`` are crates whose name in the manifest is another."""

    def __init__(self, source: Source, renamed: Mapping[str, str]) -> None:
        self._source = source
        self._aliases: dict[str, Path] = {key: (package,) for key, package in renamed.items()}
        self._globs: list[Path] = []
        self.imports: list[Named] = []
        self._spans: list[tuple[int, int]] = []
        text = source.text
        own = {found[1].decode() for found in _MODULE.finditer(text)}
        for found in _EXTERN_CRATE.finditer(text):
            self._aliases[found[2].decode()] = (found[1].decode(),)
        for found in _USE.finditer(text):
            self._spans.append(found.span())
            for leaf in reexports(found[0][:_LONGEST_USE].decode("ascii", "replace"), (), 0):
                self._bring_in(leaf.path, leaf.name, found.span())
        # A module of the file's own stands before a crate of its name.
        for name in own:
            self._aliases.setdefault(name, ("self", name))

    def _bring_in(self, path: Path, name: str, span: tuple[int, int]) -> None:
        if not path:
            return
        self.imports.append(Named(path, "::".join(path), *span))
        if name:
            if path != (name,):
                self._aliases[name] = path
        elif len(self._globs) < _MOST_GLOBS:
            self._globs.append(path)

    def resolved(self, path: Path) -> Path:
        """The path with its first name written out."""
        for _ in range(_HOPS):
            known = self._aliases.get(path[0])
            if known is None or known[0] == path[0]:
                return path if known is None else known + path[1:]
            path = known + path[1:]
        return path

    def candidates(self, path: Path) -> Iterator[Path]:
        """What a path may stand for: itself written out, or a name of something taken in whole."""
        yield self.resolved(path)
        if path[0] not in self._aliases:
            for prefix in self._globs:
                yield self.resolved(prefix) + path

    def used(self) -> Iterator[Named]:
        """Every path outside ``use`` declarations, in order; a path that may stand for several is told for each."""
        spans = iter(self._spans)
        span = next(spans, None)
        for found in _PATH.finditer(self._source.text):
            while span is not None and span[1] <= found.start():
                span = next(spans, None)
            if span is not None and span[0] <= found.start():
                continue
            words = tuple(word.decode() for word in _SEPARATOR.split(found[0].strip(b": \t\r\n")) if word)
            if not words:
                continue
            spelt = "::".join(words)
            for path in self.candidates(words):
                yield Named(path, spelt, found.start(), found.end())
