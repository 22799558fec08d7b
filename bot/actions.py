"""Effects on GitHub as data. Performing one twice is the same as performing it once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class CheckState(StrEnum):
    """What a check run says. Only ``SUCCESS`` and ``NEUTRAL`` let a required check pass.

    The order of strictness is that of ``STRICTNESS``.
    """

    SUCCESS = "success"
    NEUTRAL = "neutral"
    IN_PROGRESS = "in_progress"
    FAILURE = "failure"


STRICTNESS = (CheckState.SUCCESS, CheckState.NEUTRAL, CheckState.IN_PROGRESS, CheckState.FAILURE)


class Level(StrEnum):
    """How an annotation is drawn (GitHub's ``annotation_level``)."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, order=True)
class Annotation:
    """A remark on lines of the head; lines are 1-based, columns are not given."""

    path: str
    start_line: int
    end_line: int
    level: Level
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class PublishCheck:
    """The check run ``cratewarden`` of a commit; annotations are those of the commit, whoever has approved."""

    sha: str
    state: CheckState
    title: str
    summary: str
    text: str = ""
    annotations: tuple[Annotation, ...] = ()
    details_url: str = ""


@dataclass(frozen=True, slots=True)
class KeepComment:
    """The one comment that starts with ``<!-- cratewarden:{topic} -->``: written, or changed if it differs."""

    topic: str
    body: str


@dataclass(frozen=True, slots=True)
class DropComment:
    """No comment of this topic any more; nothing happens where there is none."""

    topic: str


@dataclass(frozen=True, slots=True)
class RequestReviewers:
    """People and teams (``organisation/slug``) to be asked, besides those who are asked already."""

    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WithdrawRequests:
    """People who need not look any more."""

    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetLabels:
    """Labels that have to be there and labels that must not; others are left alone."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DismissReview:
    """An approval that no longer covers everything is taken out of GitHub's own count."""

    review: int
    message: str


@dataclass(frozen=True, slots=True)
class React:
    """A reaction of the App to a comment: ``+1``, ``confused``, ``eyes`` ..."""

    comment: int
    content: str


@dataclass(frozen=True, slots=True)
class UploadSarif:
    """Code-scanning results of a commit; ``ref`` is a full ref name."""

    sha: str
    ref: str
    sarif: bytes


Action: TypeAlias = (
    PublishCheck
    | KeepComment
    | DropComment
    | RequestReviewers
    | WithdrawRequests
    | SetLabels
    | DismissReview
    | React
    | UploadSarif
)
