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


class Scope(StrEnum):
    """What becomes of an exposed change: rules ask about it, it is only told, or it is not looked at."""

    ASK = "ask"
    NOTE = "note"
    OFF = "off"


class Lockable(StrEnum):
    """The parts that an organisation's file can lock; rules are locked one by one.

    ``mode`` covers ``enforce_from`` too.
    """

    MODE = "mode"
    FINDINGS = "findings"
    MENTORING = "mentoring"
    GITHUB = "github"
    SOUNDNESS = "soundness"
    BUILD = "build"


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
    """The people entitled to approve: logins, and teams as ``organisation/team``, both in lower case.

    ``capacity`` is how many open requests one person may have before others are asked; 0 sets no limit.
    """

    name: str
    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    away: tuple[Away, ...] = ()
    capacity: int = 0


ASKED_UNLESS_SAID = (ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED, ChangeClass.EXPOSED)
"""What ``when.changes`` means when it is left out: moved and removed proofs ask only where they are named."""


@dataclass(frozen=True, slots=True)
class When:
    """Which changes a rule asks about: those that meet every field.

    ``kinds`` holds ids of kinds and groups. ``paths`` and ``not_paths`` are globs (``bot.policy.globs``),
    ``branches`` too, of the base branch's name. ``crates`` are package names. ``authors`` and ``not_authors``
    are logins and teams, ``associations`` are values of ``bot.pull.Association``; empty means everybody.
    """

    kinds: tuple[str, ...] = tuple(Group)
    changes: tuple[ChangeClass, ...] = ASKED_UNLESS_SAID
    paths: tuple[str, ...] = ("**",)
    not_paths: tuple[str, ...] = ()
    in_tests: bool = False
    crates: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    not_authors: tuple[str, ...] = ()
    associations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Require:
    """What satisfies a rule: approvals by people of any of the pools, or of every one of them.

    At most one of ``any_of`` and ``all_of`` has entries; without pools anybody in any pool is entitled.
    ``approvals`` counts different people, per pool with ``all_of``. Approvals older than ``expires_days``
    days do not count; 0 keeps them for good.
    """

    any_of: tuple[str, ...] = ()
    approvals: int = 1
    all_of: tuple[str, ...] = ()
    expires_days: int = 0

    @property
    def pools(self) -> tuple[str, ...]:
        """The pools whose people may approve."""
        return self.any_of or self.all_of


@dataclass(frozen=True, slots=True)
class Request:
    """How many people are asked, how they are picked, and when somebody else is asked as well.

    ``escalate_after_hours`` counts working hours (Monday to Friday, 9 to 17 o'clock UTC); 0 never escalates.
    """

    count: int = 1
    strategy: Strategy = Strategy.LEAST_LOADED
    escalate_after_hours: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of ``[[rules]]``; a repository cannot replace a ``locked`` one of its organisation."""

    name: str
    when: When
    require: Require
    request: Request
    enforce_from: datetime.date | None = None
    locked: bool = False


MENTOR_STRATEGIES = tuple(strategy for strategy in Strategy if strategy is not Strategy.ALL)
"""How a mentor can be picked: one is asked at a time."""


@dataclass(frozen=True, slots=True)
class Mentoring:
    """Who helps newcomers, and with which checklists; ``pool`` is empty when nobody does.

    ``strategy`` picks the mentor. ``label`` on a pull request asks for its checklist; an empty one asks for none.
    """

    pool: str = ""
    checklists: tuple[Checklist, ...] = ()
    greet: Greet = Greet.NEVER
    strategy: Strategy = Strategy.LEAST_LOADED
    label: str = "publish-checklist"


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels that the App keeps; an empty name keeps none.

    ``unsafe`` stands on pull requests with changes that a rule matches, ``needs_review`` while one is uncovered.
    """

    unsafe: str = "unsafe"
    needs_review: str = "needs-unsafe-review"


@dataclass(frozen=True, slots=True)
class OnGitHub:
    """What the App does on GitHub besides the check run, the comment and asking people."""

    labels: Labels = Labels()
    dismiss_stale_approvals: bool = False
    code_scanning: bool = False


@dataclass(frozen=True, slots=True)
class Soundness:
    """What becomes of edits of safe code that unsafe sites rely on, by tier.

    ``function`` is the function that holds the site, ``state`` is code elsewhere that writes a field the site reads
    or that the site calls, ``declarations`` are the types, bounds and constants it relies on.
    """

    function: Scope = Scope.ASK
    state: Scope = Scope.ASK
    declarations: Scope = Scope.NOTE


ANY_CRATE = "*"
"""Stands for every crate in ``[build] allow``."""


@dataclass(frozen=True, slots=True)
class Build:
    """What build-time code may do: capabilities by the name of a crate, sorted, and by ``ANY_CRATE``."""

    allow: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def allows(self, capability: str, *crates: str) -> bool:
        """Whether every one of these crates may do it."""
        known = dict(self.allow)
        everywhere = known.get(ANY_CRATE, ())
        return all(capability in (*everywhere, *known.get(crate, ())) for crate in crates)


@dataclass(frozen=True, slots=True)
class Policy:
    """The maintainers' file, checked and complete.

    ``findings`` pairs a finding's id with the severity that replaces its own. ``notes`` tell what is allowed
    but probably not meant, such as a pool that no rule uses; they change no decision. ``build`` is None where the
    file does not say what build-time code may do: then nothing is held for it.

    ``written`` holds the dotted keys of single values that the file says itself, such as ``mode`` or
    ``github.labels.unsafe``; the others are defaults, which give way to those of the organisation.
    ``locked`` are the parts that a repository cannot say otherwise. Only ``bot.policy.layers`` reads the two.
    """

    mode: Mode = Mode.ADVISE
    enforce_from: datetime.date | None = None
    pools: tuple[Pool, ...] = ()
    rules: tuple[Rule, ...] = ()
    findings: tuple[tuple[str, Severity], ...] = ()
    mentoring: Mentoring = Mentoring()
    github: OnGitHub = OnGitHub()
    soundness: Soundness = Soundness()
    build: Build | None = None
    notes: tuple[PolicyProblem, ...] = ()
    written: frozenset[str] = frozenset()
    locked: frozenset[Lockable] = frozenset()

    def mode_on(self, today: datetime.date) -> Mode:
        """The mode in force on a day: ``enforce`` only advises before ``enforce_from``."""
        waiting = self.enforce_from is not None and today < self.enforce_from
        return Mode.ADVISE if self.mode is Mode.ENFORCE and waiting else self.mode
