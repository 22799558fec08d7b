"""``mentor``: ask somebody to help the author along."""

from __future__ import annotations

from bot.commands.asking import record
from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order
from bot.commands.wording import refuse
from bot.policy.model import Strategy
from bot.reviewers.model import MENTORING, Pick, Why
from bot.reviewers.strategies import strategies
from bot.reviewers.strategy import Circle, seed_of


def _run(_order: Order, room: Room) -> Outcome:
    pool = room.policy.mentoring.pool
    if not pool:
        raise refuse("mentor-none")
    scene = room.scene()
    asked = [
        Pick(each.person, each.rule, Why.read(each.why)) for each in scene.open if each.rule == MENTORING
    ]
    if asked:
        return Outcome(Reaction.DONE, ask=tuple(asked[:1]))
    removed = room.pull.removed_by_hand
    able = [
        person
        for person in sorted(room.people.get(pool, ()))
        if person != room.pull.author and scene.back(person) is None and person not in removed
    ]
    # Who is asked to review already knows the pull request best.
    circle = Circle(
        people=tuple([person for person in able if person in scene.on_it] or able),
        rule=MENTORING,
        pools=(pool,),
        seed=seed_of(room.pull),
        load=scene.load,
    )
    ranked = strategies()[Strategy.LEAST_LOADED].rank(circle)
    if not ranked:
        raise refuse("mentor-nobody")
    pick = Pick(ranked[0][0], MENTORING, Why("why.mentor", (("by", room.author),)))
    record(room, pick)
    return Outcome(Reaction.DONE, ask=(pick,))


COMMAND = Command(
    name="mentor",
    usage="",
    summary="Ask a mentor to help the author.",
    who=Who.INSIDER,
    run=_run,
)
