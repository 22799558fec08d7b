"""What the pipeline needs of the world: GitHub, the ledger and workers, as the shells around it provide them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from bot.actions import Action, CheckState
from bot.model import Approval, Failure, Veto
from bot.pull import PullRequest, RepositoryRef

T = TypeVar("T")
R = TypeVar("R")


class Runner(Protocol):
    """Runs a function over items where no item can harm the caller."""

    def run(
        self, function: Callable[[T], R], items: Sequence[T], weight: Callable[[T], int]
    ) -> Iterator[tuple[T, R | Failure]]:
        """Yield every item itself, once, with its result or failure, in any order."""
        ...


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a pull request stands, read in one request: enough to know whether an assessment is still true.

    ``updated`` is when anything about it was last changed, comments and labels included; it makes no difference
    to where it stands.
    """

    number: int
    base_ref: str
    base_sha: str
    head_sha: str
    is_open: bool = True
    is_draft: bool = False
    updated: datetime.datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CloneAccess:
    """How git reads a repository: an address and the token for its basic authentication (never logged)."""

    url: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it is now; ``is_edited`` when it is not what was written at ``created``."""

    id: int
    author: str
    body: str
    created: datetime.datetime
    is_bot: bool = False
    is_edited: bool = False


class GoneError(Exception):
    """The repository, pull request or comment is not there any more, or the App may not see it: nothing to do."""


class Forge(Protocol):
    """GitHub as one installation of the App sees one repository. Every method may raise GoneError."""

    @property
    def repository(self) -> RepositoryRef:
        """The repository."""
        ...

    def tip(self, number: int) -> Tip:
        """Where a pull request stands now."""
        ...

    def snapshot(self, number: int, teams: Collection[str], commits: Collection[str]) -> PullRequest:
        """All that is to be known about a pull request.

        ``teams`` (``organisation/slug``) are expanded into people. ``commits`` are the ids of all commits
        between the merge base and the head as git tells them; those that GitHub does not list too are told
        in ``incomplete``.
        """
        ...

    def pusher(self, pull: PullRequest) -> str:
        """Who pushed the head of a pull request, as its repository tells; empty where it does not."""
        ...

    def rewound(self, branch: str) -> datetime.datetime | None:
        """When a branch was last moved to where its commit before is not contained; None if never, or nobody tells."""
        ...

    def open_pulls(self, base: str = "") -> tuple[Tip, ...]:
        """All open pull requests, or those into one branch, by number."""
        ...

    def queue_members(self, branch: str, head_sha: str) -> tuple[int, ...]:
        """The numbers of the pull requests that a merge group's head brings in; empty when GitHub does not say."""
        ...

    def organisation_policy(self) -> tuple[str, bytes] | None:
        """The organisation's default policy: what errors call it, and its bytes."""
        ...

    def clone_access(self) -> CloneAccess:
        """How git reads the repository, its pull requests from forks included (``refs/pull/N/head``)."""
        ...

    def comment(self, comment: int) -> Comment:
        """A comment of an issue or pull request."""
        ...

    def can_write(self, login: str) -> bool:
        """Whether a person may push to the repository."""
        ...

    def is_member(self, login: str) -> bool:
        """Whether a person owns the repository or belongs to the organisation that does, as far as the App may see."""
        ...

    def has_merged(self, login: str) -> bool:
        """Whether a pull request of a person was merged into the repository before."""
        ...

    def perform(self, number: int, actions: Sequence[Action]) -> tuple[str, ...]:
        """Bring GitHub into the state that the actions describe. ``number`` is 0 for a merge group.

        What is there already is not written again. An action whose target is gone is passed over. Gives the people
        and teams (``organisation/slug``) whom GitHub does not let be asked to review; the actions after the one
        that asks them are left out then, since others may have to be asked first.
        """
        ...


