"""When the publishing checklist speaks, and about which packages of a pull request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from analyzers.publishing.tree import BrokenManifest, CrateTree

Package: TypeAlias = CrateTree | BrokenManifest
"""A package of a tree, as far as its manifest can be read."""


class Occasion(StrEnum):
    """Why the checklist speaks about a package.

    It is new, its version changed, its manifest lets it be published now, or somebody asked.
    """

    NEW = "new"
    VERSION = "version"
    PUBLISHABLE = "publishable"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """A package that the checklist speaks about: its folder in the repository, ``.`` for the root, and why."""

    folder: str
    occasion: Occasion


def subjects(
    head: Sequence[Package], base: Sequence[Package], asked: Collection[str] | None = None
) -> tuple[Subject, ...]:
    """What a pull request gives the checklist to speak about, by folder.

    ``head`` and ``base`` are the packages after and before; only their manifests are looked at. A package is known
    by its name, as it is to a registry, so one that moved to another folder is the same, and one with a new name is
    a new one. Packages that may not be published are passed over unless somebody asked.

    ``asked`` are the paths that the pull request changes, where somebody asked for the checklist, else None. Then it
    speaks about each package with a change in it too, or about all that may be published where there is none.
    """
    before = {tree.manifest.name: tree for tree in base if isinstance(tree, CrateTree)}
    folders = {folder_of(package) for package in base}
    found: dict[str, Occasion] = {}
    for package in head:
        occasion = _occasion(package, before, folders)
        if occasion is not None:
            found[folder_of(package)] = occasion
    for folder in _asked(head, asked):
        found.setdefault(folder, Occasion.ASKED)
    return tuple(sorted(Subject(folder, occasion) for folder, occasion in found.items()))


def folder_of(package: Package) -> str:
    """The folder of a package in the repository, ``.`` for the root."""
    if isinstance(package, CrateTree):
        return package.folder
    return package.path.rpartition("/")[0] or "."


def is_publishable(package: Package) -> bool:
    """Whether a package may be published at all; a manifest that cannot be read does not forbid it."""
    return not isinstance(package, CrateTree) or package.manifest.registries != ()


def _occasion(package: Package, before: Mapping[str, CrateTree], folders: Collection[str]) -> Occasion | None:
    if not is_publishable(package):
        return None
    if isinstance(package, BrokenManifest):
        return None if folder_of(package) in folders else Occasion.NEW
    known = before.get(package.manifest.name)
    if known is None:
        return Occasion.NEW
    if not is_publishable(known):
        return Occasion.PUBLISHABLE
    version = package.manifest.text("version")
    return Occasion.VERSION if version and version != known.manifest.text("version") else None


def _asked(head: Sequence[Package], paths: Collection[str] | None) -> Collection[str]:
    if paths is None:
        return ()
    folders = {folder_of(package) for package in head}
    touched = {folder for path in paths if (folder := _holding(path, folders))}
    return touched or [folder_of(package) for package in head if is_publishable(package)]


def _holding(path: str, folders: Collection[str]) -> str:
    """The innermost of the folders that a path lies in; empty if it is in none."""
    while path:
        path = path.rpartition("/")[0]
        if path in folders:
            return path
    return "." if "." in folders else ""
