"""Asks people on somebody's word, and lets those go whom the App had picked."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.model import Outcome, Reaction, Room
from bot.ports import Assignment
from bot.reviewers.model import Pick, Why
from bot.reviewers.plan import replaced


def record(room: Room, pick: Pick, *, claimed: bool = False) -> None:
    """Write down that somebody is asked, before it is done: what is lost on the way is made up for."""
    room.book.assign(Assignment(pick.person, pick.rule, room.now, pick.why.written(), claimed))


def instead(room: Room, person: str, rules: Sequence[str], why: Why, *, claimed: bool = False) -> Outcome:
    """Ask a person for these rules (at least one), and let those go whom the App picked and who are spare then."""
    gone = replaced(room.decision, room.scene(), person)
    pick = Pick(person, rules[0], why, tuple(rules[1:]))
    record(room, pick, claimed=claimed)
    return Outcome(Reaction.DONE, recheck=True, ask=(pick,), withdraw=gone)
