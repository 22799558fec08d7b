"""``installation``: the App came to an organisation, or its permissions were accepted."""

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
    name="installation",
    actions=("created", "unsuspend", "new_permissions_accepted"),
    why="To look at the pull requests that were open before the App came.",
    jobs=_jobs,
)
