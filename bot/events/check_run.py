"""``check_run``: somebody pressed "Re-run" or the check's own button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.events.event import Event
from bot.events.payload import In, read
from bot.jobs import AssessCommit


@dataclass(frozen=True, slots=True)
class _Run:
    head_sha: str


@dataclass(frozen=True, slots=True)
class _Payload(In):
    check_run: _Run


def _jobs(payload: Mapping[str, Any]) -> tuple[AssessCommit, ...]:
    said = read(payload, _Payload)
    return (AssessCommit(said.where, said.check_run.head_sha),)


EVENT = Event(
    name="check_run",
    actions=("rerequested", "requested_action"),
    why="To look again when somebody asks for it at the check.",
    jobs=_jobs,
    needs="checks",
)
