"""``release``: give back what one claimed or was asked, and take back one's veto."""

from __future__ import annotations

from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order
from bot.commands.wording import refuse
from bot.render.prose import say


def _run(_order: Order, room: Room) -> Outcome:
    person, scene = room.author, room.scene()
    by_review = set(room.standing.vetoes) - set(room.book.vetoes())
    requests_changes = any(veto.person == person for veto in by_review)
    released = room.book.release_veto(room.comment.id, person, room.now)
    # Who gave it back already did so by this command, if it is carried out a second time.
    had = any(each.person == person for each in scene.open) or person in scene.passed_over
    if not (released or had):
        raise refuse("release-review" if requests_changes else "release-nothing")
    reply = say("commands.release-review") if requests_changes else ""
    return Outcome(Reaction.DONE, reply, recheck=True, withdraw=(person,) if had else ())


COMMAND = Command(
    name="release",
    usage="",
    summary="Give back what you claimed or were asked, and take back your veto.",
    who=Who.MEMBER,
    run=_run,
)
