"""Which files of a tree run while it is built: build scripts with their modules, and crates of procedural macros.

Rules: the Cargo book, "The Manifest Format" (``build``, ``proc-macro``) and "Build Scripts"; the Reference, "Module
source filenames" and "Procedural Macros".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename, dirname, join, normpath
from typing import Any, Literal

from analyzers.inventory import module_candidates
from analyzers.manifest.document import Document, DocumentError, read_document
from analyzers.manifest.package import MANIFEST
from analyzers.paths import folders_above
from analyzers.survey import Tree

_MODULE = re.compile(rb"\bmod\s+(?:r#)?([A-Za-z_]\w*)\s*;")
_PATH = re.compile(rb'#\s*\[\s*path\s*=\s*"([^"\n]{1,400})"\s*\]')
_INCLUDE = re.compile(rb'\binclude\s*!\s*[(\[{]\s*"([^"\n]{1,400})"')
_CRATE_TYPE = re.compile(rb'#!\s*\[\s*crate_type\s*=\s*"proc-macro"\s*\]')
_MACRO = re.compile(rb"#\s*\[\s*proc_macro(?:_derive|_attribute)?\s*[\](]")
_ROOTS_WITHOUT_CARGO = ("lib.rs", "mod.rs")
_MAX_FILES = 256
"""Files of one build script; the largest seen has 12."""

Kind = Literal["build-script", "proc-macro"]


@dataclass(frozen=True, slots=True)
class Member:
    """A file that runs at build time: the kind of its crate, the crate's name, and the file that it begins with."""

    kind: Kind
    crate: str
    root: str
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Package:
    """A package as far as its build is concerned; where the manifest cannot be read, ``error`` says why."""

    folder: str
    path: str
    document: Document | None
    error: DocumentError | None = None

    def get(self, *keys: str) -> Any:
        """A value of the manifest."""
        return self.document.get(*keys) if self.document is not None else None

    @cached_property
    def name(self) -> str:
        """The package's name; its folder where there is none."""
        name = self.get("package", "name")
        return name if isinstance(name, str) and name else self.folder or "."

    @property
    def is_package(self) -> bool:
        """Whether it declares a package, or cannot be read and may."""
        return self.document is None or isinstance(self.get("package"), Mapping)

    @property
    def is_proc_macro(self) -> bool:
        """Whether its library is one of procedural macros."""
        crate_types = self.get("lib", "crate-type") or self.get("lib", "crate_type")
        listed = crate_types if isinstance(crate_types, list) else []
        return (
            True in (self.get("lib", "proc-macro"), self.get("lib", "proc_macro")) or "proc-macro" in listed
        )

    @property
    def links(self) -> str:
        """The native library that it says it links; empty if it says none."""
        links = self.get("package", "links")
        return links if isinstance(links, str) else ""

    def scripts(self, tree: Tree) -> tuple[str, ...]:
        """The build scripts, of those that are there."""
        named = self.get("package", "build")
        if named is False:
            return ()
        listed = named if isinstance(named, list) else [named if isinstance(named, str) else "build.rs"]
        paths = (normpath(join(self.folder, each)) for each in listed if isinstance(each, str))
        return tuple(path for path in paths if path in tree.entries)

    @cached_property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Dependencies whose crate has another name in the sources, as (name there, crate)."""
        found: dict[str, str] = {}
        for table in ("dependencies", "build-dependencies", "build_dependencies"):
            listed = self.get(table)
            for key, value in listed.items() if isinstance(listed, Mapping) else ():
                package = value.get("package") if isinstance(value, Mapping) else None
                if isinstance(package, str):
                    found[key.replace("-", "_")] = package.replace("-", "_")
        return tuple(sorted(found.items()))


def package_at(tree: Tree, folder: str) -> Package | None:
    """The package of a folder, if its manifest was read and declares one."""
    path = join(folder, MANIFEST)
    data = tree.contents.get(path)
    if data is None:
        return None
    try:
        package = Package(folder, path, read_document(path, data))
    except DocumentError as error:
        package = Package(folder, path, None, error)
    return package if package.is_package else None


def module_paths(path: str, data: bytes, *, is_root: bool) -> Iterator[str]:
    """Where the modules and included files of a source may stand."""
    for found in _MODULE.finditer(data):
        module = found[1].decode()
        if is_root:
            # Whatever a crate's first file is called, its modules stand beside it.
            yield from module_candidates(join(dirname(path), "lib.rs"), module)
        else:
            yield from module_candidates(path, module)
    for pattern in (_PATH, _INCLUDE):
        for found in pattern.finditer(data):
            yield normpath(join(dirname(path), found[1].decode("utf-8", "replace")))


def script_files(tree: Tree, root: str) -> tuple[dict[str, None], tuple[str, ...]]:
    """The files of a build script that were read, in order, and those that are there and were not read."""
    known: dict[str, None] = {}
    missing: list[str] = []
    waiting = [root]
    while waiting and len(known) < _MAX_FILES:
        path = waiting.pop()
        if path in known or path not in tree.entries:
            continue
        data = tree.contents.get(path)
        if data is None:
            missing.append(path)
            continue
        known[path] = None
        waiting += reversed(list(module_paths(path, data, is_root=path == root)))
    return known, tuple(missing) + tuple(waiting)


def is_macro_root(data: bytes) -> bool:
    """Whether a source is the first file of a crate of procedural macros: only there may they stand."""
    return b"proc" in data and (_CRATE_TYPE.search(data) is not None or _MACRO.search(data) is not None)


def macro_root_without_cargo(tree: Tree, path: str) -> str | None:
    """The first file of the crate of procedural macros that a file belongs to where no manifest says so."""
    for folder in folders_above(path):
        for root in (path, *(join(folder, name) for name in _ROOTS_WITHOUT_CARGO)):
            data = tree.contents.get(root)
            if data is not None and is_macro_root(data):
                return root
    return None


def named_after(folder: str) -> str:
    """What a crate without a manifest is called: like its folder."""
    return basename(folder) or folder or "."
