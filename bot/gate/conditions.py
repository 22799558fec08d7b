"""The conditions of a rule: what each wants, what is there, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from analyzers.model import Change
from bot.gate.circumstances import Circumstances
from bot.policy.globs import matches
from bot.policy.model import Scope, Soundness, When
from bot.policy.names import group_of
from bot.policy.soundness import scope_of

S = TypeVar("S")


class Condition(StrEnum):
    """What has to hold for a rule to ask about a change: the keys of ``when``, ``tightened`` and ``soundness``."""

    KINDS = "kinds"
    CHANGES = "changes"
    IN_TESTS = "in_tests"
    PATHS = "paths"
    NOT_PATHS = "not_paths"
    TIGHTENED = "tightened"
    SOUNDNESS = "soundness"
    CRATES = "crates"
    BRANCHES = "branches"
    AUTHORS = "authors"
    NOT_AUTHORS = "not_authors"
    ASSOCIATIONS = "associations"


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a rule against a change: whether it holds, what is wanted, what was found.

    Nothing wanted means that the rule does not restrict it; nothing found, that it is not known.
    """

    condition: Condition
    holds: bool
    wanted: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is: the paths that say so, as `sides_of` lists them, and what is known of them."""

    sides: tuple[str, ...]
    around: Circumstances

    @property
    def crates(self) -> tuple[str, ...]:
        """The packages of the sides, each once; empty if one of them is not known."""
        named = [(self.around.crates or {}).get(side) for side in self.sides]
        return tuple(dict.fromkeys(name for name in named if name)) if all(named) else ()


def sides_of(change: Change) -> tuple[str, ...]:
    """The path, where the site was, and where the sites are that rely on an edit of safe code, each once.

    So no code can be moved out of a rule, and a rule about unsafe code asks about what exposes it from elsewhere.
    """
    before = () if change.before is None else (change.before.path,)
    return tuple(dict.fromkeys((change.path, *before, *change.relying)))


def concerns(when: When, around: Circumstances) -> bool:
    """Whether a rule is about this pull request at all: its branch and its people."""
    return all(test.holds(when, around) for test in _OF_PULL)


def reaches(when: When, spot: Spot) -> bool:
    """Whether a rule is about a path, whatever is there."""
    return all(test.holds(when, spot) for test in _OF_SPOT)


def wants(when: When, change: Change) -> bool:
    """Whether a rule is about such a change, wherever it is."""
    return all(test.holds(when, change) for test in _OF_CHANGE)


def checks(when: When, change: Change, around: Circumstances, soundness: Soundness) -> tuple[Check, ...]:
    """Every condition of a rule against a change, held or not; that on the policy's scope only where it matters."""
    spot = Spot(sides_of(change), around)
    scope = scope_of(soundness, change)
    of_scope = (Check(Condition.SOUNDNESS, False, (Scope.ASK,), (scope,)),) if scope is not Scope.ASK else ()
    return (
        *of_scope,
        *(test.check(when, change) for test in _OF_CHANGE),
        *(test.check(when, spot) for test in _OF_SPOT),
        *(test.check(when, around) for test in _OF_PULL),
    )


@dataclass(frozen=True, slots=True)
class _Test(Generic[S]):
    """How a condition is judged of something, and how its two sides are told."""

    condition: Condition
    holds: Callable[[When, S], bool]
    wanted: Callable[[When], tuple[str, ...]]
    found: Callable[[S], tuple[str, ...]]

    def check(self, when: When, subject: S) -> Check:
        return Check(self.condition, self.holds(when, subject), self.wanted(when), self.found(subject))


def _kinds(change: Change) -> tuple[str, ...]:
    return (change.site.kind, group_of(change.site.kind))


def _is_in_paths(when: When, spot: Spot) -> bool:
    return any(matches(when.paths, path) for path in spot.sides)


