"""What an edit of the policy means: its parts added, removed and changed, and whether that asks for more or less.

Everything is told in the words of the file (keys, names, ids), so that those who show it choose the sentences. The
policies are those in force, layers included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from analyzers.model import Severity
from bot.model import Mode
from bot.policy import aspects
from bot.policy.aspects import Aspect, Words, word
from bot.policy.built_in import BUILT_IN
from bot.policy.direction import Direction, by_severity, together
from bot.policy.model import Policy, PolicyError, PolicyProblem, Pool, Rule

T = TypeVar("T")


class Part(StrEnum):
    """The parts of a policy."""

    MODE = "mode"
    POOL = "pool"
    RULE = "rule"
    FINDING = "finding"
    SOUNDNESS = "soundness"
    BUILD = "build"
    MENTORING = "mentoring"
    GITHUB = "github"
    LOCKED = "locked"


class What(StrEnum):
    """What became of a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Fact:
    """One key of a part that says something else; no words where nothing is, or was, said."""

    key: str
    before: Words
    after: Words
    direction: Direction


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One part that is not as it was. ``name`` is the pool's, the rule's or the finding's, and empty for others.

    A renamed rule has its old name. A rule or pool that is new or gone has no facts.
    """

    part: Part
    name: str
    what: What
    direction: Direction
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """All changes, in the order of ``Part``, by name where the part has some.

    ``errors`` keep the new policy from being one: it would hold everything. ``notes`` are the new policy's.
    ``was_unreadable`` when the old one had errors; in both cases there is nothing to compare.
    """

    changes: tuple[PolicyChange, ...] = ()
    errors: tuple[PolicyProblem, ...] = ()
    notes: tuple[PolicyProblem, ...] = ()
    was_unreadable: bool = False

    @property
    def direction(self) -> Direction:
        """Whether more or less is held after the edit, as far as that can be told without looking at code."""
        if self.errors or self.was_unreadable:
            # What cannot be read holds everything.
            return _from_to(self.was_unreadable, bool(self.errors))
        modes = [fact for change in self.changes for fact in change.facts if change.part is Part.MODE]
        for fact in modes:
            held, holds = (Mode.ENFORCE in words for words in (fact.before, fact.after))
            if fact.key == "mode" and held != holds:
                # Nothing else matters: unless the mode enforces, nothing is held.
                return _from_to(held, holds)
        return together(change.direction for change in self.changes)


def compare_policies(
    before: Policy | PolicyError | None, after: Policy | PolicyError | None
) -> PolicyDifference:
    """The difference between two policies; None is a repository without one, which the built-in policy judges."""
    if isinstance(after, PolicyError):
        return PolicyDifference(errors=after.errors, was_unreadable=isinstance(before, PolicyError))
    new = BUILT_IN if after is None else after
    if isinstance(before, PolicyError):
        return PolicyDifference(notes=new.notes, was_unreadable=True)
    old = BUILT_IN if before is None else before
    changes = (
        *_changed(Part.MODE, "", (old, new), aspects.MODE),
        *_pools(_by_name(old.pools), _by_name(new.pools)),
        *_rules({rule.name: rule for rule in old.rules}, {rule.name: rule for rule in new.rules}),
        *_findings(dict(old.findings), dict(new.findings)),
        *_changed(Part.SOUNDNESS, "", (old.soundness, new.soundness), aspects.SOUNDNESS),
        *_changed(Part.BUILD, "", (old.build, new.build), aspects.BUILD),
        *_changed(Part.MENTORING, "", (old.mentoring, new.mentoring), aspects.MENTORING),
        *_changed(Part.GITHUB, "", (old.github, new.github), aspects.GITHUB),
        *_changed(Part.LOCKED, "", (old, new), aspects.LOCKED),
    )
    return PolicyDifference(changes, notes=new.notes)


def _from_to(held: bool, holds: bool) -> Direction:
    if held == holds:
        return Direction.NEITHER
    return Direction.STRICTER if holds else Direction.LOOSER


def _by_name(pools: Iterable[Pool]) -> dict[str, Pool]:
    return {pool.name: pool for pool in pools}


def _changed(part: Part, name: str, sides: tuple[T, T], keys: Iterable[Aspect[T]]) -> Iterator[PolicyChange]:
    facts = []
    for key in keys:
        before, after = (tuple(key.words(side)) for side in sides)
        if before != after:
            facts.append(Fact(key.key, before, after, key.direction(*sides)))
    if facts:
        yield PolicyChange(part, name, What.CHANGED, together(fact.direction for fact in facts), tuple(facts))


def _pools(before: Mapping[str, Pool], after: Mapping[str, Pool]) -> Iterator[PolicyChange]:
    for name in sorted(before.keys() | after.keys()):
        if name in before and name in after:
            yield from _changed(Part.POOL, name, (before[name], after[name]), aspects.POOL)
        else:
            # What it is for, the rules say that name it.
            what = What.ADDED if name in after else What.REMOVED
            yield PolicyChange(Part.POOL, name, what, Direction.NEITHER)


def _rules(before: Mapping[str, Rule], after: Mapping[str, Rule]) -> Iterator[PolicyChange]:
    renamed = _renamed(before, after)
    for name in sorted(before.keys() | after.keys() - set(renamed.values())):
        was, now = before.get(name), after.get(renamed.get(name, name))
        if was is not None and now is not None:
            yield from _changed(Part.RULE, name, (was, now), aspects.RULE)
        elif now is None:
            yield PolicyChange(Part.RULE, name, What.REMOVED, Direction.LOOSER)
        else:
            yield PolicyChange(Part.RULE, name, What.ADDED, Direction.STRICTER)


def _renamed(before: Mapping[str, Rule], after: Mapping[str, Rule]) -> dict[str, str]:
    """New names, by the old ones, of rules that are the same but for their names."""
    fresh = {replace(rule, name=""): name for name, rule in after.items() if name not in before}
    found = {}
    for name, rule in before.items():
        nameless = replace(rule, name="")
        if name not in after and nameless in fresh:
            found[name] = fresh.pop(nameless)
    return found


def _findings(before: Mapping[str, Severity], after: Mapping[str, Severity]) -> Iterator[PolicyChange]:
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was != now:
            what = What.ADDED if was is None else What.REMOVED if now is None else What.CHANGED
            fact = Fact("severity", word(was), word(now), by_severity(was, now))
            yield PolicyChange(Part.FINDING, name, what, fact.direction, (fact,))
