"""A policy as the gate reads it: plain frozen values, so that nothing heavy is imported to judge by one."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from analyzers.model import ChangeClass, Group, Severity
from bot.model import Mode


class Strategy(StrEnum):
    """How the people who are asked are picked from a pool."""

    ALL = "all"
    RANDOM = "random"
    ROUND_ROBIN = "round-robin"
    LEAST_LOADED = "least-loaded"
    EXPERTISE = "expertise"


class Greet(StrEnum):
    """Whom the mentors' bot speaks to first."""

    NEVER = "never"
    FIRST_CONTRIBUTION = "first-contribution"
    ALWAYS = "always"


class Checklist(StrEnum):
    """The checklists that mentoring can offer."""

    PUBLISH = "publish"


@dataclass(frozen=True, slots=True, order=True)
class PolicyProblem:
    """Something to put right in a policy file; ``line`` and ``column`` (in characters) are 1-based."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class PolicyError(Exception):
    """A policy file cannot be used; ``errors`` holds at least one problem, sorted by place."""

    def __init__(self, errors: tuple[PolicyProblem, ...]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.errors)


@dataclass(frozen=True, slots=True)
class Away:
    """A person who is not asked before ``until``, the first day they are back."""

    user: str
    until: datetime.date


@dataclass(frozen=True, slots=True)
class Pool:
    """The people entitled to approve: logins, and teams as ``organisation/team``."""

    name: str
    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    away: tuple[Away, ...] = ()


ASKED_UNLESS_SAID = (ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED, ChangeClass.EXPOSED)
"""What ``when.changes`` means when it is left out: moved and removed proofs ask only where they are named."""


@dataclass(frozen=True, slots=True)
class When:
    """Which changes a rule asks about: those that meet every field.

    ``kinds`` holds ids of kinds and groups. ``paths`` and ``not_paths`` are globs (``bot.policy.globs``).
    """

    kinds: tuple[str, ...] = tuple(Group)
    changes: tuple[ChangeClass, ...] = ASKED_UNLESS_SAID
    paths: tuple[str, ...] = ("**",)
    not_paths: tuple[str, ...] = ()
    in_tests: bool = False


@dataclass(frozen=True, slots=True)
class Require:
    """What satisfies a rule: approvals by people of any of the pools (without pools, by anybody entitled)."""

    any_of: tuple[str, ...] = ()
    approvals: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """How many people are asked, and how they are picked."""

    count: int = 1
    strategy: Strategy = Strategy.LEAST_LOADED


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of ``[[rules]]``."""

    name: str
    when: When
    require: Require
    request: Request


@dataclass(frozen=True, slots=True)
class Mentoring:
    """Who welcomes newcomers, and with which checklists; ``pool`` is empty when nobody does."""

    pool: str = ""
    checklists: tuple[Checklist, ...] = ()
    greet: Greet = Greet.NEVER


@dataclass(frozen=True, slots=True)
class Policy:
    """The maintainers' file, checked and complete.

    ``findings`` pairs a finding's id with the severity that replaces its own. ``notes`` tell what is allowed
    but probably not meant, such as a pool that no rule uses; they change no decision.
    """

    mode: Mode = Mode.ADVISE
    enforce_from: datetime.date | None = None
    pools: tuple[Pool, ...] = ()
    rules: tuple[Rule, ...] = ()
    findings: tuple[tuple[str, Severity], ...] = ()
    mentoring: Mentoring = Mentoring()
    notes: tuple[PolicyProblem, ...] = ()

    def mode_on(self, today: datetime.date) -> Mode:
        """The mode in force on a day: ``enforce`` only advises before ``enforce_from``."""
        waiting = self.enforce_from is not None and today < self.enforce_from
        return Mode.ADVISE if self.mode is Mode.ENFORCE and waiting else self.mode
