"""``issue_comment``: somebody may have written a command; what is edited later never is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.events.event import Event
from bot.events.payload import Account, Identified, In, read
from bot.jobs import ObeyComment

# A comment without it cannot hold a command; which App is meant is found out when it is carried out.
_MARK = "@"


@dataclass(frozen=True, slots=True)
class _Issue:
    number: int
    pull_request: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Comment(Identified):
    user: Account | None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class _Payload(In):
    issue: _Issue
    comment: _Comment


def _jobs(payload: Mapping[str, Any]) -> tuple[ObeyComment, ...]:
    said = read(payload, _Payload)
    comment = said.comment
    if said.issue.pull_request is None or comment.user is None or comment.user.type == "Bot":
        return ()
    if _MARK not in (comment.body or ""):
        return ()
    return (ObeyComment(said.where, said.issue.number, comment.id),)


EVENT = Event(
    name="issue_comment",
    actions=("created",),
    why="To carry out commands that people write in comments on pull requests.",
    jobs=_jobs,
    needs="issues",
)