@dataclass(frozen=True, slots=True)
class Cover:
    """What a review let pass when it was given: the base branch it was seen against, fingerprints and paths."""

    base_ref: str
    fingerprints: frozenset[str]
    paths: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Assignment:
    """Somebody who was asked: for which rule, when, and why this person (an id of a phrase and its words).

    ``claimed`` when they took it themselves. ``is_open`` until they answered, were released or it was closed.
    ``refused`` is the head at which GitHub did not let them be asked; empty once that may have changed, and None if
    that never happened.
    """

    person: str
    rule: str
    at: datetime.datetime
    why: str
    claimed: bool = False
    is_open: bool = True
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the App last said about a pull request at a head."""

    number: int
    head_sha: str
    state: CheckState


class Book(Protocol):
    """The ledger as one pull request or merge group sees it. Writes are idempotent and append to the audit log."""

    def covers(self) -> Mapping[int, Cover]:
        """What is recorded of the pull request's reviews, by review id."""
        ...

    def remember_cover(self, review: int, person: str, commit: str, cover: Cover) -> None:
        """Record what a review covers; a record that is there is never changed."""
        ...

    def dismissed_by_app(self) -> frozenset[int]:
        """The ids of the reviews that the App itself dismissed."""
        ...

    def remember_dismissal(self, review: int, reason: str) -> None:
        """Record, before it is done, that the App dismisses a review."""
        ...

    def waivers(self) -> tuple[Approval, ...]:
        """All waivers in force, oldest first."""
        ...

    def waive(
        self, comment: int, person: str, fingerprints: Collection[str], reason: str, at: datetime.datetime
    ) -> None:
        """Record a waiver; ``comment`` makes it happen once."""
        ...

    def vetoes(self) -> tuple[Veto, ...]:
        """All vetoes by command in force, oldest first."""
        ...

    def veto(self, comment: int, person: str, reason: str, at: datetime.datetime) -> None:
        """Record a veto; ``comment`` makes it happen once."""
        ...

    def release_veto(self, comment: int, person: str, at: datetime.datetime) -> bool:
        """Take back a person's vetoes; whether there were any."""
        ...

    def pusher(self, head_sha: str) -> str:
        """Who pushed a head, as its webhook said; empty when no webhook did."""
        ...

    def remember_pusher(self, head_sha: str, login: str) -> None:
        """Record who pushed a head; the first record stands."""
        ...

    def assignments(self) -> tuple[Assignment, ...]:
        """Everybody who was asked about the pull request, oldest first."""
        ...

    def assign(self, assignment: Assignment) -> None:
        """Record that somebody is asked; once per person and rule."""
        ...

    def close_assignments(self, people: Iterable[str], reason: str) -> None:
        """These people need not look any more."""
        ...

    def remember_refusals(self, head_sha: str, people: Collection[str]) -> None:
        """Record whom GitHub did not let be asked at a head; of those, only who claimed it stays on it."""
        ...

    def forget_refusals(self) -> None:
        """Something has changed, so that whom GitHub did not let be asked may be asked again."""
        ...

    def load(self) -> Mapping[str, int]:
        """How many open assignments each person has, over all repositories."""
        ...

    def experts(self, paths: Collection[str]) -> Mapping[str, int]:
        """How often each person's reviews in this repository covered something in one of the paths."""
        ...

    def turn(self, rule: str, people: Sequence[str]) -> Sequence[str]:
        """The people in the order of a rotation: who was last asked for the rule in this repository comes last."""
        ...

    def verdicts(self, head_sha: str) -> tuple[Verdict, ...]:
        """The last verdict of every open pull request of the repository that stands at a head, by number."""
        ...

    def begin_look(self, head_sha: str = "") -> int:
        """Say that somebody looks, at a merge group's head or (without one) at the pull request; gives its number."""
        ...

    def is_last_look(self, look: int, head_sha: str = "") -> bool:
        """Whether nobody has begun to look since."""
        ...

    def conclude(self, head_sha: str, state: CheckState, record: Mapping[str, Any]) -> None:
        """Record a verdict with everything it was decided from (JSON values), unless it says what the last one did."""
        ...

    def in_sight(self, before: datetime.datetime) -> frozenset[str]:
        """The fingerprints of everything that the last verdict recorded before a moment was about."""
        ...

    def note(self, event: str, key: str, body: Mapping[str, Any]) -> None:
        """Append something else to the audit log, once for an event and key."""
        ...

    def is_noted(self, event: str, key: str) -> bool:
        """Whether that was appended."""
        ...

    def remarks(self, topic: str) -> frozenset[str]:
        """The names of what was told on the pull request in the comment of a topic."""
        ...

    def has_remark(self, topic: str, name: str) -> bool:
        """Whether something was told on any pull request of the repository."""
        ...

    def remember_remarks(self, topic: str, names: Collection[str]) -> None:
        """Record what is told, each name once."""
        ...

    def answer_times(self) -> tuple[datetime.timedelta, ...]:
        """How long people of the repository took from being asked to approving, the newest answers first."""
        ...

    def forget(self) -> None:
        """The pull request is closed: its verdicts count for no head any more and its assignments are over."""
        ...


class Clock(Protocol):
    """The time; tests move it."""

    def now(self) -> datetime.datetime:
        """The current time, with its zone (UTC)."""
        ...
