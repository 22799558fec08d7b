"""The whole state of the sandbox, and the questions that everybody asks of it."""

from __future__ import annotations

import base64
import hashlib
import itertools
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.sandbox.clock import Clock
from bot.sandbox.model import (
    LEVELS,
    Account,
    App,
    CheckRun,
    Comment,
    Delivery,
    Installation,
    Issue,
    Level,
    Pull,
    Repository,
    Team,
    Token,
)

_NAMESPACE = uuid.UUID("2c1f0ac5-7d0b-4a06-9d4c-5d2b6a1f3e90")


@dataclass(frozen=True, slots=True)
class Served:
    """A request that was answered: method, path without ``/api/v3``, status (0: none came), time, and by whom."""

    method: str
    path: str
    status: int
    when: datetime
    caller: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request to an endpoint and its answer, as bytes, for whoever compares them with GitHub's description."""

    method: str
    template: str
    path: str
    sent: bytes
    status: int
    answer: bytes
    media_type: str


class Validator(Protocol):
    """Compares what the sandbox says with GitHub's published description; gives a sentence for each difference."""

    def exchange(self, exchange: Exchange) -> list[str]:
        """Differences of a request and its answer."""
        ...

    def webhook(self, event: str, action: str | None, body: bytes) -> list[str]:
        """Differences of a webhook."""
        ...


