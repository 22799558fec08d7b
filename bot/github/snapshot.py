"""Reads all that is to be known about a pull request, and tells where GitHub's lists contradict each other."""

from __future__ import annotations

import datetime
import urllib.parse
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.github.answers import (
    GHOST,
    Account,
    ActivityAnswer,
    CommitAnswer,
    CompareAnswer,
    EventAnswer,
    PullAnswer,
    ReviewAnswer,
)
from bot.github.api import PER_PAGE, Api
from bot.github.errors import RefusedError
from bot.github.history import history_of
from bot.github.people import commits_of
from bot.ports import GoneError, Tip
from bot.pull import Association, PullRequest, RepositoryRef, Review, ReviewState, Team

# GitHub lists no more commits of a pull request (docs: "List commits on a pull request").
COMMITS_LISTED = 250
# A pull request with more commits than this is told to be incomplete.
COMMITS_READ = 5000
# Commits that git knows and GitHub's list leaves out are asked for one by one, up to here.
COMMITS_ASKED = 50

_COUNTS = """
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { reviews { totalCount } } }
}
"""


@dataclass(frozen=True, slots=True)
class _Count:
    totalCount: int  # noqa: N815  GitHub's name


@dataclass(frozen=True, slots=True)
class _PullCounts:
    reviews: _Count


@dataclass(frozen=True, slots=True)
class _RepositoryCounts:
    pullRequest: _PullCounts | None  # noqa: N815  GitHub's name


@dataclass(frozen=True, slots=True)
class _Counts:
    repository: _RepositoryCounts | None


