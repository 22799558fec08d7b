"""Security advisories in the form of the RustSec database (its README, "Advisory Format")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analyzers.manifest.requirement import meets
from analyzers.manifest.semver import Version, parse_version
from analyzers.supply_chain.toml import StoreError, read_table, text, words

_FRONT = re.compile(rb"\A```toml\r?\n(.*?)^```\r?$", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(rb"^# (.+?)\r?$", re.MULTILINE)
_FILE = re.compile(r"crates/([A-Za-z0-9_-]+)/RUSTSEC-[0-9]{4}-[0-9]{4}\.md")


@dataclass(frozen=True, slots=True)
class Advisory:
    """One advisory: ``informational`` is ``unsound``, ``unmaintained``, ``notice``, or empty for a vulnerability."""

    id: str
    package: str
    title: str
    patched: tuple[str, ...]
    unaffected: tuple[str, ...]
    informational: str = ""

    def affects(self, version: Version) -> bool:
        """Whether a version is neither patched nor unaffected; requirements that cannot be read exempt nothing."""
        ranges = (*self.patched, *self.unaffected)
        return not any(meets(version, each, any_pre_release=True) for each in ranges)


def advisory_package(path: str) -> str:
    """The package that the file at a path of the database is about; empty if it is no advisory on a crate."""
    found = _FILE.fullmatch(path)
    return found[1] if found else ""


def read_advisory(path: str, data: bytes) -> Advisory | None:
    """The advisory in a file; None if it was withdrawn.

    Raises:
        StoreError: it cannot be read.
    """
    front = _FRONT.search(data)
    if front is None:
        raise StoreError(path, "no TOML at its top")
    table = read_table(path, front[1])
    about, versions = (_table(table, key) for key in ("advisory", "versions"))
    id, package = text(about.get("id")), text(about.get("package"))
    if not id or not package:
        raise StoreError(path, "no id or package")
    if "withdrawn" in about:
        return None
    title = _TITLE.search(data, front.end())
    return Advisory(
        id,
        package,
        title[1].decode("utf-8", "replace").strip() if title else "",
        words(versions.get("patched")),
        words(versions.get("unaffected")),
        text(about.get("informational")),
    )


def affecting(advisories: Iterator[Advisory], package: str, version: str) -> Iterator[Advisory]:
    """Those of the advisories that affect a version; one that is no version is affected by all."""
    parsed = parse_version(version)
    for advisory in advisories:
        if advisory.package == package and (parsed is None or advisory.affects(parsed)):
            yield advisory


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, Mapping) else {}
