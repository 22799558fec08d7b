"""``veto``: hold the pull request until one takes it back or approves."""

from __future__ import annotations

from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order
from bot.commands.reason import reason_of


def _run(order: Order, room: Room) -> Outcome:
    reason = reason_of(order.rest, room, "veto REASON")
    room.book.veto(room.comment.id, room.author, reason, room.comment.created)
    return Outcome(Reaction.DONE, recheck=True)


COMMAND = Command(
    name="veto",
    usage="<reason>",
    summary="Hold the pull request until you release it or approve.",
    who=Who.MEMBER,
    run=_run,
)
