"""``reroll``: ask others than those whom the App picked."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.asking import record
from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order
from bot.commands.wording import refuse
from bot.model import Mode
from bot.ports import Assignment
from bot.reviewers.model import Pick, Why
from bot.reviewers.plan import reroll

_COMMENT, _INSTEAD = "comment", "instead"


def _run(_order: Order, room: Room) -> Outcome:
    earlier = _done_before(room)
    if earlier:
        return _outcome(tuple(Pick(each.person, each.rule, Why.read(each.why)) for each in earlier))
    scene = room.scene()
    if not scene.picked_by_app:
        raise refuse("reroll-nobody")
    if room.pull.is_draft or room.decision.mode is not Mode.ENFORCE:
        raise refuse("reroll-later")
    found = reroll(room.decision, scene)
    if not found.ask:
        raise refuse("reroll-nobody-else")
    marks = ((_COMMENT, str(room.comment.id)), (_INSTEAD, ", ".join(found.withdraw)))
    picks = [
        replace(
            pick,
            why=replace(
                pick.why, words=(*pick.why.words, *marks), also=(*pick.why.also, _instead(found.withdraw))
            ),
        )
        for pick in found.ask
    ]
    for pick in picks:
        record(room, pick)
    return _outcome(tuple(picks))


def _instead(people: tuple[str, ...]) -> Why:
    return Why("why.instead", (("others", ", ".join(people)),))


def _done_before(room: Room) -> list[Assignment]:
    """Those who were asked when this very comment was carried out before, unless GitHub did not take them."""
    mark = str(room.comment.id)
    mine = (each for each in room.book.assignments() if Why.read(each.why).word(_COMMENT) == mark)
    return [each for each in mine if each.person not in room.refused]


def _outcome(picks: tuple[Pick, ...]) -> Outcome:
    gone = {person for pick in picks for person in pick.why.word(_INSTEAD).split(", ") if person}
    return Outcome(Reaction.DONE, recheck=True, ask=picks, withdraw=tuple(sorted(gone)))


COMMAND = Command(
    name="reroll",
    usage="",
    summary="Ask others instead of those the App picked.",
    who=Who.STEERER,
    run=_run,
)
