"""A pure snapshot of packages: what the files of a tree say, as Cargo would package them.

Which files belong to a package follows Cargo's ``src/sources/path.rs``; which packages belong to a workspace, the
Cargo book's "Workspaces".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from analyzers.manifest.document import Document, DocumentError, read_document
from analyzers.manifest.manifest import Manifest, read_manifest
from analyzers.manifest.package import is_manifest
from analyzers.manifest.patterns import Patterns
from analyzers.paths import folders_above

_READ = re.compile(
    r"(?:.*/)?(?:Cargo\.toml|Cargo\.lock|[^/]*\.rs|rust-toolchain(?:\.toml)?|\.cargo/config(?:\.toml)?"
    r"|(?i:readme|licen[cs]e|copying|unlicense|change|history|news|releases?|releasing|security|contributing)[^/]*)"
    r"|\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci/config\.yml|\.travis\.yml|\.cirrus\.yml"
    r"|azure-pipelines\.yml|\.?appveyor\.yml|\.builds/[^/]+\.yml|\.woodpecker(?:/[^/]+)?\.ya?ml"
    r"|\.github/cratewarden/checklist/[^/]+\.md"
)
OWN_TEXTS = ".github/cratewarden/checklist/"
"""The folder in which maintainers keep their own text for an item, as ``<item-id>.md``."""
# A file's header in a tar archive has 512 bytes, most of them zeros.
_HEADER = 96
MAX_READ = 4 << 20
"""Bytes of one file whose content is looked at; of larger ones only the size counts."""


def is_read(path: str) -> bool:
    """Whether the content of a file matters to the checklist, by its path in the repository."""
    return _READ.fullmatch(path) is not None


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a listing: its size in bytes (-1 where nobody knows), and its content where it was read.

    A link has the size and content of what it leads to, if that is in the listing.
    """

    size: int
    data: bytes | None = None
    kind: Literal["file", "symlink"] = "file"


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a tree by path. ``in_git`` tells Cargo to take hidden files too; ``tags`` is None if unknown.

    ``packed`` maps paths to their compressed size where somebody has worked it out.
    """

    files: Mapping[str, Blob]
    in_git: bool
    tags: tuple[str, ...] | None = None
    packed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a package: path relative to the package, and whether Cargo would package it."""

    path: str
    blob: Blob
    packaged: bool

    @property
    def size(self) -> int:
        """Bytes."""
        return self.blob.size


@dataclass(frozen=True)
class CrateTree:
    """One package as it stands in a tree.

    ``files`` are those below its folder that belong to no other package, sorted; ``around`` is the listing it was
    taken from, with paths of the repository. ``members`` are the names of the workspace's packages. ``base`` is
    the same package in the revision that is compared with.
    """

    manifest: Manifest
    files: tuple[File, ...]
    around: Listing
    members: frozenset[str] = frozenset()
    base: CrateTree | None = None

    @property
    def folder(self) -> str:
        """The folder in the repository, ``.`` for the root."""
        return self.manifest.folder

    def at(self, path: str) -> str:
        """The path in the repository of a path in the package; it may lead out of the package with ``..``."""
        return posixpath.normpath(posixpath.join(self.folder, path))

    @cached_property
    def by_path(self) -> Mapping[str, File]:
        """The files by their paths in the package."""
        return {file.path: file for file in self.files}

    @cached_property
    def sources(self) -> Mapping[str, bytes]:
        """The Rust files that were read, by their paths in the package."""
        return {
            file.path: file.blob.data
            for file in self.files
            if file.path.endswith(".rs") and file.blob.data is not None
        }

    @property
    def unpacked_size(self) -> int | None:
        """Bytes of all files that would be packaged; None if nobody knows the size of one."""
        sizes = [file.size for file in self.files if file.packaged]
        return None if any(size < 0 for size in sizes) else sum(sizes)

    @property
    def packed_size(self) -> int | None:
        """Bytes of the archive, as an estimate from above; None if that would take work nobody has done."""
        total = 0
        for file in self.files:
            if file.packaged:
                total += min(file.size, self.around.packed.get(self.at(file.path), file.size)) + _HEADER
        known = all(
            self.at(f.path) in self.around.packed for f in self.files if f.packaged and f.size > 1 << 16
        )
        return total if known or total <= 10 << 20 else None

    def content(self, path: str) -> bytes | None:
        """The bytes of a file of the repository if they were read."""
        blob = self.around.files.get(path)
        return blob.data if blob else None


@dataclass(frozen=True, slots=True)
class BrokenManifest:
    """A manifest that cannot be read: its path in the repository, the line, and the reason in words."""

    path: str
    line: int
    reason: str


def crate_trees(listing: Listing) -> list[CrateTree | BrokenManifest]:
    """The packages of a tree, by path: those at its top, and the members of the workspaces there.

    A manifest below a package that is no member of its workspace (a fixture, an example project) is left out.
    """
    documents: dict[str, Document] = {}
    broken: dict[str, BrokenManifest] = {}
    folders = [posixpath.dirname(path) or "." for path in listing.files if is_manifest(path)]
    for folder in sorted(folders):
        path = posixpath.normpath(posixpath.join(folder, "Cargo.toml"))
        blob = listing.files[path]
        if blob.data is None and blob.kind == "file":
            broken[folder] = BrokenManifest(path, 1, "too large, or not to be had")
            continue
        try:
            documents[folder] = read_document(path, blob.data or b"")
        except DocumentError as error:
            broken[folder] = BrokenManifest(path, error.line, error.reason)
    wanted = sorted(_wanted(documents, broken))
    packages = {folder: _package(folder, documents) for folder in wanted if folder in documents}
    names = frozenset(package.name for package in packages.values() if package is not None)
    found: list[CrateTree | BrokenManifest] = []
    for folder in wanted:
        package = packages.get(folder)
        if folder in broken:
            found.append(broken[folder])
        elif package is not None:
            files = tuple(_files(package, listing, frozenset(folders)))
            found.append(CrateTree(package, files, listing, names))
    return found