@dataclass(slots=True, eq=False)
class State:
    """Everything, under ``lock``: whoever reads or writes holds it.

    ``url`` is where the server listens. Ids are counted and secrets derived, so that two runs of the same
    conversation give the same answers.
    """

    folder: Path
    clock: Clock
    url: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    accounts: dict[str, Account] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    repositories: dict[int, Repository] = field(default_factory=dict)
    apps: dict[int, App] = field(default_factory=dict)
    installations: dict[int, Installation] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    manifests: dict[str, tuple[App, datetime]] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    drops: int = 0
    requests: list[Served] = field(default_factory=list)
    outbox: Callable[[Delivery], None] | None = None
    redeliver: Callable[[Delivery], None] | None = None
    validator: Validator | None = None
    violations: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
    # Apart, since the post numbers its tries at times of its own.
    _guids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # --- new names ---

    def new_id(self) -> int:
        """A number that nothing else here has."""
        return next(self._numbers)

    def new_guid(self) -> str:
        """A UUID as GitHub gives to a delivery."""
        return str(uuid.uuid5(_NAMESPACE, str(next(self._guids))))

    def new_secret(self, prefix: str, length: int = 36) -> str:
        """Letters and digits after a prefix such as ``ghs_``."""
        return prefix + hashlib.sha256(f"{prefix}{self.new_id()}".encode()).hexdigest()[:length]

    def now(self) -> datetime:
        """The time in the sandbox."""
        return self.clock.now()

    # --- look-ups; names compare without regard to case, as on GitHub ---

    def account(self, login: str) -> Account | None:
        """The account of this login."""
        return self.accounts.get(login.lower())

    def account_by_id(self, number: int) -> Account | None:
        """The account of this number."""
        return next((one for one in self.accounts.values() if one.id == number), None)

    def account_by_email(self, email: str) -> Account | None:
        """The user whose address this is; noreply addresses belong to their login."""
        wanted = email.lower()
        local, _, domain = wanted.partition("@")
        if domain == "users.noreply.github.com":
            return self.account(local.rpartition("+")[2])
        return next((one for one in self.accounts.values() if wanted in map(str.lower, one.emails)), None)

    def account_by_token(self, token: str) -> Account | None:
        """The user whose personal access token this is."""
        return next((one for one in self.accounts.values() if one.token and one.token == token), None)

    def repository(self, owner: str, name: str) -> Repository | None:
        """A repository that has not been deleted."""
        wanted = f"{owner}/{name}".lower()
        return next((one for one in self.live_repositories() if one.full_name.lower() == wanted), None)

    def live_repositories(self) -> list[Repository]:
        """All repositories that have not been deleted, oldest first."""
        return [one for one in self.repositories.values() if not one.deleted]

    def team(self, organisation: Account, slug: str) -> Team | None:
        """A team by its slug."""
        return next(
            (one for one in self.teams.values() if one.organisation is organisation and one.slug == slug),
            None,
        )

    def children(self, team: Team) -> list[Team]:
        """The teams directly below."""
        return [one for one in self.teams.values() if one.parent is team]

    def team_members(self, team: Team) -> list[Account]:
        """The members of a team and of all teams below it, by login."""
        found: set[str] = set()
        waiting = [team]
        while waiting:
            one = waiting.pop()
            found |= {login.lower() for login in one.members}
            waiting += self.children(one)
        return [self.accounts[login] for login in sorted(found)]

    def installation_of(self, repository: Repository, app: App) -> Installation | None:
        """The App's installation that includes a repository."""
        return next((one for one in self.installations_on(repository) if one.app is app), None)

    def installations_on(self, repository: Repository) -> list[Installation]:
        """All Apps' installations that include a repository."""
        return [
            one
            for one in self.installations.values()
            if one.account is repository.owner
            and one.suspended_at is None
            and (one.repositories is None or repository.id in one.repositories)
        ]

    def installed_repositories(self, installation: Installation) -> list[Repository]:
        """The repositories of an installation."""
        return [
            one
            for one in self.live_repositories()
            if one.owner is installation.account
            and (installation.repositories is None or one.id in installation.repositories)
        ]

    def pulls(self, repository: Repository) -> list[Pull]:
        """The pull requests of a repository, oldest first."""
        return [one for one in repository.issues.values() if isinstance(one, Pull)]

    def all_pulls(self) -> Iterator[Pull]:
        """All pull requests anywhere, deleted repositories left out."""
        for repository in self.live_repositories():
            yield from self.pulls(repository)

    def comment(self, repository: Repository, number: int) -> Comment | None:
        """A comment of a repository by its number."""
        return next(
            (one for issue in repository.issues.values() for one in issue.comments if one.id == number), None
        )

    def check_runs(self, repository: Repository, sha: str) -> list[CheckRun]:
        """The check runs of a commit, newest first, as GitHub lists them."""
        return [one for one in reversed(repository.checks) if one.head_sha == sha]

    # --- who may what ---

    def level(self, repository: Repository, account: Account) -> Level:
        """What somebody may do with a repository: the highest of all grounds (GitHub: repository roles)."""
        owner = repository.owner
        levels: list[Level] = [
            "none" if repository.private else "read",
            repository.collaborators.get(account.login.lower(), "none"),
        ]
        role = owner.members.get(account.login.lower())
        if account is owner or role == "admin":
            levels.append("admin")
        elif role:
            levels.append(owner.base_level)
        levels += [
            team.levels[repository.id]
            for team in self.teams.values()
            if repository.id in team.levels and account in self.team_members(team)
        ]
        return max(levels, key=LEVELS.index)

    def is_collaborator(self, repository: Repository, account: Account) -> bool:
        """Whether somebody has access of their own, beyond what the public has."""
        return (
            self.level(repository, account) not in ("none", "read")
            or account.login.lower() in repository.collaborators
            or account.login.lower() in repository.owner.members
        )

    def may(self, repository: Repository, account: Account, level: Level) -> bool:
        """Whether somebody may do at least this with a repository."""
        return LEVELS.index(self.level(repository, account)) >= LEVELS.index(level)

    def association(self, repository: Repository, account: Account, issue: Issue | None = None) -> str:
        """The author association that GitHub shows beside a name."""
        login = account.login.lower()
        if account is repository.owner:
            return "OWNER"
        if login in repository.owner.members:
            return "MEMBER"
        if login in repository.collaborators:
            return "COLLABORATOR"
        theirs = [one for one in self.pulls(repository) if one.user is account and one is not issue]
        if any(one.merged_at for one in theirs):
            return "CONTRIBUTOR"
        commits = repository.git.log("HEAD") if repository.git.resolve("HEAD") else []
        emails = {commit.author.email for commit in repository.git.read_commits(commits)}
        if any(self.account_by_email(email) is account for email in emails):
            return "CONTRIBUTOR"
        return "FIRST_TIME_CONTRIBUTOR" if isinstance(issue, Pull) else "NONE"


def node_id(kind: str, number: int) -> str:
    """A GraphQL id: GitHub's prefix (``PR``, ``IC``, ...) and the number, in the way that it looks there."""
    return f"{kind}_{base64.urlsafe_b64encode(number.to_bytes(9, 'big')).decode()}"


def node_number(node: str) -> tuple[str, int]:
    """The prefix and number of a GraphQL id.

    Raises:
        ValueError: it is none.
    """
    kind, _, rest = node.partition("_")
    return kind, int.from_bytes(base64.urlsafe_b64decode(rest), "big")
