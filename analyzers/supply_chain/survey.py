"""The survey of dependencies: lock files, manifests, cargo-deny's configuration and vendored packages."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.model import Analysis, Site
from analyzers.supply_chain import deny_changes, lock_review, manifest_changes, vendored
from analyzers.supply_chain.compare import site_of
from analyzers.supply_chain.lock import read_lock
from analyzers.supply_chain.paths import is_lock, vendored_folder
from analyzers.supply_chain.toml import StoreError
from analyzers.survey import Sides, Surveyed, Tree

_PARTS = (deny_changes, lock_review, manifest_changes, vendored)


def wants(sides: Sides) -> Iterator[str]:
    """What each part wants to read besides the changed files."""
    # Where everything is new, an audit only counts lock files, and a review has all others read already.
    for part in _PARTS if sides.base.entries else (lock_review,):
        yield from part.wants(sides)


def compare(sides: Sides, analysis: Analysis) -> Surveyed:
    """What each part found, together."""
    del analysis
    found = [part.compare(sides) for part in _PARTS]
    return Surveyed(
        tuple(change for each in found for change in each.changes),
        tuple(finding for each in found for finding in each.findings),
        unanalysed=tuple(doubt for each in found for doubt in each.unanalysed),
    )


def sites(tree: Tree) -> dict[str, tuple[Site, ...]]:
    """The packages of every lock file that was read, for an audit; broken lock files have none."""
    found = {}
    for path in sorted(filter(is_lock, tree.contents)):
        if vendored_folder(path, tree.entries) is not None:
            continue
        try:
            packages = read_lock(path, tree.contents[path])
        except StoreError:
            continue
        found[path] = tuple(site_of(package) for package in packages if not package.is_own)
    return found
