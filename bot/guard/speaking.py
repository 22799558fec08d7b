"""Who may speak of a pull request or merge group: whoever began to look at it last.

A job runs in one process. But one that slept for long, with its machine, is taken for dead and its jobs go to others,
and it does not know when it wakes. What it saw may be older than what they have told by then: it may say nothing any
more, and what it was just saying has to be said anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.guard.world import StaleError
from bot.ports import Book

T = TypeVar("T")
_TURNS = 4
"""How often two processes that are both awake may overtake each other, before a later attempt takes over."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """One look at what ``name`` names; ``head`` is a merge group's, empty for a pull request."""

    book: Book
    name: str
    head: str
    look: int

    def is_last(self) -> bool:
        """Whether nobody has begun to look since."""
        return self.book.is_last_look(self.look, self.head)

    def ensure_last(self) -> None:
        """Ask before something is told.

        Raises:
            StaleError: somebody has begun to look since.
        """
        if not self.is_last():
            raise StaleError(f"{self.name} is looked at by another process")


def speaking_last(book: Book, name: str, attempt: Callable[[Speaker], T], head: str = "") -> T:
    """What an attempt comes to during which nobody else began to look; until then it is made again.

    Raises:
        StaleError: somebody always did.
    """
    for _ in range(_TURNS):
        speaker = Speaker(book, name, head, book.begin_look(head))
        result = attempt(speaker)
        if speaker.is_last():
            return result
    raise StaleError(f"{name} is looked at by another process")
