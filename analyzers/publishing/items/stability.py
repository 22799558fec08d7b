"""What a new version means for those who use the old one. Syntax only: cargo-semver-checks compares types."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzers.manifest.semver import parse_version
from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Place, Result, Severity, Value, asked, failed, listed, passed
from analyzers.rust.public_items import PublicItem

_ROOT = re.compile(r"(?<![\w:])(\w+) ?:: ?\w")


def _removed(crate: Crate) -> Result | None:
    base = crate.tree.base
    if base is None or not crate.library:
        return None
    before, after = _by_label(Crate(base)), _by_label(crate)
    gone = [(path, item) for label, (path, item) in before.items() if label not in after]
    stricter = [
        after[label]
        for label, (_, item) in before.items()
        if label in after and _is_stricter(item, after[label][1])
    ]
    features = [name for name in base.manifest.features if name not in crate.manifest.features]
    if not (gone or stricter or features):
        return passed("compatible", count=len(before))
    now, then = parse_version(crate.manifest.version), parse_version(base.manifest.version)
    names = [item.label for _, item in gone] + [item.label for _, item in stricter] + features
    values: dict[str, Value] = {"names": listed(names), "count": len(names), "before": base.manifest.version}
    if now is not None and then is not None and now.compatibility != then.compatibility:
        return passed("breaking-bump", also=values, version=crate.manifest.version)
    places = tuple(Place(crate.tree.at(path), item.line, item.label) for path, item in stricter)
    problem = "removed" if gone else "unsafe" if stricter else "features"
    return failed(problem, *(places or (crate.here("version"),)), also=values, version=crate.manifest.version)


def _by_label(crate: Crate) -> Mapping[str, tuple[str, PublicItem]]:
    return {f"{item.kind} {item.label}": (path, item) for path, item in crate.api}


def _is_stricter(before: PublicItem, after: PublicItem) -> bool:
    return after.is_unsafe and not before.is_unsafe


def _public_dependencies(crate: Crate) -> Result | None:
    version = parse_version(crate.manifest.version)
    if version is None or version.major < 1 or not crate.api:
        return None
    unstable = {
        dependency.key.replace("-", "_"): dependency
        for dependency in crate.manifest.dependencies
        if dependency.kind == "normal" and _is_unstable(dependency.version)
    }
    found = []
    for path, item in crate.api:
        words = set(_ROOT.findall(item.signature))
        found += [
            (key, Place(crate.tree.at(path), item.line, item.label))
            for key in sorted(words & unstable.keys())
        ]
    for path in crate.library_files:
        for leaf in crate.facts(path).reexports:
            if leaf.path and leaf.path[0] in unstable:
                found.append((leaf.path[0], Place(crate.tree.at(path), leaf.line, "pub use")))
    if not found:
        return passed()
    names = sorted({key for key, _ in found})
    return asked("unstable", *(place for _, place in found), names=listed(names))


def _is_unstable(requirement: str | None) -> bool:
    return requirement is not None and requirement.strip(" ^=~").startswith("0.")


_GUIDE = "https://rust-lang.github.io/api-guidelines"
ITEMS = (
    Item("removed-items", Severity.WARN, "https://doc.rust-lang.org/cargo/reference/semver.html", _removed),
    Item("stable-dependencies", Severity.ADVISE, f"{_GUIDE}/necessities.html#c-stable", _public_dependencies),
)
