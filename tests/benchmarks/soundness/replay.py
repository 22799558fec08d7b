"""Replays commits through the review and its soundness scope, in this process and without a policy."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.model import Change, ChangeClass
from analyzers.soundness.exposed import compare, is_looked_at
from bot.assess import analysis_of
from bot.git import Repository
from tests.benchmarks.replaying import Inline, read_sides

_ASKING = frozenset((ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED))


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a review says about a commit: changes that ask by their class, and the exposed ones."""

    commit: str
    asking: tuple[Change, ...]
    removed: tuple[Change, ...]
    exposed: tuple[Change, ...]
    looked_at: int


def replay(repository: Repository, commit: str, base: str = "") -> Replayed:
    """Review a commit against its first parent, or another base.

    Raises:
        GitError: there is no such commit, or it has no parent.
    """
    base = repository.resolve(base or f"{commit}^1")
    head = repository.resolve(commit)
    changes = repository.diff(base, head)
    analysis = analysis_of(changes, Inline())
    asking = tuple(each for each in analysis.changes if each.change in _ASKING and not each.site.in_test)
    removed = tuple(each for each in analysis.changes if each.change is ChangeClass.REMOVED)
    found = compare(read_sides("soundness", repository, base, head, changes), analysis)
    looked_at = sum(1 for change in changes if is_looked_at(change.path))
    return Replayed(head, asking, removed, found.changes, looked_at)
