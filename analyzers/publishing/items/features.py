"""The package's features: what crates.io accepts, and names that read well."""

from __future__ import annotations

import re

from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Place, Result, Severity, asked, failed, listed, passed

MAX_FEATURES = 300
"""Features, and what one of them enables (``features`` in crates.io's ``publish_limits.rs``)."""
_MORE_CHARACTERS = frozenset("+-.")
_STYLE = re.compile(r"(?:use|with|no|not|disable|without)[-_]")
# `no-std` and the like are taken as they are: the field settled on them before the guideline.
_KNOWN = frozenset(("no-std", "no_std", "no-alloc", "no_alloc", "no-entrypoint", "no-panic"))


def _names(crate: Crate) -> Result | None:
    features = crate.manifest.features
    if not features:
        return None
    for name, values in features.items():
        place = Place(crate.manifest.path, crate.manifest.document.line("features", name))
        if not _is_name(name):
            return failed("name", place, name=name)
        wrong = next((value for value in values if not _is_value(value)), None)
        if wrong is not None:
            return failed("value", place, name=name, value=wrong)
    return passed(count=len(features))


def _is_name(name: str) -> bool:
    """``validate_feature_name``; XID is Unicode's, which Python's identifiers follow too (UAX 31)."""
    if not name:
        return False
    first, rest = name[0], name[1:]
    if not (f"{first}".isidentifier() or first in "0123456789"):
        return False
    return all(char in _MORE_CHARACTERS or f"_{char}".isidentifier() for char in rest)


def _is_value(value: str) -> bool:
    """``validate_feature``."""
    dependency, slash, feature = value.partition("/")
    if slash:
        return _is_dependency(dependency.removesuffix("?")) and _is_name(feature)
    before, mark, dependency = value.partition("dep:")
    del before
    return _is_dependency(dependency) if mark else _is_name(value)


def _is_dependency(name: str) -> bool:
    return len(name) <= 64 and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name, re.ASCII) is not None


def _count(crate: Crate) -> Result | None:
    features = crate.manifest.features
    if not features:
        return None
    line = crate.manifest.document.line("features")
    if len(features) > MAX_FEATURES:
        return failed("too-many", Place(crate.manifest.path, line), count=len(features), limit=MAX_FEATURES)
    for name, values in features.items():
        if len(values) > MAX_FEATURES:
            place = Place(crate.manifest.path, crate.manifest.document.line("features", name))
            return failed("enables", place, name=name, count=len(values), limit=MAX_FEATURES)
    return passed(count=len(features), limit=MAX_FEATURES)


def _style(crate: Crate) -> Result | None:
    features = crate.manifest.features
    if not features:
        return None
    odd = [name for name in features if _STYLE.match(name) and name not in _KNOWN]
    if odd:
        places = (
            Place(crate.manifest.path, crate.manifest.document.line("features", name), name) for name in odd
        )
        return asked("style", *places, names=listed(odd), name=odd[0], better=_STYLE.sub("", odd[0], count=1))
    return passed(count=len(features))


_FEATURES = "https://doc.rust-lang.org/cargo/reference/features.html#the-features-section"
ITEMS = (
    Item("feature-names", Severity.REJECT, _FEATURES, _names),
    Item("feature-count", Severity.REJECT, _FEATURES, _count),
    Item(
        "feature-style",
        Severity.ADVISE,
        "https://rust-lang.github.io/api-guidelines/naming.html#c-feature",
        _style,
    ),
)
