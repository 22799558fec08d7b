"""``checklist``: say what stands between the packages of a pull request and their publication."""

from __future__ import annotations

from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order
from bot.mentor.topics import ASKED, SPOKEN


def _run(_order: Order, room: Room) -> Outcome:
    room.book.remember_remarks(ASKED, (SPOKEN,))
    # The checklist itself is the answer, in the one comment that is kept of it.
    return Outcome(Reaction.WORKING, mentoring=True)


COMMAND = Command(
    name="checklist",
    usage="",
    summary="Keep a publishing checklist for the packages that this pull request changes.",
    who=Who.INSIDER,
    run=_run,
)
