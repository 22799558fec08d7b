"""A pull request as it stood at one moment: all that the gate, the reviewers and the comments are worked out from.

Logins are folded to lower case everywhere, as GitHub compares them; teams are ``organisation/slug``, folded too.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Association(StrEnum):
    """How an author stands to a repository (GitHub's ``author_association``)."""

    OWNER = "owner"
    MEMBER = "member"
    COLLABORATOR = "collaborator"
    CONTRIBUTOR = "contributor"
    FIRST_TIME_CONTRIBUTOR = "first-time-contributor"
    FIRST_TIMER = "first-timer"
    MANNEQUIN = "mannequin"
    NONE = "none"


class ReviewState(StrEnum):
    """What a review says; ``PENDING`` ones are never read."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes-requested"
    COMMENTED = "commented"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Review:
    """One submitted review. ``commit`` is the head that was reviewed, empty when GitHub no longer says.

    ``dismissed_by_app`` marks an approval that the App itself dismissed because it no longer covers
    everything; what it covered stays covered.
    """

    id: int
    person: str
    state: ReviewState
    commit: str
    submitted: datetime.datetime
    is_bot: bool = False
    dismissed_by_app: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the pull request and who stands behind it.

    ``people`` are the logins of author, committer and co-authors; ``unmapped`` are e-mail addresses of
    those whom GitHub maps to nobody. GitHub's own committer (``web-flow``) is neither.
    """

    sha: str
    people: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Team:
    """A team with everybody in it and in its child teams; ``members`` is None when GitHub does not show them."""

    slug: str
    members: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class RepositoryRef:
    """A repository on GitHub; ``id`` stays when it is renamed."""

    owner: str
    name: str
    id: int
    default_branch: str
    private: bool = False
    owner_is_organisation: bool = True

    @property
    def full_name(self) -> str:
        """``owner/name``."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """One snapshot. ``base_sha`` is the tip of the base branch, not the merge base.

    ``head_repository`` is None when the fork is gone. ``last_pusher`` is empty when nobody knows.
    ``retargeted`` is when the base branch was last changed to another, ``rewound`` when it was last moved to where its
    commit before is not contained, if anybody asked.
    ``removed_by_hand`` are those whose request somebody other than the App took back. ``siblings`` are other open pull
    requests with the same head. ``incomplete`` says, in words, what could not be read completely; then
    nothing may turn green. ``author_teams`` are those of ``teams`` that the author is in.
    """

    repository: RepositoryRef
    number: int
    author: str
    base_ref: str
    base_sha: str
    head_ref: str
    head_sha: str
    author_is_bot: bool = False
    association: Association = Association.NONE
    head_repository: str | None = None
    title: str = ""
    is_open: bool = True
    is_merged: bool = False
    is_draft: bool = False
    last_pusher: str = ""
    retargeted: datetime.datetime | None = None
    rewound: datetime.datetime | None = None
    commits: tuple[Commit, ...] = ()
    reviews: tuple[Review, ...] = ()
    labels: tuple[str, ...] = ()
    requested_users: tuple[str, ...] = ()
    requested_teams: tuple[str, ...] = ()
    removed_by_hand: frozenset[str] = frozenset()
    teams: Mapping[str, Team] = field(default_factory=dict)
    siblings: tuple[int, ...] = ()
    incomplete: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``owner/name#number``."""
        return f"{self.repository.full_name}#{self.number}"

    def was_rewound_since(self, at: datetime.datetime) -> bool:
        """Whether the base branch was moved back after a time, or in the same second."""
        return self.rewound is not None and at <= self.rewound

    @property
    def author_teams(self) -> frozenset[str]:
        """The slugs of the known teams that the author is in."""
        return frozenset(slug for slug, team in self.teams.items() if self.author in (team.members or ()))
