"""Which files have to be read to judge the build-time code that a change touches; asked again after each round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import join

from analyzers.buildtime.sites import manifests_above, wanted_of_loose
from analyzers.buildtime.units import nearest_manifest, package_at, script_files
from analyzers.manifest.package import MANIFEST, is_manifest
from analyzers.survey import Sides, Tree


def concerns(path: str) -> bool:
    """Whether a changed path can be build-time code, or say what is."""
    return path.endswith(".rs") or is_manifest(path)


def wants(sides: Sides) -> Iterator[str]:
    """The manifests above the changed files, the build scripts that they name, their modules, and so on."""
    paths = sorted(path for path in sides.paths if concerns(path))
    for tree in (sides.base, sides.head):
        yield from _wanted(tree, paths)


def _wanted(tree: Tree, paths: Iterable[str]) -> Iterator[str]:
    folders: dict[str | None, list[str]] = {}
    for path in paths:
        folders.setdefault(nearest_manifest(tree, path), []).append(path)
        yield from manifests_above(tree, path)
    for folder, inside in folders.items():
        package = package_at(tree, folder) if folder is not None else None
        if folder is None or package is None:
            for path in inside:
                yield path
                yield from (root for root in wanted_of_loose(path) if root in tree.entries)
            continue
        for root in package.scripts(tree):
            yield from script_files(tree, root)[1]
        if package.is_proc_macro:
            yield from _sources_of(tree, folder, inside)


def _sources_of(tree: Tree, folder: str, changed: list[str]) -> Iterator[str]:
    """The changed sources of a crate of procedural macros, or all of them if its manifest changed."""
    if join(folder, MANIFEST) not in changed:
        yield from changed
        return
    for path in tree.files(".rs"):
        if (not folder or path.startswith(f"{folder}/")) and nearest_manifest(tree, path) == folder:
            yield path
