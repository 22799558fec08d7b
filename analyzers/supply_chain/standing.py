"""Who vouches for a package, in words: from the audit store of the base, and from what the pull request adds to it."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.model import Note
from analyzers.supply_chain.lock import Locked
from analyzers.supply_chain.stores import Stores
from analyzers.supply_chain.vet import Standing, Vouch

_MOST = 3
"""How many people of one chain of audits are named."""
_MOST_CRITERIA = 5


def version_in_store(package: Locked) -> str:
    """How cargo-vet names the version: with the commit where it comes from git."""
    return f"{package.version}@git:{package.revision}" if package.revision else package.version


def standing_notes(package: Locked, stores: Stores) -> Iterator[Note]:
    """At which criteria a package is audited, by whom, and whether as a whole or step by step.

    Only what stood in the store before counts as an audit: whoever opens a pull request can write the rest, so that
    is told apart.
    """
    version = version_in_store(package)
    known, recorded, new = (
        store.standing(package.name, version) for store in (stores.before, stores.recorded, stores.after)
    )
    for criterion, path in known.paths[:_MOST_CRITERIA]:
        yield _note(criterion, path)
    if not known.paths and not recorded.paths:
        yield Note("dependency-unaudited")
    for criterion, path in _added(known, recorded)[:_MOST_CRITERIA]:
        id = (
            "dependency-recorded-publisher"
            if path[-1].how in {"trusted", "wildcard"}
            else "dependency-recorded"
        )
        yield Note(id, (("criteria", criterion), ("who", _people(path))))
    for criterion, path in _added(known, new, recorded)[:_MOST_CRITERIA]:
        yield Note("dependency-audit-added", (("criteria", criterion), ("who", _people(path))))


def _added(
    known: Standing, new: Standing, told: Standing | None = None
) -> list[tuple[str, tuple[Vouch, ...]]]:
    had = {criterion for standing in (known, told) if standing for criterion, _ in standing.paths}
    return [(criterion, path) for criterion, path in new.paths if criterion not in had]


def _note(criterion: str, path: tuple[Vouch, ...]) -> Note:
    hows = {edge.how for edge in path}
    values = (("criteria", criterion), ("who", _people(path)))
    if "exemption" in hows:
        return Note("dependency-exempted", (("criteria", criterion),))
    if hows <= {"trusted"}:
        return Note("dependency-trusted", values)
    if hows <= {"wildcard"}:
        return Note("dependency-wildcard", values)
    if len(path) == 1:
        return Note("dependency-audited", values)
    return Note("dependency-audited-by-delta", (*values, ("since", path[0].version)))


def _people(path: tuple[Vouch, ...]) -> str:
    """Who vouches, each once with the import that their word comes from."""
    told = dict.fromkeys(
        f"{_name(who)} ({edge.source})" if edge.source else _name(who) for edge in path for who in edge.who
    )
    names = list(told) or ["somebody without a name"]
    rest = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {rest} more" if rest > 0 else "")


def _name(who: str) -> str:
    """A person without the address."""
    return who.partition("<")[0].strip() or who
