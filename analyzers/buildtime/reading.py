"""Which files have to be read to judge the build-time code that a change touches; asked again after each round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from posixpath import join

from analyzers.buildtime.sites import wanted_of_loose
from analyzers.buildtime.units import package_at, script_files
from analyzers.manifest.package import MANIFEST
from analyzers.manifest.packages import packages
from analyzers.manifest.paths import concerns_build_time
from analyzers.survey import Sides, Tree


def wants(sides: Sides) -> Iterator[str]:
    """The manifests above the changed files, the build scripts that they name, their modules, and so on."""
    paths = sorted(filter(concerns_build_time, sides.paths))
    for tree in (sides.base, sides.head):
        yield from _wanted(tree, paths)


def _wanted(tree: Tree, paths: Iterable[str]) -> Iterator[str]:
    known = packages(tree.entries)
    folders: defaultdict[str | None, list[str]] = defaultdict(list)
    for path in paths:
        folders[known.declared_root(path)].append(path)
    for folder, inside in folders.items():
        yield from (join(folder, MANIFEST),) if folder is not None else ()
        package = package_at(tree, folder) if folder is not None else None
        if folder is None or package is None:
            # Nothing tells of a side without the file that it is in no package.
            for path in filter(tree.entries.__contains__, inside):
                yield path
                yield from (root for root in wanted_of_loose(path) if root in tree.entries)
            continue
        for root in package.scripts(tree):
            yield from script_files(tree, root)[1]
        if package.is_proc_macro:
            # All sources of a crate whose manifest changed, else those that did.
            yield from known.sources(folder) if join(folder, MANIFEST) in inside else inside