def _is_not_left_out(when: When, spot: Spot) -> bool:
    """Whether a side that is in ``paths`` is not in ``not_paths``; true where no side is in ``paths``."""
    inside = [path for path in spot.sides if matches(when.paths, path)]
    return not inside or any(not matches(when.not_paths, path) for path in inside)


def _is_in_crates(when: When, spot: Spot) -> bool:
    return not when.crates or not spot.crates or not set(spot.crates).isdisjoint(when.crates)


def _is_into(when: When, around: Circumstances) -> bool:
    return not when.branches or around.branch is None or matches(when.branches, around.branch)


def _behind(around: Circumstances) -> tuple[str, ...]:
    """The author first, then the others who are known, sorted."""
    named = () if around.author is None else (around.author,)
    return (*named, *sorted(around.contributors or ()))


def _is_known_who(around: Circumstances) -> bool:
    return around.author is not None and around.contributors is not None


def _lists(names: Collection[str], person: str, around: Circumstances, *, if_unknown: bool) -> bool:
    """Whether a list of logins and teams names a person; ``if_unknown``, when only a hidden team could."""
    folded = [name.lower() for name in names]
    if person in folded:
        return True
    teams = [around.teams.get(name) for name in folded if "/" in name]
    if any(members is not None and person in members for members in teams):
        return True
    return if_unknown and None in teams


def _is_by(when: When, around: Circumstances) -> bool:
    """Whether somebody behind the pull request is, or may be, listed."""
    if not when.authors or not _is_known_who(around):
        return True
    return any(_lists(when.authors, person, around, if_unknown=True) for person in _behind(around))


def _is_not_only_by(when: When, around: Circumstances) -> bool:
    """Whether anybody behind the pull request is not listed for sure.

    The author alone does not decide: whoever may push to the branch of a trusted author would be trusted too.
    """
    if not when.not_authors or not _is_known_who(around):
        return True
    return not all(_lists(when.not_authors, person, around, if_unknown=False) for person in _behind(around))


def _is_associated(when: When, around: Circumstances) -> bool:
    return not when.associations or around.association is None or around.association in when.associations


def _known(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _yes_or_no(value: bool) -> tuple[str, ...]:
    return ("yes",) if value else ("no",)


# The cheap ones first: a pull request may have 100,000 changes.
_OF_CHANGE: tuple[_Test[Change], ...] = (
    _Test(
        Condition.CHANGES,
        lambda when, change: change.change in when.changes,
        lambda when: when.changes,
        lambda change: (change.change,),
    ),
    _Test(
        Condition.KINDS,
        lambda when, change: not set(_kinds(change)).isdisjoint(when.kinds),
        lambda when: when.kinds,
        _kinds,
    ),
    _Test(
        Condition.TIGHTENED,
        lambda _, change: not change.tightened,
        lambda _: _yes_or_no(False),
        lambda change: _yes_or_no(change.tightened),
    ),
    _Test(
        Condition.IN_TESTS,
        lambda when, change: when.in_tests or not change.site.in_test,
        lambda when: _yes_or_no(when.in_tests),
        lambda change: _yes_or_no(change.site.in_test),
    ),
)

_OF_SPOT: tuple[_Test[Spot], ...] = (
    _Test(Condition.PATHS, _is_in_paths, lambda when: when.paths, lambda spot: spot.sides),
    _Test(Condition.NOT_PATHS, _is_not_left_out, lambda when: when.not_paths, lambda spot: spot.sides),
    _Test(Condition.CRATES, _is_in_crates, lambda when: when.crates, lambda spot: spot.crates),
)

_OF_PULL: tuple[_Test[Circumstances], ...] = (
    _Test(Condition.BRANCHES, _is_into, lambda when: when.branches, lambda around: _known(around.branch)),
    _Test(Condition.AUTHORS, _is_by, lambda when: when.authors, _behind),
    _Test(Condition.NOT_AUTHORS, _is_not_only_by, lambda when: when.not_authors, _behind),
    _Test(
        Condition.ASSOCIATIONS,
        _is_associated,
        lambda when: when.associations,
        lambda around: _known(around.association),
    ),
)
