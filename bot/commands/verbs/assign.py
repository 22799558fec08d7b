"""``assign``: ask somebody in particular, instead of those whom the App would have picked."""

from __future__ import annotations

import re

from bot.commands.asking import instead
from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order
from bot.commands.wording import command, refuse
from bot.render.escape import code
from bot.render.people import listed
from bot.render.prose import say
from bot.reviewers.model import ASSIGNED, Why
from bot.reviewers.plan import useful

# What GitHub lets a login be, that of managed users (``name_company``) included.
_LOGIN = re.compile(r"@?([a-z0-9](?:[a-z0-9_-]{0,98}))", re.IGNORECASE)
_NAMED = 8


def _run(order: Order, room: Room) -> Outcome:
    name, _ = order.words
    found = _LOGIN.fullmatch(name)
    if found is None:
        raise refuse("assign-whom", name=code(name), example=command(room, "assign @user"))
    person = found[1].lower()
    scene = room.scene()
    if not scene.counts(person):
        raise refuse("assign-barred", who=code(person))
    if person in room.refused:
        raise refuse("assign-refused", who=code(person), again=command(room, f"assign @{person}"))
    rules = useful(room.decision, scene, person)
    if not rules:
        raise _cannot_help(room, person)
    outcome = instead(room, person, rules, Why(ASSIGNED, (("by", room.author),)))
    day = scene.back(person)
    reply = say("commands.assign-away", who=code(person), until=day.isoformat()) if day else ""
    return Outcome(Reaction.DONE, reply, recheck=True, ask=outcome.ask, withdraw=outcome.withdraw)


def _cannot_help(room: Room, person: str) -> Exception:
    waiting = [rule for rule in room.decision.rules if rule.uncovered]
    if not waiting:
        return refuse("nothing-waits")
    entitled = {
        who for rule in waiting for pool in rule.pools or room.people for who in room.people.get(pool, ())
    }
    if person in entitled:
        return refuse("assign-done", who=code(person))
    scene = room.scene()
    others = sorted(who for who in entitled if scene.obstacle(who) is None)
    if not others:
        return refuse("assign-stranger-alone", who=code(person))
    return refuse("assign-stranger", who=code(person), others=listed(others, most=_NAMED))


COMMAND = Command(
    name="assign",
    usage="@user",
    summary="Ask this person instead of those the App picked.",
    who=Who.STEERER,
    run=_run,
    repeats=True,
)
