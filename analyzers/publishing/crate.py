"""A package with what its sources say, worked out once for all items."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from functools import cached_property

from analyzers.inventory import module_candidates
from analyzers.manifest.manifest import Manifest
from analyzers.model import Scan
from analyzers.paths import is_test_target
from analyzers.publishing.model import Place
from analyzers.publishing.tree import CrateTree
from analyzers.publishing.workflows import Workflow, read_workflows
from analyzers.rust.public_items import PublicItem, SourceFacts, read_source

MAX_SOURCES = 16 << 20
"""Bytes of sources that are read in one package; twice what the largest of some 750 has."""
_RESERVED_TARGETS = ("examples/", "tests/", "benches/")


class Crate:
    """What items ask about. Nothing is read twice, and nothing before somebody asks."""

    def __init__(self, tree: CrateTree) -> None:
        self.tree = tree
        self.manifest: Manifest = tree.manifest
        self._left = MAX_SOURCES
        self._facts: dict[str, SourceFacts] = {}
        self._scans: dict[str, Scan] = {}

    # --- targets --------------------------------------------------------------------------------------

    @cached_property
    def library(self) -> str:
        """The path of the library's root in the package; empty without a library."""
        named = self.manifest.table("lib").get("path")
        path = posixpath.normpath(named) if isinstance(named, str) else "src/lib.rs"
        return path if path in self.tree.by_path else ""

    @cached_property
    def binaries(self) -> tuple[str, ...]:
        """The paths of the roots of binaries."""
        found = {"src/main.rs"} if "src/main.rs" in self.tree.by_path else set()
        found |= {
            path for path in self.tree.by_path if re.fullmatch(r"src/bin/(?:[^/]+|[^/]+/main)\.rs", path)
        }
        declared = self.manifest.document.get("bin")
        for target in declared if isinstance(declared, list) else ():
            path = target.get("path") if isinstance(target, Mapping) else None
            if isinstance(path, str) and posixpath.normpath(path) in self.tree.by_path:
                found.add(posixpath.normpath(path))
        return tuple(sorted(found))

    @property
    def roots(self) -> tuple[str, ...]:
        """The library's root and those of the binaries."""
        return ((self.library,) if self.library else ()) + self.binaries

    @property
    def is_proc_macro(self) -> bool:
        """Whether the library is a procedural macro, whose items nobody else can name."""
        library = self.manifest.table("lib")
        kinds = library.get("crate-type")
        return (
            library.get("proc-macro") is True
            or library.get("proc_macro") is True
            or (isinstance(kinds, list) and "proc-macro" in kinds)
        )

    @cached_property
    def build_script(self) -> str:
        """The path of the build script; empty without one."""
        field = self.manifest.package.get("build")
        path = field.text if field and field.text else "build.rs"
        if field is not None and field.value is False:
            return ""
        path = posixpath.normpath(path)
        return path if path in self.tree.by_path else ""

    # --- sources --------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The sources that are built for users: no tests, benchmarks, examples or build script."""
        return tuple(
            path
            for path in sorted(self.tree.sources)
            if not is_test_target(path)
            and path != self.build_script
            and not path.startswith(_RESERVED_TARGETS)
        )

    def facts(self, path: str) -> SourceFacts:
        """What a source of the package says."""
        if path not in self._facts:
            data = self.tree.sources.get(path, b"")
            self._left -= len(data)
            self._facts[path] = SourceFacts(unread="too-much") if self._left < 0 else read_source(data)
        return self._facts[path]

    def scan(self, path: str) -> Scan:
        """The unsafe and foreign sites of a source of the package."""
        if path not in self._scans:
            from analyzers.rust.scan import scan

            self._scans[path] = scan(self.tree.sources.get(path, b""))
        return self._scans[path]

    @cached_property
    def public_files(self) -> frozenset[str]:
        """The files of the library that can be reached from its root through modules that all say ``pub``."""
        return frozenset(path for path, public in self._modules.items() if public)

    @cached_property
    def library_files(self) -> tuple[str, ...]:
        """The files of the library that its modules name, the root first."""
        return tuple(self._modules)

    @cached_property
    def _modules(self) -> dict[str, bool]:
        found: dict[str, bool] = {}
        pending = [(self.library, True)] if self.library else []
        while pending:
            path, public = pending.pop()
            if path in found and (found[path] or not public):
                continue
            found[path] = public
            for module in self.facts(path).modules:
                if module.path:
                    places: tuple[str, ...] = (
                        posixpath.normpath(posixpath.join(posixpath.dirname(path), module.path)),
                    )
                else:
                    places = module_candidates(path, "/".join((*module.modules, module.name)))
                pending += (
                    (place, public and module.public) for place in places if place in self.tree.sources
                )
        return found

    @cached_property
    def api(self) -> tuple[tuple[str, PublicItem], ...]:
        """The items of the library that users can name, each with its file: a syntactic estimate.

        An item counts if all modules around it say ``pub``, or if anything of its name, or all of its module, is
        re-exported anywhere in the library. Parts of a type count if the type does.
        """
        if not self.library or self.is_proc_macro:
            return ()
        leaves = [leaf for path in self._modules for leaf in self.facts(path).reexports]
        names = {leaf.path[-1] for leaf in leaves if not leaf.takes_all and leaf.path}
        whole = {leaf.path[-1] for leaf in leaves if leaf.takes_all and leaf.path} | names
        found: list[tuple[str, PublicItem]] = []
        for path in self._modules:
            opened = path in self.public_files or _module_name(path) in whole
            found += (
                (path, item)
                for item in self.facts(path).items
                if opened or item.kind == "macro" or item.name in names or item.owner
            )
        types = {item.name for _, item in found if not item.owner}
        kept = [(path, item) for path, item in found if not item.owner or item.owner in types]
        return tuple(sorted(kept, key=lambda pair: (pair[0], pair[1].line, pair[1].name)))

    @cached_property
    def implemented(self) -> frozenset[tuple[str, str]]:
        """Pairs of trait and type for every ``impl Trait for Type`` of the library."""
        return frozenset(pair for path in self._modules for pair in self.facts(path).implemented)

    def attributes(self, *names: str) -> list[tuple[Place, str]]:
        """The inner attributes of all roots whose text holds one of the words, with their places."""
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
        return [
            (Place(self.tree.at(path), attribute.line), attribute.text)
            for path in self.roots
            for attribute in self.facts(path).attributes
            if pattern.search(attribute.text)
        ]

    # --- around ---------------------------------------------------------------------------------------

    @cached_property
    def workflows(self) -> tuple[Workflow, ...]:
        """The GitHub workflows of the repository."""
        files = self.tree.around.files
        return read_workflows({path: blob.data for path, blob in files.items() if blob.data})

    @cached_property
    def ci(self) -> Mapping[str, str]:
        """The text of all files that configure continuous integration, by path in the repository."""
        return {
            path: blob.data.decode("utf-8", "replace")
            for path, blob in sorted(self.tree.around.files.items())
            if blob.data is not None and _CI.fullmatch(path)
        }

    def find(self, pattern: str) -> tuple[str, ...]:
        """The paths in the repository of files beside the manifest, or at the root, whose names match entirely."""
        wanted = re.compile(pattern, re.IGNORECASE)
        found = [self.tree.at(path) for path in self.tree.by_path if wanted.fullmatch(path)]
        if self.tree.folder != ".":
            found += [
                path for path in sorted(self.tree.around.files) if "/" not in path and wanted.fullmatch(path)
            ]
        return tuple(found)

    def here(self, key: str = "name") -> Place:
        """The line of a key of ``[package]``, as evidence."""
        field = self.manifest.package.get(key)
        return Place(field.path, field.line) if field else Place(self.manifest.path, self.manifest.line(key))


_CI = re.compile(
    r"\.github/workflows/.+|\.gitlab-ci\.ya?ml|\.circleci/.+|\.travis\.yml|\.cirrus\.yml|azure-pipelines\.yml"
    r"|\.?appveyor\.yml|\.builds/.+|\.woodpecker.*"
)


def _module_name(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return posixpath.basename(folder) if name == "mod.rs" else name.removesuffix(".rs")
