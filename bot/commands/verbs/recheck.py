"""``recheck``: look at the pull request once more."""

from __future__ import annotations

from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order


def _run(_order: Order, room: Room) -> Outcome:
    # Somebody may have been given access since GitHub did not let them be asked.
    room.book.forget_refusals()
    return Outcome(Reaction.WORKING, recheck=True)


COMMAND = Command(
    name="recheck",
    usage="",
    summary="Assess the pull request once more.",
    who=Who.INSIDER,
    run=_run,
)
