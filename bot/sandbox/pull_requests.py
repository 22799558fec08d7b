"""Pull requests, to act with in a test or demo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.acts import checks, comments, pulls, reviews
from bot.sandbox.model import Account, CheckRun, Comment, Happening, Pull, Review, Team
from bot.sandbox.objects import Content, Person
from bot.sandbox.people import TeamHandle, User

if TYPE_CHECKING:
    from bot.sandbox.projects import Project
    from bot.sandbox.state import State


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request."""

    project: Project
    pull: Pull

    @property
    def state(self) -> State:
        """The state of its world."""
        return self.project.state

    @property
    def number(self) -> int:
        """Its number."""
        return self.pull.number

    @property
    def head(self) -> str:
        """Its newest commit."""
        return self.pull.head_sha

    @property
    def author(self) -> Account:
        """Who opened it."""
        return self.pull.user

    # --- commits ---

    def push(
        self,
        files: Mapping[str, Content],
        *,
        by: User | None = None,
        author: User | Person | None = None,
        message: str = "Change",
        parents: Sequence[str] | None = None,
    ) -> str:
        """Commit to its branch and push (webhooks `push` and `pull_request` `synchronize`)."""
        source = self._source()
        pusher = by or User(self.project.world, self.author)
        return source.commit(
            self.pull.head_ref, files, author=author or pusher, message=message, parents=parents, by=pusher
        )

    def force_push(self, sha: str, *, by: User | None = None) -> None:
        """Point its branch at another commit."""
        self._source().push(self.pull.head_ref, sha, by=by or User(self.project.world, self.author))

    def _source(self) -> Project:
        if self.pull.source is None:
            raise KeyError("the fork was deleted")
        from bot.sandbox.projects import Project

        owner = self.pull.source.owner
        return Project(self.project.world, self.pull.source, self.author if owner.kind != "User" else owner)

    # --- reviews ---

    def review(
        self, *, by: User, state: str = "APPROVED", body: str = "", commit: str | None = None
    ) -> Review:
        """Review it: APPROVED, CHANGES_REQUESTED or COMMENTED; refused where GitHub refuses it."""
        said = body or ("" if state == "APPROVED" else "Please look at this.")
        with self.state.lock:
            return reviews.submit(self.state, self.pull, by.account, state, said, commit)

    def dismiss(self, review: Review, by: User, message: str = "Out of date") -> None:
        """Dismiss a review."""
        with self.state.lock:
            reviews.dismiss(self.state, review, message, by.account)

    def edit_review(self, review: Review, by: User, body: str) -> None:
        """Change what a review says."""
        with self.state.lock:
            reviews.edit(self.state, review, body, by.account)

    def request_reviewer(self, *asked: User | TeamHandle, by: User | None = None) -> None:
        """Ask people or teams for a review."""
        users, teams = _split(asked)
        with self.state.lock:
            reviews.ask(self.state, self.pull, users, teams, self._actor(by))

    def remove_reviewer(self, *asked: User | TeamHandle, by: User | None = None) -> None:
        """Withdraw that."""
        users, teams = _split(asked)
        with self.state.lock:
            reviews.unask(self.state, self.pull, users, teams, self._actor(by))

    # --- talk ---

    def comment(self, by: User, body: str) -> Comment:
        """Comment on it."""
        with self.state.lock:
            return comments.add(self.state, self.pull, by.account, body)

    def edit_comment(self, comment: Comment, by: User, body: str) -> None:
        """Change a comment, one's own or somebody else's."""
        with self.state.lock:
            comments.edit(self.state, comment, by.account, body)

    def delete_comment(self, comment: Comment, by: User) -> None:
        """Delete a comment."""
        with self.state.lock:
            comments.delete(self.state, comment, by.account)

    def label(self, *names: str, by: User | None = None) -> None:
        """Add labels."""
        with self.state.lock:
            comments.add_labels(self.state, self.pull, list(names), self._actor(by))

    def unlabel(self, name: str, by: User | None = None) -> None:
        """Take a label off."""
        with self.state.lock:
            comments.remove_label(self.state, self.pull, name, self._actor(by))

    # --- state ---

    def edit(self, *, title: str | None = None, body: str | None = None, by: User | None = None) -> None:
        """Change title or description."""
        with self.state.lock:
            pulls.edit(self.state, self.pull, self._actor(by), title=title, body=body)

    def retarget(self, base: str, by: User | None = None) -> None:
        """Aim at another branch (webhook `pull_request` `edited`)."""
        with self.state.lock:
            pulls.edit(self.state, self.pull, self._actor(by), base=base)

    def ready(self, by: User | None = None) -> None:
        """No draft any more."""
        with self.state.lock:
            pulls.set_draft(self.state, self.pull, self._actor(by), draft=False)

    def draft_again(self, by: User | None = None) -> None:
        """A draft again."""
        with self.state.lock:
            pulls.set_draft(self.state, self.pull, self._actor(by), draft=True)

    def close(self, by: User | None = None) -> None:
        """Close without merging."""
        with self.state.lock:
            pulls.close(self.state, self.pull, self._actor(by))

    def reopen(self, by: User | None = None) -> None:
        """Open again."""
        with self.state.lock:
            pulls.reopen(self.state, self.pull, self._actor(by))

    def merge(self, by: User) -> str:
        """Merge; gives the merge commit.

        Raises:
            Refusal: 405 while a required check does not pass.
        """
        with self.state.lock:
            return pulls.merge(self.state, self.pull, by.account)

    # --- checks ---

    def checks(self, name: str | None = None) -> list[CheckRun]:
        """The check runs of its newest commit, newest first, all or those of a name."""
        with self.state.lock:
            found = self.state.check_runs(self.pull.repository, self.pull.head_sha)
        return [one for one in found if name in (None, one.name)]

    def check(self, name: str = "cratewarden") -> CheckRun | None:
        """The newest check run of a name on its newest commit."""
        return next(iter(self.checks(name)), None)

    def rerequest_check(self, name: str = "cratewarden", by: User | None = None) -> None:
        """Press "Re-run".

        Raises:
            KeyError: there is no such check run.
        """
        run = self.check(name)
        if run is None:
            raise KeyError(name)
        with self.state.lock:
            checks.rerequest_run(self.state, run, self._actor(by))

    def press(self, identifier: str, name: str = "cratewarden", by: User | None = None) -> None:
        """Press one of the check run's own buttons (webhook `check_run` `requested_action`).

        Raises:
            KeyError: there is no such check run.
        """
        run = self.check(name)
        if run is None:
            raise KeyError(name)
        with self.state.lock:
            checks.request_action(self.state, run, identifier, self._actor(by))

    # --- what everybody sees ---

    @property
    def comments(self) -> list[Comment]:
        """Its comments, oldest first."""
        with self.state.lock:
            return list(self.pull.comments)

    @property
    def reviews(self) -> list[Review]:
        """Its reviews, oldest first."""
        with self.state.lock:
            return list(self.pull.reviews)

    @property
    def requested_reviewers(self) -> list[str]:
        """The logins of people who are asked."""
        with self.state.lock:
            return [one.login for one in self.pull.requested_users]

    @property
    def requested_teams(self) -> list[str]:
        """The slugs of teams that are asked."""
        with self.state.lock:
            return [one.slug for one in self.pull.requested_teams]

    @property
    def labels(self) -> list[str]:
        """The names of its labels."""
        with self.state.lock:
            return [one.name for one in self.pull.labels]

    @property
    def timeline(self) -> list[Happening]:
        """What happened to it, oldest first."""
        with self.state.lock:
            return list(self.pull.history)

    def _actor(self, user: User | None) -> Account:
        return user.account if user else self.author


def _split(asked: Iterable[User | TeamHandle]) -> tuple[list[Account], list[Team]]:
    users, teams = [], []
    for one in asked:
        if isinstance(one, User):
            users.append(one.account)
        else:
            teams.append(one.team)
    return users, teams
