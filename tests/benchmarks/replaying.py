"""Reads what surveys work on from old commits, in this process: they are well known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from analyzers.model import FileChange
from analyzers.survey import Sides
from bot.comparison import Around
from bot.git import Repository
from bot.model import Failure
from bot.surveying import Ground, bare_sides, with_wanted

T = TypeVar("T")
R = TypeVar("R")


class Inline:
    """Runs everything here."""

    def run(
        self, function: Callable[[T], R], items: Sequence[T], weight: Callable[[T], int]
    ) -> Iterator[tuple[T, R | Failure]]:
        """Yield every item with its result, in order."""
        del weight
        for item in items:
            yield item, function(item)


def read_sides(
    survey: str, repository: Repository, base: str, head: str, changes: Sequence[FileChange]
) -> Sides:
    """Both sides of a comparison with everything that a survey wants to read.

    Raises:
        GitError: a tree cannot be read.
    """
    around = Around(repository, base, head, changes)
    ground = Ground(bare_sides(changes, around, around.library()))
    ready, _ = with_wanted(ground, [survey], Inline(), around)
    return ready[0].on(ground)
