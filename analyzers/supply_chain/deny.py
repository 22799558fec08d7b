"""What cargo-deny's configuration forbids (its book, "The `[bans]` section" and "The `[sources]` section").

Only what a lock file can answer is read: names, versions and sources. cargo-deny knows targets and features as well,
so it is the authority, and this says what it is going to say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analyzers.manifest.requirement import meets
from analyzers.manifest.semver import parse_version
from analyzers.model import Note
from analyzers.supply_chain.lock import Locked
from analyzers.supply_chain.toml import named, read_table, text, words

_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
CRATES_IO = "https://github.com/rust-lang/crates.io-index"
_URL = re.compile(r"[a-z0-9+.-]+://(?:[^/@]*@)?([^/]*)(/[^?#]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spec:
    """The packages that an entry means: a name, and a requirement of versions (empty for all of them)."""

    name: str
    requirement: str = ""

    def matches(self, name: str, version: str) -> bool:
        """Whether a package is meant; a requirement that cannot be read means all versions."""
        if name != self.name:
            return False
        parsed = parse_version(version)
        return not self.requirement or parsed is None or meets(parsed, self.requirement) is not False

    def __str__(self) -> str:
        if self.requirement.startswith("="):
            return f"{self.name}@{self.requirement.removeprefix('=').strip()}"
        return f"{self.name}:{self.requirement}" if self.requirement else self.name


@dataclass(frozen=True, slots=True)
class Ban:
    """A package that must not be there, unless only ``wrappers`` depend on it."""

    spec: Spec
    wrappers: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deny:
    """What a configuration forbids.

    ``allowed`` are the only packages that may be there, if there are any. ``registries`` and ``git`` are the allowed
    sources; None where others are only warned about. ``private`` are beginnings of addresses that are allowed too.
    """

    path: str
    bans: tuple[Ban, ...] = ()
    allowed: tuple[Spec, ...] = ()
    excluded: tuple[Spec, ...] = ()
    registries: tuple[str, ...] | None = None
    git: tuple[str, ...] | None = None
    private: tuple[str, ...] = ()


def read_deny(path: str, data: bytes) -> Deny:
    """What a configuration forbids.

    Raises:
        StoreError: it cannot be read.
    """
    table = read_table(path, data)
    bans, sources, graph = (_table(table, key) for key in ("bans", "sources", "graph"))
    denied = (entry for entry in _entries(bans.get("deny")) if not _only_doubled(entry))
    registries = words(sources["allow-registry"]) if "allow-registry" in sources else (CRATES_IO,)
    orgs = (
        f"https://{_HOSTS[host]}/{org}/"
        for host, names in named(sources.get("allow-org"))
        if host in _HOSTS
        for org in words(names)
    )
    return Deny(
        path,
        tuple(
            Ban(spec_of(entry), words(_of(entry, "wrappers")), text(_of(entry, "reason"))) for entry in denied
        ),
        tuple(spec_of(entry) for entry in _entries(bans.get("allow"))),
        tuple(spec_of(entry) for entry in _entries(graph.get("exclude", table.get("exclude")))),
        registries if sources.get("unknown-registry") == "deny" else None,
        words(sources.get("allow-git")) if sources.get("unknown-git") == "deny" else None,
        (*words(sources.get("private")), *orgs),
    )


def spec_of(entry: object) -> Spec:
    """The packages that an entry means, written as ``name``, ``name:requirement``, ``name@version`` or as a table."""
    if isinstance(entry, Mapping) and "crate" not in entry:
        return Spec(text(entry.get("name")), _any_as_none(text(entry.get("version"))))
    written = text(_of(entry, "crate")) if isinstance(entry, Mapping) else text(entry)
    name, exact, version = written.partition("@")
    if exact:
        return Spec(name, f"={version}")
    name, _, requirement = written.partition(":")
    return Spec(name, _any_as_none(requirement))


def denials(deny: Deny, package: Locked, dependents: Mapping[str, frozenset[str]]) -> Iterator[Note]:
    """Why cargo-deny is not going to accept a package; ``dependents`` are those of ``dependents_of``."""
    name, version = package.name, package.version
    if any(spec.matches(name, version) for spec in deny.excluded):
        return
    users = dependents.get(name, frozenset()) | dependents.get(f"{name} {version}", frozenset())
    for ban in deny.bans:
        wrapped = bool(ban.wrappers) and users <= set(ban.wrappers)
        if ban.spec.matches(name, version) and not wrapped:
            values = (("entry", str(ban.spec)), ("file", deny.path))
            if ban.reason:
                yield Note("deny-banned-because", (*values, ("reason", ban.reason[:200])))
            else:
                yield Note("deny-banned", values)
    if deny.allowed and not any(spec.matches(name, version) for spec in deny.allowed):
        yield Note("deny-not-allowed", (("file", deny.path),))
    if not _is_allowed_source(deny, package):
        yield Note("deny-source", (("origin", package.origin), ("file", deny.path)))


def dependents_of(packages: Iterable[Locked]) -> dict[str, frozenset[str]]:
    """The names of those that depend on a package, by what a lock file writes: its name, and the version if it must."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for package in packages:
        for dependency in package.dependencies:
            found[" ".join(dependency.split(" ")[:2])].add(package.name)
    return {name: frozenset(users) for name, users in found.items()}


def _is_allowed_source(deny: Deny, package: Locked) -> bool:
    is_git = package.source.startswith("git+")
    allowed = deny.git if is_git else deny.registries
    if allowed is None or package.is_own:
        return True
    if package.from_crates_io and not is_git:
        return any(
            url.endswith(("github.com/rust-lang/crates.io-index", "index.crates.io/")) for url in allowed
        )
    here = _address(package.origin)
    return here in {_address(url) for url in allowed} or any(_is_below(here, url) for url in deny.private)


def _is_below(here: tuple[str, str], url: str) -> bool:
    host, path = _address(url)
    # As cargo-deny compares paths; an organisation's address ends with a slash, so that no longer name passes for it.
    beginning = f"{path}/" if url.endswith("/") else path
    return here[0] == host and here[1].lower().startswith(beginning.lower())


def _address(url: str) -> tuple[str, str]:
    """Host and path; what Cargo takes for the same repository is the same."""
    found = _URL.match(url)
    if found is None:
        return "", url
    return found[1].lower(), (found[2] or "").rstrip("/").removesuffix(".git")


def _entries(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _only_doubled(entry: object) -> bool:
    """Whether an entry forbids not the package but two versions of it."""
    return _of(entry, "deny-multiple-versions") is True


def _of(entry: object, key: str) -> object:
    return entry.get(key) if isinstance(entry, Mapping) else None


def _any_as_none(requirement: str) -> str:
    return "" if requirement.strip() == "*" else requirement.strip()


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, Mapping) else {}
