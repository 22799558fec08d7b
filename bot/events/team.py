"""``team``: a team was renamed, moved or given a repository."""

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
    name="team",
    actions=("added_to_repository", "deleted", "edited"),
    why="To judge anew when a team that may approve changes, and to ask who has access now.",
    jobs=_jobs,
    needs="members",
)
