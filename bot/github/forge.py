"""One repository on GitHub, as one installation of the App sees it."""

from __future__ import annotations

import base64
import binascii
import datetime
import urllib.parse
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import msgspec

from bot.actions import Action
from bot.decoding import decoded
from bot.github.address import Address
from bot.github.answers import (
    GHOST,
    Account,
    AppAnswer,
    CommentAnswer,
    ContentAnswer,
    IssueAnswer,
    PermissionAnswer,
    RefAnswer,
    RepositoryAnswer,
)
from bot.github.api import Api
from bot.github.errors import RefusedError
from bot.github.perform import Room, perform
from bot.github.snapshot import Snapshots, tip_of
from bot.policy import ORGANISATION_HOME, POLICY_PATHS
from bot.ports import CloneAccess, Comment, GoneError, Tip
from bot.pull import PullRequest, RepositoryRef

_QUEUE = """
query($owner: String!, $name: String!, $branch: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    mergeQueue(branch: $branch) {
      entries(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { position headCommit { oid } pullRequest { number } }
      }
    }
  }
}
"""


# GitHub's own names stand in the answers to GraphQL.
@dataclass(frozen=True, slots=True)
class _Oid:
    oid: str


@dataclass(frozen=True, slots=True)
class _Number:
    number: int


@dataclass(frozen=True, slots=True)
class _Entry:
    position: int
    headCommit: _Oid | None = None  # noqa: N815
    pullRequest: _Number | None = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class _Page:
    hasNextPage: bool  # noqa: N815
    endCursor: str | None = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class _Entries:
    pageInfo: _Page  # noqa: N815
    nodes: tuple[_Entry | None, ...] = ()


@dataclass(frozen=True, slots=True)
class _Queue:
    entries: _Entries


@dataclass(frozen=True, slots=True)
class _QueueRepository:
    mergeQueue: _Queue | None = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class _QueueAnswer:
    repository: _QueueRepository | None = None


