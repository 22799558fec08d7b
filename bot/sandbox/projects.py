"""Repositories, to act with in a test or demo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.sandbox.acts import comments, memberships, pulls, queue
from bot.sandbox.acts.pushes import move
from bot.sandbox.model import (
    Account,
    App,
    Comment,
    Installation,
    Issue,
    Level,
    QueueEntry,
    Repository,
    RequiredCheck,
    Sarif,
    Status,
)
from bot.sandbox.objects import Content, Git, Person
from bot.sandbox.people import User
from bot.sandbox.pull_requests import PullRequest

if TYPE_CHECKING:
    from bot.sandbox.state import State
    from bot.sandbox.world import Sandbox


@dataclass(frozen=True, slots=True)
class Project:
    """A repository. ``keeper`` is who acts when nobody is named."""

    world: Sandbox
    repository: Repository
    keeper: Account

    @property
    def state(self) -> State:
        """The state of its world."""
        return self.world.state

    @property
    def full_name(self) -> str:
        """``owner/name``."""
        return self.repository.full_name

    @property
    def git_url(self) -> str:
        """Where git clones it from, without a token."""
        return f"{self.world.url}/{self.full_name}.git"

    @property
    def sarifs(self) -> list[Sarif]:
        """What was uploaded to code scanning."""
        with self.state.lock:
            return list(self.repository.sarifs)

    def head(self, branch: str | None = None) -> str:
        """The newest commit of a branch (the default branch).

        Raises:
            KeyError: there is no such branch.
        """
        name = branch or self.repository.default_branch
        with self.state.lock:
            sha = self.repository.git.branch(name)
        if sha is None:
            raise KeyError(name)
        return sha

    def commit(
        self,
        branch: str,
        files: Mapping[str, Content],
        *,
        author: User | Person | None = None,
        message: str = "Change",
        parents: Sequence[str] | None = None,
        by: User | None = None,
        committer: User | Person | None = None,
    ) -> str:
        """Commit changes and push them; a new branch starts at the default branch.

        Args:
            branch: where to.
            files: contents by path; None deletes.
            author: who wrote it, by account or by name and address.
            message: the whole message, trailers included.
            parents: other parents than the branch's newest commit; () for a root commit.
            by: who pushes; else the author, if that is an account, else the keeper.
            committer: who committed it, if not the author.

        Returns:
            The commit's id.
        """
        git = self.repository.git
        with self.state.lock:
            tip = git.branch(branch) or git.branch(self.repository.default_branch)
            wrote = _identity(author, self.keeper)
            sha = git.commit(
                files,
                parents=([tip] if tip else []) if parents is None else parents,
                author=wrote,
                committer=_identity(committer, self.keeper) if committer else wrote,
                message=message,
                when=self.state.now(),
            )
            move(self.state, self.repository, f"refs/heads/{branch}", sha, _pusher(by, author, self.keeper))
        return sha

    def push(self, branch: str, sha: str | None, *, by: User | None = None) -> None:
        """Point a branch at a commit that exists, by force if need be; None deletes it."""
        with self.state.lock:
            move(self.state, self.repository, f"refs/heads/{branch}", sha, _pusher(by, None, self.keeper))

    def merge_branches(self, branch: str, other: str, *, author: User | None = None) -> str:
        """Merge a branch into another as an author does on their computer ("update branch").

        Raises:
            ValueError: they conflict.
        """
        git, who = self.repository.git, author.account if author else self.keeper
        with self.state.lock:
            ours, theirs = self.head(branch), self.head(other)
            tree = git.merged_tree(ours, theirs)
            if tree is None:
                raise ValueError(f"{branch} and {other} conflict")
            message = f"Merge branch '{other}' into {branch}\n"
            sha = git.commit_tree(
                tree, [ours, theirs], author=pulls.identity(who), message=message, when=self.state.now()
            )
            move(self.state, self.repository, f"refs/heads/{branch}", sha, who)
        return sha

    def fork(self, by: User) -> Project:
        """A copy below a user's account."""
        state = self.state
        with state.lock:
            project = self.world.new_repository(by.account, by.account, self.repository.name, None)
            project.repository.git.take_over(self.repository.git.folder)
            project.repository.parent = self.repository
            project.repository.default_branch = self.repository.default_branch
        return project

    def delete(self) -> None:
        """Delete the repository; pull requests that come from it go on without (``head.repo`` is null)."""
        with self.state.lock:
            for pull in self.state.all_pulls():
                if pull.source is self.repository and pull.repository is not self.repository:
                    pull.source = None
            self.repository.deleted = True
            self.repository.git.remove()

    def delete_fork(self, by: User) -> None:
        """Delete somebody's fork of this repository.

        Raises:
            KeyError: they have none.
        """
        for one in self.state.live_repositories():
            if one.parent is self.repository and one.owner is by.account:
                Project(self.world, one, by.account).delete()
                return
        raise KeyError(by.login)

    # --- settings ---

    def install(self, app: App | None = None, by: User | None = None) -> Installation:
        """Install an App (Cratewarden, unless told) for this repository."""
        with self.state.lock:
            return memberships.install(
                self.state, app or self.world.app, self.repository.owner, [self.repository],
                by.account if by else self.keeper,
            )  # fmt: skip

    def uninstall(self, app: App | None = None, by: User | None = None) -> None:
        """Take this repository out of the App's installation."""
        with self.state.lock:
            found = self.state.installation_of(self.repository, app or self.world.app)
            if found is not None:
                actor = by.account if by else self.keeper
                memberships.remove_repositories(self.state, found, [self.repository], actor)

    def collaborator(self, user: User, level: Level = "write", by: User | None = None) -> None:
        """Let somebody do something with it; ``none`` takes it away."""
        with self.state.lock:
            actor = by.account if by else self.keeper
            memberships.grant_person(self.state, self.repository, user.account, level, actor)

    def require_check(self, context: str, *, branch: str | None = None, app: App | None = None) -> None:
        """Protect a branch with a required check, of a certain App or of anybody."""
        with self.state.lock:
            name = branch or self.repository.default_branch
            check = RequiredCheck(context, app.id if app else None)
            self.repository.required.setdefault(name, []).append(check)

    def status(self, sha: str, context: str, state: str, by: User) -> Status:
        """Set a status of the older kind, as anybody with write access can."""
        with self.state.lock:
            now = self.state.now()
            status = Status(self.state.new_id(), sha, state, context, None, None, by.account, now)
            self.repository.statuses.append(status)
            return status

    # --- pull requests and issues ---

    def open_pull(
        self,
        *,
        head: str,
        base: str | None = None,
        by: User,
        draft: bool = False,
        title: str = "Change",
        body: str | None = None,
    ) -> PullRequest:
        """Open a pull request from a branch, or from ``user:branch`` of a fork.

        Raises:
            KeyError: that user has no fork.
        """
        owner, _, branch = head.rpartition(":")
        with self.state.lock:
            source = self.repository
            if owner and owner.lower() != self.repository.owner.login.lower():
                found = [
                    one
                    for one in self.state.live_repositories()
                    if one.parent is self.repository and one.owner.login.lower() == owner.lower()
                ]
                if not found:
                    raise KeyError(owner)
                source = found[0]
            into = base or self.repository.default_branch
            proposal = pulls.Proposal(source, branch, into, title, body, draft)
            pull = pulls.open_pull(self.state, self.repository, by.account, proposal)
        return PullRequest(self, pull)

    def pull(self, number: int) -> PullRequest:
        """A pull request by its number."""
        with self.state.lock:
            return PullRequest(self, pulls.find_pull(self.repository, number))

    def open_issue(self, by: User, title: str = "Question", body: str | None = None) -> Issue:
        """An issue that is no pull request."""
        with self.state.lock:
            return pulls.open_issue(self.state, self.repository, by.account, title, body)

    def comment(self, issue: Issue, by: User, body: str) -> Comment:
        """Comment on an issue."""
        with self.state.lock:
            return comments.add(self.state, issue, by.account, body)

    def enqueue(self, pull: PullRequest, by: User | None = None) -> QueueEntry:
        """Put a pull request into the merge queue (webhook `merge_group`)."""
        with self.state.lock:
            return queue.enqueue(self.state, pull.pull, by.account if by else self.keeper)

    def dequeue(self, pull: PullRequest, by: User | None = None) -> None:
        """Take it out again by hand."""
        with self.state.lock:
            for entry in list(self.repository.queue):
                if entry.pull is pull.pull:
                    queue.dequeue(self.state, entry, by.account if by else self.keeper, "dequeued")


def first_files(
    git: Git, source: Mapping[str, Content] | Path | None, branch: str, author: Person, world: Sandbox
) -> None:
    """Fill a new repository with files, or with the branches of another one."""
    if isinstance(source, Path):
        git.take_over(source)
    elif source:
        now = world.clock.now()
        sha = git.commit(
            source, parents=(), author=author, committer=author, message="First commit\n", when=now
        )
        git.move(f"refs/heads/{branch}", sha)


def _identity(given: User | Person | None, keeper: Account) -> Person:
    if isinstance(given, Person):
        return given
    return pulls.identity(given.account if given else keeper)


def _pusher(by: User | None, author: User | Person | None, keeper: Account) -> Account:
    if by is not None:
        return by.account
    return author.account if isinstance(author, User) else keeper
