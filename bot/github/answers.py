"""The parts of GitHub's answers that are used, named as in its description."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

GHOST = "ghost"


@dataclass(frozen=True, slots=True)
class Account:
    """A person, bot or organisation. GitHub answers ``{}`` for the author of a commit whom it does not know."""

    login: str = ""
    type: str = "User"

    @property
    def folded(self) -> str:
        """The login in lower case, as GitHub compares logins."""
        return self.login.lower()

    @property
    def is_bot(self) -> bool:
        """Whether an App or another program is behind it."""
        return self.type == "Bot" or self.login.endswith("[bot]")


@dataclass(frozen=True, slots=True)
class RepositoryAnswer:
    """A repository."""

    id: int
    name: str
    full_name: str
    owner: Account
    private: bool = False
    default_branch: str = "main"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a pull request; ``repo`` is null when the fork was deleted."""

    ref: str
    sha: str
    repo: RepositoryAnswer | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A label."""

    name: str


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """A team, without its organisation."""

    slug: str


@dataclass(frozen=True, slots=True)
class PullAnswer:
    """A pull request, from a list or by itself; only the latter has ``merged`` and the counts."""

    number: int
    state: str
    title: str
    base: End
    head: End
    updated_at: datetime.datetime | None = None
    user: Account | None = None
    draft: bool | None = False
    merged: bool = False
    author_association: str = "NONE"
    commits: int = 0
    labels: tuple[Label, ...] = ()
    requested_reviewers: tuple[Account, ...] | None = ()
    requested_teams: tuple[TeamAnswer, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """The author or committer as git records them."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class GitCommit:
    """What git knows of a commit."""

    message: str
    author: Signature | None = None
    committer: Signature | None = None


@dataclass(frozen=True, slots=True)
class CommitAnswer:
    """A commit with the accounts that GitHub takes for its author and committer."""

    sha: str
    commit: GitCommit
    author: Account | None = None
    committer: Account | None = None


@dataclass(frozen=True, slots=True)
class CompareAnswer:
    """One page of a comparison."""

    total_commits: int
    commits: tuple[CommitAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectAnswer:
    """What a ref points at."""

    sha: str


@dataclass(frozen=True, slots=True)
class RefAnswer:
    """A ref of the repository."""

    object: ObjectAnswer


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """A review; drafts (``PENDING``) have no time."""

    id: int
    state: str
    user: Account | None = None
    commit_id: str | None = None
    submitted_at: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class DismissalAnswer:
    """What an event says about the review that was dismissed."""

    review_id: int


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """An event of a pull request's history."""

    event: str
    created_at: datetime.datetime
    actor: Account | None = None
    requested_reviewer: Account | None = None
    requested_team: TeamAnswer | None = None
    dismissed_review: DismissalAnswer | None = None


@dataclass(frozen=True, slots=True)
class AppReference:
    """The App that did something."""

    id: int = 0


@dataclass(frozen=True, slots=True)
class MergedAnswer:
    """What an issue that is a pull request says about it."""

    merged_at: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class IssueAnswer:
    """An issue of a list; pull requests are issues too."""

    number: int
    pull_request: MergedAnswer | None = None


@dataclass(frozen=True, slots=True)
class CommentAnswer:
    """A comment of an issue or pull request."""

    id: int
    created_at: datetime.datetime
    updated_at: datetime.datetime
    body: str | None = ""
    user: Account | None = None
    performed_via_github_app: AppReference | None = None


@dataclass(frozen=True, slots=True)
class ActivityAnswer:
    """Somebody moved a branch to a commit."""

    after: str
    timestamp: datetime.datetime
    actor: Account | None = None


@dataclass(frozen=True, slots=True)
class OutputAnswer:
    """What a check run says."""

    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations_count: int = 0


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """A check run."""

    id: int
    name: str
    status: str
    conclusion: str | None = None
    details_url: str | None = None
    output: OutputAnswer = field(default_factory=OutputAnswer)
    app: AppReference | None = None


@dataclass(frozen=True, slots=True)
class AnnotationAnswer:
    """An annotation of a check run."""

    path: str
    start_line: int
    end_line: int
    annotation_level: str | None = None
    title: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class PermissionAnswer:
    """What a person may do with a repository: ``admin``, ``write``, ``read`` or ``none``."""

    permission: str


@dataclass(frozen=True, slots=True)
class ContentAnswer:
    """A file; ``encoding`` is ``none`` above 1 MB."""

    type: str
    encoding: str = "none"
    content: str = ""


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """An installation's token."""

    token: str


@dataclass(frozen=True, slots=True)
class AppAnswer:
    """The App itself."""

    id: int
    slug: str
    name: str
    permissions: dict[str, str] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    owner: Account | None = None
    html_url: str = ""


@dataclass(frozen=True, slots=True)
class InstallationAnswer:
    """The App on an account."""

    id: int
    account: Account | None = None
    permissions: dict[str, str] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    repository_selection: str = ""
    suspended_at: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """Where the App's webhooks go; the secret is shown as stars."""

    url: str | None = None
    content_type: str | None = None
    secret: str | None = None
    insecure_ssl: str | float | None = None


@dataclass(frozen=True, slots=True)
class DeliveryAnswer:
    """One attempt to deliver a webhook."""

    id: int
    guid: str
    delivered_at: datetime.datetime
    status_code: int
    event: str
    status: str = ""
    action: str | None = None


@dataclass(frozen=True, slots=True)
class AnalysisAnswer:
    """An upload to code scanning that GitHub has read."""

    commit_sha: str
    results_count: int = -1
