"""The store of cargo-vet: who has audited which version, and at which criteria.

The rules are those of the cargo-vet book ("Audit Entries", "Wildcard Audits", "Trusted Entries", "Importing Audits")
and of ``AuditGraph::build`` in its resolver: an audit of a version is an edge from nothing, a delta audit one from the
older version, and a version is audited at a criterion if edges that imply it lead there.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from analyzers.manifest.requirement import meets, version_of
from analyzers.supply_chain.toml import named, read_table, tables, text, words

IMPORTS = "imports.lock"
FILES = ("audits.toml", "config.toml", IMPORTS)
FOLDER = "supply-chain"
"""Where cargo-vet keeps its store unless a manifest says otherwise."""

BUILT_IN: Mapping[str, tuple[str, ...]] = {"safe-to-run": (), "safe-to-deploy": ("safe-to-run",)}
"""Criteria that every store has, with what they imply."""

How = Literal["audit", "wildcard", "trusted", "unpublished", "exemption"]
# Who looked comes before who promised to, and that before nobody.
_ORDER: Mapping[How, int] = {"audit": 0, "wildcard": 1, "trusted": 2, "unpublished": 3, "exemption": 4}

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Vouch:
    """One edge: somebody vouches for ``version``, or for what changed since ``since`` (empty: for all of it).

    ``source`` names the import it comes from; empty for the repository's own store. ``criteria`` holds what is
    implied too.
    """

    version: str
    since: str
    criteria: frozenset[str]
    how: How
    who: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """Somebody says that versions which meet a requirement do not satisfy the criteria."""

    requirement: str
    criteria: tuple[str, ...]
    who: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one version: for each criterion the edges that lead to it, from nothing to the version.

    Criteria that others of the list imply are left out. ``violations`` are those that the version meets.
    """

    paths: tuple[tuple[str, tuple[Vouch, ...]], ...] = ()
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """What a store says of every package; ``implied`` maps a criterion to all that it implies, itself included."""

    vouches: Mapping[str, tuple[Vouch, ...]]
    violations: Mapping[str, tuple[Violation, ...]]
    implied: Mapping[str, frozenset[str]]

    def standing(self, package: str, version: str) -> Standing:
        """What the store says of a version (``1.2.3``, or ``1.2.3@git:COMMIT``)."""
        edges = self.vouches.get(package, ())
        reached = ((criterion, _path(edges, criterion, version)) for criterion in self.implied)
        paths = {criterion: path for criterion, path in reached if path}
        weaker = {
            other
            for criterion in paths
            for other in self.implied[criterion] - {criterion}
            if criterion not in self.implied.get(other, ())
        }
        parsed = version_of(version)
        met = [
            violation
            for violation in self.violations.get(package, ())
            # A requirement that cannot be read is taken to be met: nothing bad is passed over.
            if parsed is None or meets(parsed, violation.requirement) is not False
        ]
        return Standing(
            tuple((criterion, paths[criterion]) for criterion in sorted(paths.keys() - weaker)), tuple(met)
        )


def read_store(folder: str, files: Mapping[str, bytes]) -> Store:
    """The store in a folder, from its files by name; files that are not there count as empty.

    Raises:
        StoreError: a file cannot be read.
    """
    audits, config, imports = (
        read_table(posixpath.join(folder, name), files.get(name, b"")) for name in FILES
    )
    imported = {name: table for name, table in named(imports.get("audits")) if isinstance(table, Mapping)}
    implied = _implied(audits)
    publishers = imports.get("publisher")
    vouches: defaultdict[str, list[Vouch]] = defaultdict(list)
    violations: defaultdict[str, list[Violation]] = defaultdict(list)
    for source, table in (("", audits), *sorted(imported.items())):
        for package, entry in _entries(table.get("audits")):
            if "violation" in entry:
                criteria = words(entry.get("criteria"))
                violation = Violation(text(entry["violation"]), criteria, words(entry.get("who")), source)
                violations[package].append(violation)
            else:
                vouches[package] += _audits(entry, source, implied)
        for package, entry in _entries(table.get("wildcard-audits")):
            vouches[package] += _of_publisher(entry, package, publishers, "wildcard", source, implied)
    for package, entry in _entries(audits.get("trusted")):
        vouches[package] += _of_publisher(entry, package, publishers, "trusted", "", implied)
    for package, entry in _entries(imports.get("unpublished")):
        version, since = _version(entry.get("version")), _version(entry.get("audited_as"))
        vouches[package].append(Vouch(version, since, frozenset(implied), "unpublished"))
    for package, entry in _entries(config.get("exemptions")):
        met = _closure(words(entry.get("criteria")), implied)
        vouches[package].append(Vouch(_version(entry.get("version")), "", met, "exemption"))
    return Store(
        {package: tuple(edges) for package, edges in vouches.items()},
        {package: tuple(each) for package, each in violations.items()},
        implied,
    )