def with_base(
    trees: Sequence[CrateTree | BrokenManifest], base: Sequence[CrateTree | BrokenManifest]
) -> list[CrateTree | BrokenManifest]:
    """The same packages, each with the one of its name in the revision that is compared with."""
    before = {tree.manifest.name: tree for tree in base if isinstance(tree, CrateTree)}
    return [
        replace(tree, base=before.get(tree.manifest.name)) if isinstance(tree, CrateTree) else tree
        for tree in trees
    ]


def _above(folder: str) -> Iterator[str]:
    """The folders above one, nearest first; the root is ``.``, and nothing is above it."""
    if folder not in {".", ""}:
        yield from (above or "." for above in folders_above(folder))


def _wanted(documents: Mapping[str, Document], broken: Mapping[str, BrokenManifest]) -> set[str]:
    known = set(documents) | set(broken)
    wanted = {folder for folder in known if not any(above in known for above in _above(folder))}
    for folder in sorted(wanted & set(documents)):
        if isinstance(documents[folder].get("workspace"), Mapping):
            wanted |= _members(folder, documents, known)
    return wanted


def _members(root: str, documents: Mapping[str, Document], known: set[str]) -> set[str]:
    """The members of a workspace: those listed, and the path dependencies of members below its root."""
    document = documents[root]
    listed = _paths(document, "members")
    excluded = _paths(document, "exclude")
    members = {folder for folder in known if folder != root and _is_listed(_relative(folder, root), listed)}
    pending = [root, *sorted(members)]
    while pending:
        folder = pending.pop()
        manifest = _package(folder, documents) if folder in documents else None
        for dependency in manifest.dependencies if manifest else ():
            start = root if dependency.inherited else folder
            place = posixpath.normpath(posixpath.join(start, dependency.folder)) if dependency.folder else ""
            if place in known and place not in members and root in _above(place):
                members.add(place)
                pending.append(place)
    return {
        folder
        for folder in members
        if not any(
            _relative(folder, root) == path or _relative(folder, root).startswith(f"{path}/")
            for path in excluded
        )
    }


def _paths(document: Document, key: str) -> tuple[str, ...]:
    listed = document.get("workspace", key)
    return (
        tuple(p.removeprefix("./").rstrip("/") for p in listed if isinstance(p, str))
        if isinstance(listed, list)
        else ()
    )


def _is_listed(relative: str, listed: tuple[str, ...]) -> bool:
    parts = relative.split("/")
    # Cargo expands `members` with plain globs, in which `*` is one folder and `**` any number.
    return any(
        Patterns([f"/{pattern}"]).holds(relative)
        and (len(pattern.split("/")) == len(parts) or "**" in pattern)
        for pattern in listed
    )


def _relative(folder: str, root: str) -> str:
    return folder if root == "." else posixpath.relpath(folder, root)


def _package(folder: str, documents: Mapping[str, Document]) -> Manifest | None:
    document = documents[folder]
    return read_manifest(document, _workspace(folder, documents), folder)


def _workspace(folder: str, documents: Mapping[str, Document]) -> Document | None:
    """The manifest with ``[workspace]`` that a package belongs to."""
    own = documents[folder]
    if isinstance(own.get("workspace"), Mapping):
        return own
    named = own.get("package", "workspace")
    if isinstance(named, str):
        return documents.get(posixpath.normpath(posixpath.join(folder, named)))
    for above in _above(folder):
        document = documents.get(above)
        if document is None or not isinstance(document.get("workspace"), Mapping):
            continue
        relative = _relative(folder, above)
        if not any(
            relative == path or relative.startswith(f"{path}/") for path in _paths(document, "exclude")
        ):
            return document
    return None


def _files(package: Manifest, listing: Listing, manifests: frozenset[str]) -> Iterator[File]:
    prefix = "" if package.folder == "." else f"{package.folder}/"
    include = package.package["include"].strings if "include" in package.package else ()
    exclude = package.package["exclude"].strings if "exclude" in package.package else ()
    hidden = () if listing.in_git else (".*",)
    taken, left_out = Patterns(include), Patterns((*hidden, *exclude))
    named = {
        posixpath.normpath(path) for path in (package.text("readme"), package.text("license-file")) if path
    }
    always = {"Cargo.toml", "Cargo.lock"} | named
    for path in sorted(listing.files):
        relative = path.removeprefix(prefix)
        if (
            not path.startswith(prefix)
            or relative.startswith(".git/")
            or _is_elsewhere(path, package, manifests)
        ):
            continue
        if relative.startswith("target/") and not listing.in_git:
            continue
        packaged = relative in always or (taken.holds(relative) if include else not left_out.holds(relative))
        yield File(relative, listing.files[path], packaged)


def _is_elsewhere(path: str, package: Manifest, manifests: frozenset[str]) -> bool:
    """Whether a file belongs to a package further down."""
    for folder in _above(path):
        if folder == package.folder:
            return False
        if folder in manifests:
            return True
    return False
