"""Reads ``Cargo.lock`` (versions 1 to 4).

After the Cargo book, "Cargo.toml vs Cargo.lock", and Cargo's ``resolver/encode.rs``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from analyzers.supply_chain.toml import StoreError, read_table, tables, text, words

_HEADER = re.compile(rb"^[ \t]*\[\[[ \t]*package[ \t]*\]\]", re.MULTILINE)
_CRATES_IO = (
    "registry+https://github.com/rust-lang/crates.io-index",
    "sparse+https://index.crates.io/",
)
_KNOWN_SOURCES = ("registry+", "sparse+", "git+", "path+", "local-registry+", "directory+")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock file.

    ``source`` is empty for packages of the repository itself; ``checksum`` is the SHA-256 of the archive in hex,
    empty where the registry has none. ``line`` and ``end_line`` are the 1-based lines of its ``[[package]]`` and of its
    last key, ``start`` and ``end`` the bytes in between.
    """

    name: str
    version: str
    source: str
    checksum: str
    dependencies: tuple[str, ...]
    line: int
    end_line: int
    start: int
    end: int

    @property
    def is_own(self) -> bool:
        """Whether it is a package of the repository."""
        return not self.source

    @property
    def from_crates_io(self) -> bool:
        """Whether crates.io is where it comes from."""
        return self.source in _CRATES_IO

    @property
    def revision(self) -> str:
        """The commit of a git source; empty for others."""
        return self.source.partition("#")[2] if self.source.startswith("git+") else ""

    @property
    def origin(self) -> str:
        """The source as people write it: without its kind, query and commit."""
        if self.from_crates_io:
            return "crates.io"
        bare = self.source.partition("#")[0].partition("?")[0]
        return next((bare.removeprefix(kind) for kind in _KNOWN_SOURCES if bare.startswith(kind)), bare)


# What changed in it is asked before anything else is read, and again when all is there.
@lru_cache(maxsize=8)
def read_lock(path: str, data: bytes) -> tuple[Locked, ...]:
    """The packages of a lock file in its order.

    Raises:
        StoreError: it cannot be read, or a package has no name or version.
    """
    table = read_table(path, data)
    checksums = _old_checksums(table)
    starts = [found.start() for found in _HEADER.finditer(data)]
    packages = list(tables(table.get("package")))
    if len(starts) != len(packages):
        raise StoreError(path, "its packages do not stand as Cargo writes them")
    found = []
    line, at = 1, 0
    for package, start, beyond in zip(packages, starts, [*starts, len(data)][1:], strict=True):
        line += data.count(b"\n", at, start)
        at = start
        end = start + len(data[start:beyond].partition(b"\n\n")[0].rstrip())
        name, version, source = (text(package.get(key)) for key in ("name", "version", "source"))
        if not name or not version:
            raise StoreError(path, f"the package at line {line} has no name or version")
        checksum = text(package.get("checksum")) or checksums.get(f"{name} {version} ({source})", "")
        dependencies = words(package.get("dependencies"))
        end_line = line + data.count(b"\n", start, end)
        found.append(Locked(name, version, source, checksum, dependencies, line, end_line, start, end))
    return tuple(found)


def _old_checksums(table: Mapping[str, object]) -> dict[str, str]:
    """Versions 1 and before kept the checksums under ``[metadata]``."""
    metadata = table.get("metadata")
    if not isinstance(metadata, Mapping):
        return {}
    return {
        key.removeprefix("checksum "): value
        for key, value in metadata.items()
        if isinstance(value, str) and value != "<none>"
    }