def _entries(value: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for package, entries in named(value):
        yield from ((package, entry) for entry in tables(entries))


def _implied(audits: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    direct = dict(BUILT_IN)
    for name, entry in named(audits.get("criteria")):
        direct[name] = words(entry.get("implies")) if isinstance(entry, Mapping) else ()
    return {name: _reachable(name, direct) for name in sorted(direct)}


def _reachable(name: str, direct: Mapping[str, Sequence[str]]) -> frozenset[str]:
    found, waiting = {name}, [name]
    while waiting:
        for other in direct.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found)


def _closure(criteria: Iterable[str], implied: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What the criteria imply; names that the store does not know imply nothing, themselves not either."""
    return frozenset(chain.from_iterable(implied.get(name, ()) for name in criteria))


def _version(value: object) -> str:
    """A version as cargo-vet writes it, without the blanks that it allows around the commit."""
    return "@".join(part.strip() for part in text(value).split("@"))


def _audits(entry: Mapping[str, Any], source: str, implied: Mapping[str, frozenset[str]]) -> Iterator[Vouch]:
    criteria, who = _closure(words(entry.get("criteria")), implied), words(entry.get("who"))
    if "version" in entry:
        yield Vouch(_version(entry["version"]), "", criteria, "audit", who, source)
    since, arrow, version = text(entry.get("delta")).partition("->")
    if arrow:
        yield Vouch(_version(version), _version(since), criteria, "audit", who, source)


def _of_publisher(
    entry: Mapping[str, Any],
    package: str,
    publishers: object,
    how: How,
    source: str,
    implied: Mapping[str, frozenset[str]],
) -> Iterator[Vouch]:
    """An edge for each known version that the entry's account published between its days."""
    start, end = _day(entry.get("start")), _day(entry.get("end"))
    known = publishers.get(package) if isinstance(publishers, Mapping) else None
    for published in tables(known):
        when = _day(published.get("when"))
        if not (start and end and when and start <= when < end):
            continue
        if _account(published) != _account(entry) or _account(entry) is None:
            continue
        who = words(entry.get("who")) or words(published.get("user-name"))
        criteria = _closure(words(entry.get("criteria")), implied)
        yield Vouch(_version(published.get("version")), "", criteria, how, who, source)


def _account(entry: Mapping[str, Any]) -> object:
    """The account on crates.io, or the trusted publisher; None where neither is named."""
    return entry.get("user-id", entry.get("trusted-publisher"))


def _day(value: object) -> str:
    """A date as it sorts, ``2026-11-21``; empty for anything else. TOML has dates, cargo-vet writes strings."""
    day = str(value)
    return day if _DAY.fullmatch(day) else ""


def _path(edges: Sequence[Vouch], criterion: str, version: str) -> tuple[Vouch, ...]:
    """The edges from nothing to a version that all hold for the criterion: the best trusted, then the fewest."""
    onward: defaultdict[str, list[Vouch]] = defaultdict(list)
    for edge in edges:
        if criterion in edge.criteria:
            onward[edge.since].append(edge)
    for worst in sorted(set(_ORDER.values())):
        best: dict[str, tuple[Vouch, ...]] = {"": ()}
        waiting = deque([""])
        while waiting:
            at = waiting.popleft()
            for edge in onward[at]:
                if _ORDER[edge.how] <= worst and edge.version not in best:
                    best[edge.version] = (*best[at], edge)
                    waiting.append(edge.version)
        if version in best and version:
            return best[version]
    return ()