class Snapshots:
    """Reads pull requests of one repository; ``app_login`` is the App's own login, ``noreply`` as in Address."""

    def __init__(self, api: Api, repository: RepositoryRef, app_login: str, noreply: str) -> None:
        self._api = api
        self._repository = repository
        self._app_login = app_login
        self._noreply = noreply
        self._path = f"/repos/{repository.full_name}"

    def pull(self, number: int) -> PullAnswer:
        """The pull request itself."""
        return self._api.get(f"{self._path}/pulls/{number}", PullAnswer)

    def open_pulls(self, base: str = "") -> Iterator[PullAnswer]:
        """All open pull requests, oldest first, or those into one branch."""
        wanted = {"state": "open", "sort": "created", "direction": "asc"} | ({"base": base} if base else {})
        return self._api.pages(f"{self._path}/pulls", PullAnswer, wanted)

    def read(self, number: int, teams: Collection[str], commits: Collection[str]) -> PullRequest:
        """Everything; see ``bot.ports.Forge.snapshot``."""
        pull = self.pull(number)
        listed, incomplete = self._commits(pull, commits)
        reviews = list(self._api.pages(f"{self._path}/pulls/{number}/reviews", ReviewAnswer))
        if self._reviews_counted(number) > len({review.id for review in reviews}):
            incomplete += ("GitHub did not list all reviews",)
        events = self._api.pages(f"{self._path}/issues/{number}/events", EventAnswer)
        history = history_of(events, self._repository.owner, self._app_login)
        author = pull.user or Account(GHOST)
        owner = self._repository.owner.lower()
        return PullRequest(
            repository=self._repository,
            number=number,
            author=author.folded,
            base_ref=pull.base.ref,
            base_sha=pull.base.sha,
            head_ref=pull.head.ref,
            head_sha=pull.head.sha,
            author_is_bot=author.is_bot,
            association=Association(pull.author_association.lower().replace("_", "-")),
            head_repository=pull.head.repo.full_name if pull.head.repo else None,
            title=pull.title,
            is_open=pull.state == "open",
            is_merged=pull.merged,
            is_draft=bool(pull.draft),
            retargeted=history.retargeted,
            commits=commits_of(listed, self._noreply),
            reviews=tuple(
                _review(review, history.dismissed_by_app)
                for review in reviews
                if review.submitted_at is not None
            ),
            labels=tuple(label.name for label in pull.labels),
            requested_users=tuple(user.folded for user in pull.requested_reviewers or () if user.login),
            requested_teams=tuple(f"{owner}/{team.slug}".lower() for team in pull.requested_teams or ()),
            removed_by_hand=history.removed_by_hand,
            teams={slug: self.team(slug) for slug in sorted(set(teams))},
            siblings=self._siblings(pull),
            incomplete=incomplete,
        )

    def team(self, slug: str) -> Team:
        """A team with the people of its child teams, whom GitHub lists too (docs: "List team members")."""
        organisation, _, name = slug.partition("/")
        path = f"/orgs/{urllib.parse.quote(organisation, safe='')}/teams/{urllib.parse.quote(name, safe='')}"
        try:
            members = frozenset(one.folded for one in self._api.pages(f"{path}/members", Account))
        except GoneError:
            return Team(slug, None)
        except RefusedError as refused:
            if refused.status != 403:
                raise
            return Team(slug, None)
        return Team(slug, members)

    def pusher(self, pull: PullRequest) -> str:
        """Who moved the pull request's branch to its head (docs: "List repository activities"); empty if unknown.

        The repository of a fork may be gone or not ours to read.
        """
        moves = self._moves(f"/repos/{pull.head_repository}", pull.head_ref, {"per_page": PER_PAGE})
        found = (one.actor for one in moves if one.after == pull.head_sha)
        actor = next(found, None)
        return actor.folded if actor else ""

    def rewound(self, branch: str) -> datetime.datetime | None:
        """When a branch of the repository was last force-pushed; None if never, or GitHub does not tell."""
        moves = self._moves(self._path, branch, {"activity_type": "force_push", "per_page": 1})
        return moves[0].timestamp if moves else None

    def _moves(self, repository: str, branch: str, wanted: Mapping[str, str | int]) -> list[ActivityAnswer]:
        """Who moved a branch, the newest first; nobody where we may not ask."""
        of_branch = {"ref": f"refs/heads/{branch}", **wanted}
        try:
            return self._api.get(f"{repository}/activity", list[ActivityAnswer], of_branch)
        except GoneError:
            return []
        except RefusedError as refused:
            if refused.status != 403:
                raise
            return []

    def _siblings(self, pull: PullAnswer) -> tuple[int, ...]:
        """Other open pull requests at the same commit.

        All of them are looked through: GitHub's list by commit leaves out those from forks, and its search is
        some seconds late.
        """
        if pull.state != "open":
            return ()
        return tuple(
            sorted(
                one.number
                for one in self.open_pulls()
                if one.head.sha == pull.head.sha and one.number != pull.number
            )
        )

    def _reviews_counted(self, number: int) -> int:
        variables = {"owner": self._repository.owner, "name": self._repository.name, "number": number}
        counts = self._api.graphql(_COUNTS, variables, _Counts)
        pull = counts.repository.pullRequest if counts.repository else None
        if pull is None:
            raise GoneError(f"{self._repository.full_name}#{number}: GitHub does not know it")
        return pull.reviews.totalCount

    def _commits(
        self, pull: PullAnswer, wanted: Collection[str]
    ) -> tuple[tuple[CommitAnswer, ...], tuple[str, ...]]:
        """The commits, and what is not known about them."""
        if pull.commits > COMMITS_READ:
            return (), (f"it has {pull.commits} commits, more than the {COMMITS_READ} that are read",)
        if pull.commits > COMMITS_LISTED:
            listed = self._compared(pull)
        else:
            listed = list(self._api.pages(f"{self._path}/pulls/{pull.number}/commits", CommitAnswer))
        incomplete = []
        if len({commit.sha for commit in listed}) < pull.commits:
            incomplete.append(f"GitHub listed {len(listed)} of {pull.commits} commits")
        missing = sorted(set(wanted) - {commit.sha for commit in listed})
        if len(missing) <= COMMITS_ASKED:
            found = list(self._asked(missing))
            listed += found
            missing = sorted(set(missing) - {commit.sha for commit in found})
        if missing:
            incomplete.append(
                f"GitHub does not say who is behind {len(missing)} commits, such as {missing[0]}"
            )
        return tuple(listed), tuple(incomplete)

    def _compared(self, pull: PullAnswer) -> list[CommitAnswer]:
        """The commits of a large pull request, page by page; an empty page ends the list."""
        path = f"{self._path}/compare/{pull.base.sha}...{pull.head.sha}"
        listed: list[CommitAnswer] = []
        for page in range(1, COMMITS_READ // PER_PAGE + 2):
            answer = self._api.get(path, CompareAnswer, {"per_page": PER_PAGE, "page": page})
            listed += answer.commits
            if not answer.commits or len(listed) >= answer.total_commits:
                break
        return listed

    def _asked(self, shas: Iterable[str]) -> Iterator[CommitAnswer]:
        """Single commits: those that came into the base branch since GitHub drew up the list are not in it."""
        for sha in shas:
            try:
                # One file of the commit is enough: 300 are the default.
                yield self._api.get(f"{self._path}/commits/{sha}", CommitAnswer, {"per_page": 1})
            except GoneError:
                continue
            except RefusedError as refused:  # 422: no commit of that id
                if refused.status != 422:
                    raise


def tip_of(pull: PullAnswer) -> Tip:
    """Where a pull request stands."""
    return Tip(
        number=pull.number,
        base_ref=pull.base.ref,
        base_sha=pull.base.sha,
        head_sha=pull.head.sha,
        is_open=pull.state == "open",
        is_draft=bool(pull.draft),
        updated=pull.updated_at,
    )


def _review(answer: ReviewAnswer, dismissed_by_app: Collection[int]) -> Review:
    person = answer.user or Account(GHOST)
    if answer.submitted_at is None:
        raise ValueError(f"review {answer.id} is a draft")
    state = ReviewState(answer.state.lower().replace("_", "-"))
    return Review(
        id=answer.id,
        person=person.folded,
        state=state,
        commit=answer.commit_id or "",
        submitted=answer.submitted_at,
        is_bot=person.is_bot,
        dismissed_by_app=answer.id in dismissed_by_app,
    )
