"""What the sandbox remembers: plain, mutable records, guarded by the one lock of ``bot.sandbox.state``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.sandbox.objects import Git

Json = dict[str, Any]
AccountKind = Literal["User", "Organization", "Bot"]
Level = Literal["none", "read", "triage", "write", "maintain", "admin"]
LEVELS: tuple[Level, ...] = ("none", "read", "triage", "write", "maintain", "admin")


@dataclass(slots=True, eq=False)
class Account:
    """Somebody, or an organisation. ``token`` is a personal access token that may do all its owner may.

    ``members`` maps logins to ``admin`` (owner of the organisation) or ``member``.
    """

    id: int
    login: str
    kind: AccountKind
    created_at: datetime
    emails: tuple[str, ...] = ()
    token: str = ""
    name: str | None = None
    members: dict[str, Literal["admin", "member"]] = field(default_factory=dict)
    base_level: Level = "read"


@dataclass(slots=True, eq=False)
class Team:
    """A team of an organisation. ``members`` maps logins to ``maintainer`` or ``member``, children not included."""

    id: int
    organisation: Account
    slug: str
    name: str
    parent: Team | None = None
    members: dict[str, Literal["maintainer", "member"]] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Label:
    """A label of a repository."""

    id: int
    name: str
    color: str
    description: str | None = None


@dataclass(slots=True, eq=False)
class RequiredCheck:
    """A check that a protected branch waits for, of one App or of anybody."""

    context: str
    app_id: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A branch (full name) was pushed, by force or not, made or deleted; a side that was not there is all zeros."""

    id: int
    ref: str
    before: str
    after: str
    kind: str
    actor: Account
    at: datetime


@dataclass(slots=True, eq=False)
class Repository:
    """A repository with its real git folder. ``number`` counts issues and pull requests."""

    id: int
    owner: Account
    name: str
    git: Git
    created_at: datetime
    private: bool = False
    default_branch: str = "main"
    parent: Repository | None = None
    number: int = 0
    collaborators: dict[str, Level] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    required: dict[str, list[RequiredCheck]] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    suites: list[CheckSuite] = field(default_factory=list)
    checks: list[CheckRun] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    sarifs: list[Sarif] = field(default_factory=list)
    queue: list[QueueEntry] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    deleted: bool = False

    @property
    def full_name(self) -> str:
        """``owner/name``."""
        return f"{self.owner.login}/{self.name}"


@dataclass(slots=True, eq=False)
class Happening:
    """One event of an issue's history (``labeled``, ``review_requested``, ...) with its own fields."""

    id: int
    event: str
    actor: Account
    created_at: datetime
    commit: str | None = None
    detail: Json = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Reaction:
    """A reaction to a comment; ``content`` is ``+1``, ``eyes``, ..."""

    id: int
    user: Account
    content: str
    created_at: datetime


@dataclass(slots=True, eq=False)
class Comment:
    """A comment of a pull request or issue. ``app`` wrote it, if an App did."""

    id: int
    issue: Issue
    user: Account
    body: str
    created_at: datetime
    updated_at: datetime
    app: App | None = None
    reactions: list[Reaction] = field(default_factory=list)
    minimized: str | None = None


@dataclass(slots=True, eq=False)
class Review:
    """A review; ``state`` is APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED, ``commit`` what it looked at."""

    id: int
    pull: Pull
    user: Account
    state: str
    body: str
    commit: str
    submitted_at: datetime
    was: str = ""
    association: str = "NONE"


@dataclass(slots=True, eq=False)
class Issue:
    """An issue, or the part of a pull request that is one."""

    id: int
    repository: Repository
    number: int
    title: str
    body: str | None
    user: Account
    created_at: datetime
    updated_at: datetime
    association: str = "NONE"
    state: Literal["open", "closed"] = "open"
    closed_at: datetime | None = None
    closed_by: Account | None = None
    labels: list[Label] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    history: list[Happening] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Pull(Issue):
    """A pull request. ``source`` is None once the fork was deleted; ``head_label`` stays what it was."""

    pull_id: int = 0
    source: Repository | None = None
    head_owner: Account | None = None
    head_ref: str = ""
    head_sha: str = ""
    base_ref: str = ""
    base_sha: str = ""
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: Account | None = None
    merge_commit: str | None = None
    reviews: list[Review] = field(default_factory=list)
    requested_users: list[Account] = field(default_factory=list)
    requested_teams: list[Team] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class CheckSuite:
    """All check runs of one App on one commit."""

    id: int
    repository: Repository
    app: App
    head_sha: str
    head_branch: str | None
    before: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, eq=False)
class CheckRun:
    """A check run with all annotations that were ever appended."""

    id: int
    suite: CheckSuite
    name: str
    head_sha: str
    status: str
    started_at: datetime
    conclusion: str | None = None
    completed_at: datetime | None = None
    external_id: str = ""
    details_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[Json] = field(default_factory=list)
    actions: list[Json] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Status:
    """A commit status of the older kind."""

    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: Account
    created_at: datetime


@dataclass(slots=True, eq=False)
class Sarif:
    """An upload to code scanning, unpacked."""

    id: str
    commit: str
    ref: str
    document: Json
    created_at: datetime


@dataclass(slots=True, eq=False)
class QueueEntry:
    """A pull request in the merge queue, with its group's commit on ``ref`` (``refs/heads/gh-readonly-queue/...``)."""

    pull: Pull
    base_ref: str
    base_sha: str
    head_sha: str
    ref: str
    enqueued_at: datetime
    state: str = "AWAITING_CHECKS"


@dataclass(slots=True, eq=False)
class App:
    """A GitHub App: its identity, what it asked for, and where its webhooks go (nowhere without a URL)."""

    id: int
    slug: str
    name: str
    owner: Account
    bot: Account
    client_id: str
    client_secret: str
    private_key: str
    public_key: str
    webhook_secret: str
    created_at: datetime
    permissions: dict[str, str] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    webhook_url: str = ""


@dataclass(slots=True, eq=False)
class Installation:
    """An App on an account. ``repositories`` are ids; None stands for all, those to come included."""

    id: int
    app: App
    account: Account
    created_at: datetime
    updated_at: datetime
    repositories: list[int] | None = None
    suspended_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Token:
    """An installation's token. ``repositories`` None stands for all that the installation has."""

    value: str
    installation: Installation
    expires_at: datetime
    permissions: dict[str, str]
    repositories: list[int] | None = None


@dataclass(slots=True, eq=False)
class Attempt:
    """One try to deliver a webhook; 2xx is ``OK``. 502 stands for no connection, 504 for no answer in time."""

    id: int
    delivered_at: datetime
    redelivery: bool
    status_code: int = 0
    status: str = "pending"
    duration: float = 0.0
    response: str = ""


@dataclass(slots=True, eq=False)
class Delivery:
    """A webhook: what it says, as the bytes that are signed, and what became of it."""

    guid: str
    event: str
    action: str | None
    payload: Json
    body: bytes
    app: App
    installation_id: int | None
    repository_id: int | None
    tries: list[Attempt] = field(default_factory=list)
    dropped: bool = False

    @property
    def attempts(self) -> int:
        """How often it was sent."""
        return len(self.tries)

    @property
    def status(self) -> int:
        """What the last try came to: an HTTP status, 0 while it is on its way or was lost."""
        return self.tries[-1].status_code if self.tries else 0
