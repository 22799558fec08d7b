"""``mentor``: ask somebody to help the author along."""

from __future__ import annotations

from bot.commands.asking import record
from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order
from bot.commands.wording import command, refuse, sentence_of
from bot.mentor.choice import choose, present


def _run(_order: Order, room: Room) -> Outcome:
    if not room.policy.mentoring.pool:
        raise refuse("mentor-none", command=command(room, "mentor"))
    scene = room.scene()
    asked = present(scene)
    if asked is not None:
        return Outcome(Reaction.DONE, ask=(asked,), mentoring=True)
    choice = choose(scene, room.author)
    if choice.pick is None:
        why = " ".join(map(sentence_of, choice.obstacles))
        raise refuse("mentor-nobody", why=f" {why}" if why else "")
    record(room, choice.pick)
    return Outcome(Reaction.DONE, ask=(choice.pick,), mentoring=True)


COMMAND = Command(
    name="mentor",
    usage="",
    summary="Ask a mentor to help the author.",
    who=Who.INSIDER,
    run=_run,
)
