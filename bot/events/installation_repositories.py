"""``installation_repositories``: the App was given more repositories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.events.event import Event
from bot.events.payload import Identified, Repository, read
from bot.jobs import AssessAll, Where


@dataclass(frozen=True, slots=True)
class _Payload:
    installation: Identified
    repositories_added: tuple[Repository, ...]


def _jobs(payload: Mapping[str, Any]) -> tuple[AssessAll, ...]:
    said = read(payload, _Payload)
    return tuple(
        AssessAll(Where(said.installation.id, repository.id, repository.full_name))
        for repository in said.repositories_added
    )


EVENT = Event(
    name="installation_repositories",
    actions=("added",),
    why="To look at the pull requests of a repository that the App was just given.",
    jobs=_jobs,
)
