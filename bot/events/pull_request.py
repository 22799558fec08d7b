"""``pull_request``: opened, pushed to, retargeted, made ready, closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.events.event import Event
from bot.events.payload import Account, In, read
from bot.jobs import AssessPull

# Only these move the head, and so tell who pushed it.
_PUSHES = frozenset(("opened", "synchronize"))


_ABOUT_PEOPLE = frozenset(("labeled", "unlabeled", "review_requested", "review_request_removed"))


@dataclass(frozen=True, slots=True)
class _Side:
    sha: str


@dataclass(frozen=True, slots=True)
class _Pull:
    number: int
    head: _Side


@dataclass(frozen=True, slots=True)
class _Payload(In):
    action: str
    pull_request: _Pull
    sender: Account


def _jobs(payload: Mapping[str, Any]) -> tuple[AssessPull, ...]:
    said = read(payload, _Payload)
    if said.action in _ABOUT_PEOPLE and said.sender.type == "Bot":
        # What this App did, or another one; nothing follows from it.
        return ()
    number, head = said.pull_request.number, said.pull_request.head.sha
    if said.action not in _PUSHES:
        return (AssessPull(said.where, number),)
    return (AssessPull(said.where, number, head, said.sender.login.casefold()),)


EVENT = Event(
    name="pull_request",
    actions=(
        "opened",
        "reopened",
        "synchronize",
        "edited",
        "ready_for_review",
        "converted_to_draft",
        "labeled",
        "unlabeled",
        "review_requested",
        "review_request_removed",
        "closed",
    ),
    why="To look at what a pull request changes whenever it is opened, pushed to, retargeted or made ready.",
    jobs=_jobs,
    needs="pull_requests",
)