class GitHubForge:
    """``bot.ports.Forge`` on GitHub. Every method may raise TransientError, RefusedError and GoneError."""

    def __init__(
        self,
        *,
        api: Api,
        repository: RepositoryRef,
        app: AppAnswer,
        address: Address,
        clone_token: Callable[[], str],
        settle: float,
        uploads: dict[tuple[int, str], bytes],
    ) -> None:
        self._api = api
        self._repository = repository
        self._app = app
        self._address = address
        self._clone_token = clone_token
        self._settle = settle
        self._uploads = uploads
        self._snapshots = Snapshots(api, repository, f"{app.slug}[bot]".lower(), address.noreply)
        self._path = f"/repos/{repository.full_name}"

    @property
    def repository(self) -> RepositoryRef:
        """The repository."""
        return self._repository

    def tip(self, number: int) -> Tip:
        """Where a pull request stands now, and its base branch.

        ``base.sha`` of a pull request is the base branch as it was when somebody last pushed to the pull request,
        so the branch is asked itself: a policy in force since then would be missed.
        """
        tip = tip_of(self._snapshots.pull(number))
        ref = urllib.parse.quote(tip.base_ref, safe="/")
        try:
            base = self._api.get(f"{self._path}/git/ref/heads/{ref}", RefAnswer)
        except GoneError:
            # A deleted branch: GitHub is about to close the pull request, or to aim it at another one.
            return tip
        return replace(tip, base_sha=base.object.sha)

    def snapshot(self, number: int, teams: Collection[str], commits: Collection[str]) -> PullRequest:
        """All that is to be known about a pull request; see ``bot.ports.Forge.snapshot``."""
        return self._snapshots.read(number, teams, commits)

    def pusher(self, pull: PullRequest) -> str:
        """Who pushed the head of a pull request, as its repository tells; empty where it does not."""
        return self._snapshots.pusher(pull) if pull.head_repository else ""

    def rewound(self, branch: str) -> datetime.datetime | None:
        """When a branch was last moved to where its commit before is not contained; None if never, or nobody tells."""
        return self._snapshots.rewound(branch)

    def open_pulls(self, base: str = "") -> tuple[Tip, ...]:
        """All open pull requests, or those into one branch, by number."""
        return tuple(sorted(map(tip_of, self._snapshots.open_pulls(base)), key=lambda tip: tip.number))

    def queue_members(self, branch: str, head_sha: str) -> tuple[int, ...]:
        """The pull requests that a merge group's head brings in, in the order of the queue.

        A group is built on those before it, so its head brings in everything up to its own place.
        """
        entries: list[_Entry] = []
        after: str | None = None
        while True:
            variables = {
                "owner": self._repository.owner,
                "name": self._repository.name,
                "branch": branch,
                "after": after,
            }
            answer = self._api.graphql(_QUEUE, variables, _QueueAnswer)
            queue = answer.repository.mergeQueue if answer.repository else None
            if queue is None:
                return ()
            entries += [entry for entry in queue.entries.nodes if entry is not None]
            after = queue.entries.pageInfo.endCursor
            if not queue.entries.pageInfo.hasNextPage or after is None:
                break
        places = [
            entry.position
            for entry in entries
            if entry.headCommit is not None and entry.headCommit.oid == head_sha
        ]
        ahead = sorted(
            (entry for entry in entries if places and entry.position <= max(places)),
            key=lambda entry: entry.position,
        )
        return tuple(entry.pullRequest.number for entry in ahead if entry.pullRequest is not None)

    def organisation_policy(self) -> tuple[str, bytes] | None:
        """The organisation's default policy, from its repository ``.github``.

        One that is there and cannot be read is a byte that no policy can hold, so that it is an error and not
        the absence of a policy. A private repository that the App is not installed on looks absent.
        """
        if not self._repository.owner_is_organisation:
            return None
        home = f"{self._repository.owner}/{ORGANISATION_HOME}"
        for path in POLICY_PATHS:
            try:
                content: object = self._api.get(f"/repos/{home}/contents/{path}", object)
            except GoneError:
                continue
            return f"{home}:{path}", _decoded(content)
        return None

    def clone_access(self) -> CloneAccess:
        """How git reads the repository; the token is for this repository's code alone."""
        return CloneAccess(self._address.git(self._repository.full_name), self._clone_token())

    def comment(self, comment: int) -> Comment:
        """A comment of an issue or pull request."""
        answer = self._api.get(f"{self._path}/issues/comments/{comment}", CommentAnswer)
        author = answer.user or Account(GHOST)
        edited = answer.updated_at != answer.created_at
        return Comment(answer.id, author.folded, answer.body or "", answer.created_at, author.is_bot, edited)

    def can_write(self, login: str) -> bool:
        """Whether a person may push to the repository."""
        name = urllib.parse.quote(login, safe="")
        try:
            answer = self._api.get(f"{self._path}/collaborators/{name}/permission", PermissionAnswer)
        except GoneError:
            return False
        return answer.permission in {"admin", "write"}

    def is_member(self, login: str) -> bool:
        """Whether a person owns the repository or belongs to its organisation, whose members may hide that.

        Where the App may not see members, nobody is one.
        """
        owner, name = self._repository.owner, urllib.parse.quote(login, safe="")
        if not self._repository.owner_is_organisation:
            return login.lower() == owner.lower()
        try:
            self._api.send("GET", f"/orgs/{owner}/members/{name}", None, type(None))
        except GoneError:
            return False
        except RefusedError as refused:
            if refused.status != 403:
                raise
            return False
        return True

    def has_merged(self, login: str) -> bool:
        """Whether a pull request of a person was merged into the repository before.

        GitHub's association says so only of those whose commits it can map to them.
        """
        theirs = {"creator": login, "state": "closed"}
        return any(
            issue.pull_request is not None and issue.pull_request.merged_at is not None
            for issue in self._api.pages(f"{self._path}/issues", IssueAnswer, theirs)
        )

    def perform(self, number: int, actions: Sequence[Action]) -> tuple[str, ...]:
        """Bring GitHub into the state that the actions describe; see ``bot.github.perform``."""
        room = Room(self._api, self._repository, self._app, number, self._settle, self._uploads)
        return perform(room, actions)


def repository_ref(answer: RepositoryAnswer) -> RepositoryRef:
    """A repository as the pipeline knows it."""
    return RepositoryRef(
        owner=answer.owner.login,
        name=answer.name,
        id=answer.id,
        default_branch=answer.default_branch,
        private=answer.private,
        owner_is_organisation=answer.owner.type == "Organization",
    )


def _decoded(content: object) -> bytes:
    """The bytes of a file; a folder's answer is a list, and one of more than 1 MB comes without them."""
    try:
        file = decoded(content, ContentAnswer)
        return base64.b64decode(file.content) if (file.type, file.encoding) == ("file", "base64") else b"\0"
    except (msgspec.ValidationError, binascii.Error):
        return b"\0"
