"""``check_suite``: somebody pressed "Re-run all checks"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.events.event import Event
from bot.events.payload import In, read
from bot.jobs import AssessCommit


@dataclass(frozen=True, slots=True)
class _Suite:
    head_sha: str


@dataclass(frozen=True, slots=True)
class _Payload(In):
    check_suite: _Suite


def _jobs(payload: Mapping[str, Any]) -> tuple[AssessCommit, ...]:
    said = read(payload, _Payload)
    return (AssessCommit(said.where, said.check_suite.head_sha),)


EVENT = Event(
    name="check_suite",
    actions=("rerequested",),
    why="To look again when somebody runs all checks again.",
    jobs=_jobs,
    needs="checks",
)
