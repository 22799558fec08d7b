"""``claim``: take the review oneself."""

from __future__ import annotations

from bot.commands.asking import instead
from bot.commands.model import Command, Outcome, Room, Who
from bot.commands.parse import Order
from bot.commands.wording import refuse
from bot.reviewers.model import Why
from bot.reviewers.plan import useful


def _run(_order: Order, room: Room) -> Outcome:
    rules = useful(room.decision, room.scene(), room.author)
    if not rules:
        raise refuse("claim-nothing")
    return instead(room, room.author, rules, Why("why.claimed"), claimed=True)


COMMAND = Command(
    name="claim",
    usage="",
    summary="Take the review yourself; whom the App asked instead is let go.",
    who=Who.REVIEWER,
    run=_run,
)
