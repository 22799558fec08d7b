"""The entry of an audit: every scanned file of a tree in, sites per crate out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import dirname, join, normpath
from types import MappingProxyType

from analyzers import contracts
from analyzers.fingerprint import digest_of
from analyzers.manifest.package import package_name
from analyzers.model import Crate, Finding, Inventory, Place, Scan, Site, Unanalysed, UnanalysedReason
from analyzers.paths import folders_above, is_rust, is_test_target
from analyzers.survey import Sites

# Bidirectional controls matter where somebody changes a file; test corpora are full of them.
_REVIEW_ONLY = frozenset((UnanalysedReason.BIDI_CONTROL,))
# Files whose modules live in their own folder rather than in one named after them.
_ROOTS = frozenset(("lib.rs", "main.rs", "mod.rs", "build.rs"))


@dataclass(slots=True)
class _Tally:
    files: int = 0
    lines: int = 0
    missing: int = 0
    outside: int = 0
    kinds: Counter[str] | None = None


def take_inventory(
    scans: Iterable[tuple[str, Scan]],
    manifests: Mapping[str, bytes],
    unanalysed: Sequence[Unanalysed] = (),
    surveyed: Sites = MappingProxyType({}),
) -> Inventory:
    """Sum up the scans of a tree.

    ``scans`` pairs paths with scans; ``manifests`` maps paths of ``Cargo.toml`` files to their bytes; ``surveyed``
    are the sites of surveys by path. A site in a file that only a ``#[cfg(test)] mod`` declares counts as test code.
    """
    files = sorted(scans)
    test_paths = test_only_paths(files)
    packages = _packages(manifests)
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    places: list[tuple[Place, str]] = []
    doubts = list(unanalysed)
    for path, scan in files:
        tally = tallies[_owner(path, packages)]
        tally.files += 1
        tally.lines += scan.lines
        doubts += (replace(doubt, path=path) for doubt in scan.unanalysed if doubt.reason not in _REVIEW_ONLY)
        if not scan.sites:
            continue
        tally.kinds = tally.kinds or Counter()
        tally.kinds.update(site.kind for site in scan.sites)
        found = list(_places(path, scan.sites, in_test=is_test_target(path) or path in test_paths))
        tally.missing += sum(1 for _ in contracts.missing(place for place, _ in found))
        places += found
    for path, sites in sorted(surveyed.items()):
        tally = tallies[_owner(path, packages)]
        tally.kinds = tally.kinds or Counter()
        tally.kinds.update(site.kind for site in sites)
        tally.outside += 0 if is_rust(path) else len(sites)
        places += _places(path, sites, in_test=is_test_target(path) or path in test_paths)
    places.sort(key=lambda pair: (pair[0].path, pair[0].site.line, pair[0].site.kind, pair[0].site.column))
    counted = Inventory(tuple(places), crates=tuple(_crates(tallies)))
    return with_findings(counted, contracts.missing(place for place, _ in places), doubts)


def with_findings(
    inventory: Inventory, findings: Iterable[Finding], unanalysed: Iterable[Unanalysed]
) -> Inventory:
    """The inventory with more findings, and with more that could not be judged."""
    return replace(
        inventory,
        findings=tuple(sorted((*inventory.findings, *findings), key=_finding_order)),
        unanalysed=tuple(sorted((*inventory.unanalysed, *unanalysed), key=_doubt_order)),
    )


def _finding_order(finding: Finding) -> tuple[str, int, str, int, str]:
    return finding.path, finding.line, finding.id, finding.column, finding.item


def _doubt_order(doubt: Unanalysed) -> tuple[str, int, str, str]:
    return doubt.path, doubt.line, doubt.reason, doubt.detail


def _places(path: str, sites: Iterable[Site], *, in_test: bool) -> Iterator[tuple[Place, str]]:
    """The sites of one file with their fingerprints; equal sites in one item are numbered."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for site in sites:
        identity = (site.kind, site.item, site.tokens)
        seen[identity] += 1
        fingerprint = digest_of(path, *identity, str(seen[identity]))
        yield Place(path, replace(site, in_test=True) if in_test else site), fingerprint


def _crates(tallies: Mapping[tuple[str, str], _Tally]) -> Iterator[Crate]:
    for (path, name), tally in sorted(tallies.items()):
        kinds = tuple(sorted((tally.kinds or Counter()).items()))
        sites = sum(count for _, count in kinds)
        yield Crate(name, path, tally.files, tally.lines, sites, tally.missing, kinds, tally.outside)


def _packages(manifests: Mapping[str, bytes]) -> dict[str, str]:
    """Folder of each manifest that declares a package, with the package's name."""
    named = ((dirname(path) or ".", package_name(data)) for path, data in manifests.items())
    return {folder: name for folder, name in named if name}


def _owner(path: str, packages: Mapping[str, str]) -> tuple[str, str]:
    """Folder and name of the package whose manifest is nearest above a file; ``(".", "")`` when there is none."""
    for folder in folders_above(path):
        if (folder or ".") in packages:
            return folder or ".", packages[folder or "."]
    return ".", ""


def test_only_paths(files: Iterable[tuple[str, Scan]]) -> frozenset[str]:
    """The files that exist only through a ``#[cfg(test)] mod name;`` declaration, their children included."""
    known = list(files)
    paths = {path for path, _ in known}
    roots: list[str] = []
    for path, scan in known:
        for module in scan.test_modules:
            roots += (child for child in module_candidates(path, module) if child in paths)
    if not roots:
        return frozenset()
    folders = tuple(_module_folder(root) + "/" for root in roots)
    return frozenset(roots) | {path for path in paths if path.startswith(folders)}


def module_candidates(path: str, module: str) -> tuple[str, str]:
    """Where ``mod module;`` in the file at ``path`` may live (Reference, "Module source filenames")."""
    folder = _module_folder(path)
    return normpath(join(folder, f"{module}.rs")), normpath(join(folder, module, "mod.rs"))


def declaring_candidates(path: str) -> tuple[str, ...]:
    """The files that may hold the ``mod`` declaration of the file at ``path``, its parents' included, nearest first."""
    candidates: list[str] = []
    folder, _, name = path.rpartition("/")
    if name == "mod.rs":
        folder = folder.rpartition("/")[0]
    while True:
        candidates += (join(folder, root) for root in ("mod.rs", "lib.rs", "main.rs"))
        if not folder:
            break
        candidates.append(f"{folder}.rs")
        folder = folder.rpartition("/")[0]
    return tuple(candidate for candidate in candidates if candidate != path)


def _module_folder(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return folder or "." if name in _ROOTS else path.removesuffix(".rs")
