"""The keys of a policy's parts, as they are told and compared when somebody edits them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from bot.model import Mode
from bot.policy.direction import (
    Direction,
    by_age,
    by_day,
    by_number,
    by_pools,
    by_rank,
    by_reach,
    by_width,
)
from bot.policy.model import Build, Mentoring, OnGitHub, Policy, Pool, Rule, Scope, Soundness
from bot.policy.names import kinds_in

T = TypeVar("T")
Words: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aspect(Generic[T]):
    """One key: its words in the file (none where it is left out), and the direction from one value to another."""

    key: str
    words: Callable[[T], Iterable[str]]
    direction: Callable[[T, T], Direction]


def word(value: object) -> Words:
    """A value's word, or none for one that stands for leaving the key out."""
    return (str(value),) if value else ()


def _switch(value: bool) -> Words:
    return ("true",) if value else ("false",)


def _neither(_old: object, _new: object) -> Direction:
    return Direction.NEITHER


def _kinds(rule: Rule) -> frozenset[str]:
    return frozenset[str]().union(*(kinds_in(name) for name in rule.when.kinds))


def _when(key: str, everything: str = "") -> Aspect[Rule]:
    """A condition whose list says what a rule asks about; empty, or with ``everything``, it asks about all."""

    def listed(rule: Rule) -> Words:
        return tuple(getattr(rule.when, key))

    return Aspect(f"when.{key}", listed, lambda old, new: by_reach(listed(old), listed(new), everything))


def _when_not(key: str) -> Aspect[Rule]:
    """A condition whose list says what a rule never asks about."""

    def listed(rule: Rule) -> Words:
        return tuple(getattr(rule.when, key))

    return Aspect(f"when.{key}", listed, lambda old, new: by_width(listed(old), listed(new)))


_MODES = (Mode.OFF, Mode.ADVISE, Mode.ENFORCE)

MODE: tuple[Aspect[Policy], ...] = (
    Aspect("mode", lambda policy: word(policy.mode), lambda old, new: by_rank(_MODES, old.mode, new.mode)),
    Aspect(
        "enforce_from",
        lambda policy: word(policy.enforce_from),
        lambda old, new: by_day(old.enforce_from, new.enforce_from),
    ),
)

LOCKED: tuple[Aspect[Policy], ...] = (
    Aspect(
        "locked",
        lambda policy: sorted(policy.locked),
        lambda old, new: by_width(old.locked, new.locked, wider=Direction.STRICTER),
    ),
)

POOL: tuple[Aspect[Pool], ...] = (
    Aspect("users", lambda pool: pool.users, lambda old, new: by_width(old.users, new.users)),
    Aspect("teams", lambda pool: pool.teams, lambda old, new: by_width(old.teams, new.teams)),
    Aspect("away", lambda pool: (f"{away.user} {away.until}" for away in pool.away), _neither),
    Aspect("capacity", lambda pool: word(pool.capacity), _neither),
)

RULE: tuple[Aspect[Rule], ...] = (
    Aspect("name", lambda rule: word(rule.name), _neither),
    Aspect(
        "when.kinds",
        lambda rule: rule.when.kinds,
        lambda old, new: by_width(_kinds(old), _kinds(new), wider=Direction.STRICTER),
    ),
    _when("changes"),
    _when("paths", "**"),
    _when_not("not_paths"),
    Aspect(
        "when.in_tests",
        lambda rule: _switch(rule.when.in_tests),
        lambda old, new: by_number(old.when.in_tests, new.when.in_tests),
    ),
    _when("crates"),
    _when("branches", "**"),
    _when("authors"),
    _when_not("not_authors"),
    _when("associations"),
    Aspect(
        "require.any_of",
        lambda rule: rule.require.any_of,
        lambda old, new: by_pools(old.require, new.require),
    ),
    Aspect(
        "require.all_of",
        lambda rule: rule.require.all_of,
        lambda old, new: by_pools(old.require, new.require),
    ),
    Aspect(
        "require.approvals",
        lambda rule: word(rule.require.approvals),
        lambda old, new: by_number(old.require.approvals, new.require.approvals),
    ),
    Aspect(
        "require.expires",
        lambda rule: word(rule.require.expires_days and f"{rule.require.expires_days}d"),
        lambda old, new: by_age(old.require.expires_days, new.require.expires_days),
    ),
    # Who is asked changes nothing about who has to approve.
    Aspect("request.count", lambda rule: word(rule.request.count), _neither),
    Aspect("request.strategy", lambda rule: word(rule.request.strategy), _neither),
    Aspect(
        "request.escalate_after",
        lambda rule: word(rule.request.escalate_after_hours and f"{rule.request.escalate_after_hours}h"),
        _neither,
    ),
    Aspect(
        "enforce_from",
        lambda rule: word(rule.enforce_from),
        lambda old, new: by_day(old.enforce_from, new.enforce_from),
    ),
    Aspect("locked", lambda rule: _switch(rule.locked), lambda old, new: by_number(old.locked, new.locked)),
)

_SCOPES = (Scope.OFF, Scope.NOTE, Scope.ASK)

SOUNDNESS: tuple[Aspect[Soundness], ...] = (
    Aspect(
        "function",
        lambda soundness: word(soundness.function),
        lambda old, new: by_rank(_SCOPES, old.function, new.function),
    ),
    Aspect(
        "state",
        lambda soundness: word(soundness.state),
        lambda old, new: by_rank(_SCOPES, old.state, new.state),
    ),
    Aspect(
        "declarations",
        lambda soundness: word(soundness.declarations),
        lambda old, new: by_rank(_SCOPES, old.declarations, new.declarations),
    ),
)


def _allowed(build: Build | None) -> Words:
    """What is allowed, crate by crate; an empty table allows nothing, which is not the same as none."""
    if build is None:
        return ()
    return tuple(f"{crate}: {word}" for crate, words in build.allow for word in words) or ("{}",)


def _by_allowed(old: Build | None, new: Build | None) -> Direction:
    if old is None or new is None:
        return Direction.NEITHER if old is new else Direction.STRICTER if old is None else Direction.LOOSER
    return by_width(*({pair for pair in _allowed(build) if pair != "{}"} for build in (old, new)))


BUILD: tuple[Aspect[Build | None], ...] = (Aspect("allow", _allowed, _by_allowed),)

MENTORING: tuple[Aspect[Mentoring], ...] = (
    Aspect("pool", lambda mentoring: word(mentoring.pool), _neither),
    Aspect("strategy", lambda mentoring: word(mentoring.strategy), _neither),
    Aspect("checklists", lambda mentoring: mentoring.checklists, _neither),
    Aspect("label", lambda mentoring: word(mentoring.label), _neither),
    Aspect("greet", lambda mentoring: word(mentoring.greet), _neither),
)

GITHUB: tuple[Aspect[OnGitHub], ...] = (
    Aspect("labels.unsafe", lambda github: word(github.labels.unsafe), _neither),
    Aspect("labels.needs_review", lambda github: word(github.labels.needs_review), _neither),
    Aspect(
        "dismiss_stale_approvals",
        lambda github: _switch(github.dismiss_stale_approvals),
        lambda old, new: by_number(old.dismiss_stale_approvals, new.dismiss_stale_approvals),
    ),
    Aspect("code_scanning", lambda github: _switch(github.code_scanning), _neither),
)
