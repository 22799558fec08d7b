"""``waive``: let changes pass without an approval, with a reason that is kept."""

from __future__ import annotations

from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order
from bot.commands.reason import reason_of
from bot.commands.things import ALL, asked_about, entitled_to, named, uncovered
from bot.commands.wording import command, list_of, refuse
from bot.render.prose import say


def _run(order: Order, room: Room) -> Outcome:
    name, text = order.words
    if not name:
        raise refuse("waive-what", example=command(room, "waive all REASON"))
    reason = reason_of(text, room, f"waive {name} REASON")
    wanted = _everything(room, reason) if name.lower() == ALL else named(room, name)
    asked = [each for each in wanted if each in asked_about(room)]
    if not asked:
        raise refuse("waive-unasked", things=list_of(room, wanted))
    # A short name is made of what it names. All else may stand for something else since somebody pushed.
    if unseen := [each for each in asked if not (each in room.in_sight or each.startswith(name.lower()))]:
        raise refuse("waive-unseen", things=list_of(room, unseen))
    mine = entitled_to(room, room.author)
    passing = [each for each in asked if each in mine]
    others = [each for each in asked if each not in mine]
    if not passing:
        raise refuse("waive-not-yours", things=list_of(room, others))
    room.book.waive(room.comment.id, room.author, passing, reason, room.comment.created)
    reply = say("commands.waived", count=len(passing)) + "\n\n" + list_of(room, passing)
    if others:
        reply += "\n\n" + say("commands.waived-not", count=len(others)) + "\n\n" + list_of(room, others)
    return Outcome(Reaction.DONE, reply, recheck=True)


def _everything(room: Room, reason: str) -> tuple[str, ...]:
    """All that waits now and did when the comment was written; or all that waits now, if that is nothing.

    Carried out a second time, the command finds that nothing of it waits any more: then it is what it let pass
    the first time.

    Raises:
        RefusedError: nothing waits, and nothing did.
    """
    found = uncovered(room)
    if seen := tuple(each for each in found if each in room.in_sight):
        return seen
    before = [each for each in room.book.waivers() if (each.person, each.reason) == (room.author, reason)]
    if before:
        return tuple(sorted(before[-1].covers))
    if not found:
        raise refuse("nothing-waits")
    return found


COMMAND = Command(
    name="waive",
    usage="<change|all> <reason>",
    summary="Let a change, or everything that waits now, pass without an approval.",
    who=Who.REVIEWER,
    run=_run,
)
