"""What a command can name: changes, unanalysed things, edits of the policy and findings, by name or by place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.fingerprint import of_unanalysed
from bot.commands.model import Room
from bot.commands.wording import command, list_of, refuse
from bot.gate.findings import fingerprints_of_blocking
from bot.gate.implicit import implicit_rules
from bot.model import RuleResult
from bot.render.escape import code
from bot.render.outline import waiting

ALL = "all"
_SHORTEST = 6
_NAME = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can be let pass, and where it is; ``line`` is 1-based, 0 for a whole file."""

    fingerprint: str
    path: str
    line: int = 0


def things(room: Room) -> Iterator[Thing]:
    """Everything that has a fingerprint; a removed site has its line before."""
    for change in room.analysis.changes:
        yield Thing(change.fingerprint, change.path, change.site.line)
    for doubt in room.analysis.unanalysed:
        yield Thing(of_unanalysed(doubt), doubt.path, doubt.line)
    for edit in room.edits:
        yield Thing(edit.fingerprint, edit.path)
    for finding, fingerprint in fingerprints_of_blocking(room.policy, room.analysis):
        yield Thing(fingerprint, finding.path, finding.line)


def named(room: Room, name: str) -> tuple[str, ...]:
    """The fingerprints that a name stands for: the beginning of one, ``path:line``, or the path of a whole file.

    Raises:
        RefusedError: nothing has that name, or more than one thing has.
    """
    known = tuple(things(room))
    path, _, line = name.rpartition(":")
    at = {each.fingerprint for each in known if each.path == path and line == str(each.line)}
    whole = {each.fingerprint for each in known if each.path == name and not each.line}
    if at or whole:
        return tuple(sorted(at or whole))
    beginning = name.lower()
    if not _NAME.fullmatch(beginning):
        raise refuse("no-such-thing", name=code(name), command=command(room, "explain"))
    if len(beginning) < _SHORTEST:
        raise refuse("name-too-short", name=code(name), count=_SHORTEST)
    found = sorted({each.fingerprint for each in known if each.fingerprint.startswith(beginning)})
    if not found:
        raise refuse("no-such-thing", name=code(name), command=command(room, "explain"))
    if len(found) > 1:
        raise refuse("ambiguous", name=code(name), things=list_of(room, found))
    return tuple(found)


def asked_about(room: Room) -> frozenset[str]:
    """Everything that a rule asks about or that holds."""
    of_rules = (name for rule in room.decision.rules for name in rule.fingerprints)
    return frozenset((*of_rules, *_held(room)))


def uncovered(room: Room) -> tuple[str, ...]:
    """Everything that waits for somebody or holds, in the order of the decision."""
    of_rules = (name for rule in room.decision.rules for name in waiting(rule))
    return tuple(dict.fromkeys((*of_rules, *_held(room))))


def entitled_to(room: Room, person: str) -> frozenset[str]:
    """What a person may let pass: what rules ask their pools about, and what holds and no rule asks about."""
    everything = [name for rule in room.decision.rules for name in rule.fingerprints]
    mine = [
        name for rule in room.decision.rules if person in _people(room, rule) for name in rule.fingerprints
    ]
    pools = implicit_rules(room.policy)[0].require.pools
    if any(person in room.people.get(pool, ()) for pool in pools):
        mine += [name for name in _held(room) if name not in everything]
    return frozenset(mine)


def _held(room: Room) -> tuple[str, ...]:
    return tuple(hold.fingerprint for hold in room.decision.holds if hold.fingerprint)


def _people(room: Room, rule: RuleResult) -> frozenset[str]:
    return frozenset().union(*(room.people.get(pool, frozenset()) for pool in rule.pools or room.people))
