"""``pull_request_review``: somebody approved, asked for changes, or was dismissed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.events.event import Event
from bot.events.payload import In, read
from bot.jobs import AssessPull


@dataclass(frozen=True, slots=True)
class _Pull:
    number: int


@dataclass(frozen=True, slots=True)
class _Payload(In):
    pull_request: _Pull


def _jobs(payload: Mapping[str, Any]) -> tuple[AssessPull, ...]:
    said = read(payload, _Payload)
    return (AssessPull(said.where, said.pull_request.number),)


EVENT = Event(
    name="pull_request_review",
    actions=("submitted", "dismissed", "edited"),
    why="To count an approval, or the end of one, at once.",
    jobs=_jobs,
    needs="pull_requests",
)
