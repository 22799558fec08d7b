"""``push``: a base branch moved; its policy may be another one now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.events.event import Event
from bot.events.payload import In, read
from bot.jobs import AssessAll, AssessInstallation, Job, TakeInventory
from bot.policy import ORGANISATION_HOME, POLICY_PATHS

_HEADS = "refs/heads/"
# GitHub lists at most 2,048 commits of a push, and at most 3,000 files of a commit.
_LISTED_COMMITS = 2048
_LISTED_FILES = 3000


@dataclass(frozen=True, slots=True)
class _Commit:
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()

    @property
    def touches_policy(self) -> bool:
        """Whether it edits a policy, or so many files that the list may be cut."""
        paths = (*self.added, *self.removed, *self.modified)
        return len(paths) >= _LISTED_FILES or not set(POLICY_PATHS).isdisjoint(paths)


@dataclass(frozen=True, slots=True)
class _Payload(In):
    ref: str
    after: str
    deleted: bool
    forced: bool
    commits: tuple[_Commit, ...] = ()


def _jobs(payload: Mapping[str, Any]) -> tuple[Job, ...]:
    said = read(payload, _Payload)
    if not said.ref.startswith(_HEADS) or said.deleted:
        return ()
    branch = said.ref.removeprefix(_HEADS)
    jobs: list[Job] = []
    if branch == said.repository.default_branch:
        jobs.append(TakeInventory(said.where, said.after))
    whole = said.forced or len(said.commits) >= _LISTED_COMMITS
    if whole or any(commit.touches_policy for commit in said.commits):
        # The organisation's defaults live in a repository of that name, and stand for all of its repositories.
        is_organisation = said.repository.full_name.endswith(f"/{ORGANISATION_HOME}")
        everywhere = AssessInstallation(said.where.installation)
        jobs.append(everywhere if is_organisation else AssessAll(said.where, branch))
    return tuple(jobs)


EVENT = Event(
    name="push",
    actions=(),
    why="To judge open pull requests anew when the policy of their base branch changes, and to count what is there.",
    jobs=_jobs,
    needs="contents",
)
