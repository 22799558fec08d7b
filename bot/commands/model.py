"""What a command is, what it finds around it, and what comes of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from analyzers.model import Analysis
from bot.commands.parse import Order
from bot.model import Decision, PolicyEdit, Standing
from bot.policy.model import Policy
from bot.ports import Book, Comment
from bot.pull import PullRequest
from bot.reviewers.model import History, Pick
from bot.reviewers.scene import Scene


class Who(StrEnum):
    """Who may give a command.

    ``insider``: the author, people in a pool of the policy, and people who may push. ``steerer``: the same without
    the author. ``member``: people in a pool. ``reviewer``: those of them whose word counts for the pull request.
    """

    INSIDER = "insider"
    STEERER = "steerer"
    MEMBER = "member"
    REVIEWER = "reviewer"


class Reaction(StrEnum):
    """What a command's comment is answered with at once (GitHub's names of reactions)."""

    NONE = ""
    DONE = "+1"
    REFUSED = "confused"
    WORKING = "eyes"


class RefusedError(Exception):
    """A command cannot be carried out; the message is Markdown of ours that says why and what to write instead."""


@dataclass(frozen=True, slots=True)
class Room:
    """A pull request as it was judged, and the comment that commands stand in.

    ``people`` maps pools to everybody in them. ``in_sight`` are the fingerprints that the App had told of when the
    comment was written: its author cannot mean what came later. ``can_write`` tells whether a login may push there.
    ``edits`` are those of the policy, ``crates`` the packages of paths where they are known. ``experts`` weighs who
    knows the changed files. ``web`` is the address of the repository's page and ``compared_with`` the full id of
    the commit that the head was compared with, for links. ``refused`` are people whom these very orders asked and
    GitHub did not take as reviewers.
    """

    pull: PullRequest
    policy: Policy
    analysis: Analysis
    decision: Decision
    standing: Standing
    people: Mapping[str, frozenset[str]]
    book: Book
    can_write: Callable[[str], bool]
    now: datetime.datetime
    comment: Comment
    in_sight: frozenset[str]
    app: str = "cratewarden"
    edits: tuple[PolicyEdit, ...] = ()
    crates: Mapping[str, str] | None = None
    experts: Mapping[str, int] = field(default_factory=dict)
    web: str = ""
    compared_with: str = ""
    refused: frozenset[str] = frozenset()

    @property
    def author(self) -> str:
        """Who wrote the comment."""
        return self.comment.author.lower()

    @property
    def members(self) -> frozenset[str]:
        """Everybody in any pool of the policy."""
        return frozenset().union(*self.people.values())

    def scene(self) -> Scene:
        """The people around the pull request, as the ledger knows them now."""
        history = History(self.book.assignments(), self.book.load(), self.book.turn, self.experts)
        return Scene(self.policy, self.pull, self.people, self.standing, history, self.now)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of commands besides what they wrote into the ledger.

    ``reply`` is Markdown of ours for one comment, or empty. ``recheck`` asks for a new assessment. ``ask`` are on
    record already and are to be requested, but for those in the room's ``refused``. ``withdraw`` are people whose
    requests are to be taken back, and then their assignments closed. ``mentoring`` lets the mentor have a look.
    """

    reaction: Reaction = Reaction.NONE
    reply: str = ""
    recheck: bool = False
    ask: tuple[Pick, ...] = ()
    withdraw: tuple[str, ...] = ()
    mentoring: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One command: how it is written, what it does, in a line, and who may give it.

    ``run`` may raise RefusedError. A comment may hold it once, unless it ``repeats``. ``when_closed`` says whether it
    makes sense on a pull request that is closed.
    """

    name: str
    usage: str
    summary: str
    who: Who
    run: Callable[[Order, Room], Outcome]
    repeats: bool = False
    when_closed: bool = False
