"""Which package a file belongs to, by the nearest ``Cargo.toml`` above it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname, join

from analyzers.manifest.package import MANIFEST, is_manifest
from analyzers.paths import folders_above, is_rust

MAX_FILES = 4000
"""How many sources of one package are read; the largest real package seen has some 2,000."""


@dataclass(frozen=True)
class Packages:
    """The packages of a tree; ``paths`` are all that stands there."""

    paths: frozenset[str]

    @cached_property
    def _roots(self) -> frozenset[str]:
        return frozenset(dirname(path) for path in self.paths if is_manifest(path))

    @cached_property
    def _known(self) -> dict[str, str | None]:
        return {}

    def declared_root(self, path: str) -> str | None:
        """The folder of the nearest manifest above a file; None where there is none."""
        own = dirname(path)
        if own not in self._known:
            self._known[own] = next((above for above in folders_above(path) if above in self._roots), None)
        return self._known[own]

    def root(self, path: str) -> str:
        """The folder of the package that holds a file; without a manifest above it, the file's own folder."""
        declared = self.declared_root(path)
        return dirname(path) if declared is None else declared

    def manifest(self, root: str) -> tuple[str, ...]:
        """A package's manifest, which shows where the package begins; none for files that are in no package."""
        path = join(root, MANIFEST)
        return (path,) if path in self.paths else ()

    @cached_property
    def _sources(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for path in sorted(filter(is_rust, self.paths)):
            found.setdefault(self.root(path), []).append(path)
        return {root: tuple(paths) for root, paths in found.items()}

    def sources(self, root: str) -> tuple[str, ...]:
        """The Rust sources of a package, sorted; those nearest to its root if there are more than `MAX_FILES`."""
        paths = self._sources.get(root, ())
        if len(paths) > MAX_FILES:
            paths = tuple(sorted(sorted(paths, key=lambda path: (path.count("/"), path))[:MAX_FILES]))
        return paths


def packages(paths: Iterable[str]) -> Packages:
    """The packages of a tree."""
    return Packages(frozenset(path for path in paths if path.endswith((".rs", "Cargo.toml"))))


def module_of(root: str, path: str) -> tuple[str, ...]:
    """The modules that a file's place stands for, in a package at ``root`` (Reference, "Module source filenames")."""
    inside = path.removeprefix(join(root, "") if root else "").removesuffix(".rs")
    names = inside.split("/")
    if names[0] == "src":
        names = names[1:]
    if names and names[-1] in ("lib", "main", "mod"):
        names = names[:-1]
    return tuple(names)
