"""Replays commits through the review and its soundness scope, in this process and without a policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from analyzers.model import Change, ChangeClass, FileChange, FileSide
from analyzers.soundness.exposed import compare, is_looked_at, wanted
from analyzers.survey import Sides, Tree
from bot.assess import analysis_of
from bot.comparison import Around
from bot.git import Repository
from bot.model import Failure

T = TypeVar("T")
R = TypeVar("R")

_ASKING = frozenset((ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED))


class Inline:
    """Runs everything here: the commits are old and well known."""

    def run(
        self, function: Callable[[T], R], items: Sequence[T], weight: Callable[[T], int]
    ) -> Iterator[tuple[T, R | Failure]]:
        """Yield every item with its result, in order."""
        del weight
        for item in items:
            yield item, function(item)


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
    found = compare(_sides(repository, base, head, changes), analysis)
    looked_at = sum(1 for change in changes if is_looked_at(change.path))
    return Replayed(head, asking, removed, found.changes, looked_at)


def _sides(repository: Repository, base: str, head: str, changes: Sequence[FileChange]) -> Sides:
    around = Around(repository, base, head, changes)
    before, after = around.entries()
    bare = Sides(
        Tree(before, _contents(change.base for change in changes)),
        Tree(after, _contents(change.head for change in changes)),
        tuple(changes),
    )
    paths = wanted(bare)
    return replace(bare, base=_filled(bare.base, paths, around), head=_filled(bare.head, paths, around))


def _contents(sides: Iterable[FileSide | None]) -> dict[str, bytes]:
    return {side.path: side.data for side in sides if side is not None and side.data is not None}


def _filled(tree: Tree, paths: Sequence[str], around: Around) -> Tree:
    missing = {
        path: tree.entries[path].blob for path in paths if path in tree.entries.keys() - tree.contents.keys()
    }
    read = around.read(sorted(set(missing.values())), 64 << 20)
    more = {path: read[blob] for path, blob in missing.items() if blob in read}
    return replace(tree, contents={**tree.contents, **more})
