"""``organization``: somebody joined or left the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.events.event import Event
from bot.events.payload import Identified, read
from bot.jobs import AssessInstallation


@dataclass(frozen=True, slots=True)
class _Payload:
    installation: Identified


def _jobs(payload: Mapping[str, Any]) -> tuple[AssessInstallation, ...]:
    return (AssessInstallation(read(payload, _Payload).installation.id),)


EVENT = Event(
    name="organization",
    actions=("member_added", "member_removed"),
    why="To judge anew when somebody who may have approved leaves, and to ask who comes.",
    jobs=_jobs,
    needs="members",
)
