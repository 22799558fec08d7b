"""``member``: somebody became a collaborator of a repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.events.event import Event
from bot.events.payload import In, read
from bot.jobs import AssessAll


def _jobs(payload: Mapping[str, Any]) -> tuple[AssessAll, ...]:
    return (AssessAll(read(payload, In).where),)


EVENT = Event(
    name="member",
    actions=("added",),
    why="To ask somebody to review whom GitHub did not let be asked before.",
    jobs=_jobs,
    needs="members",
)
