"""``merge_group``: the merge queue is about to merge several pull requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.events.event import Event
from bot.events.payload import In, read
from bot.jobs import AssessGroup


@dataclass(frozen=True, slots=True)
class _Group:
    head_sha: str
    base_sha: str
    base_ref: str


@dataclass(frozen=True, slots=True)
class _Payload(In):
    merge_group: _Group


def _jobs(payload: Mapping[str, Any]) -> tuple[AssessGroup, ...]:
    said = read(payload, _Payload)
    group = said.merge_group
    branch = group.base_ref.removeprefix("refs/heads/")
    return (AssessGroup(said.where, branch, group.base_sha, group.head_sha),)


EVENT = Event(
    name="merge_group",
    actions=("checks_requested",),
    why="To hold the merge queue too: every member has to be approved, and their sum must hold nothing more.",
    jobs=_jobs,
    needs="merge_queues",
)
