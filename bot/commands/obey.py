"""Carries out the orders of a comment."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.commands.model import Outcome, Reaction, RefusedError, Room
from bot.commands.parse import LIMIT, Order
from bot.commands.permissions import check, is_insider
from bot.commands.verbs import commands
from bot.commands.wording import command, refuse
from bot.render.escape import code
from bot.reviewers.model import Pick

_SHOWN = 60


def obey(orders: Sequence[Order], room: Room) -> Outcome:
    """What comes of a comment's orders, carried out one after the other.

    To do it twice for the same comment changes the ledger once and gives the same requests. A stranger gets the
    reaction that says no, and never a reply. Comments of bots, and those that were edited, order nothing.
    """
    if not orders or room.comment.is_bot:
        return Outcome()
    if not is_insider(room):
        return Outcome(Reaction.REFUSED)
    if room.comment.is_edited:
        return _refusal(refuse("edited"))
    if len(orders) > LIMIT:
        return _refusal(refuse("too-many", count=LIMIT))
    done: list[Outcome] = []
    for at, order in enumerate(orders):
        try:
            outcome = _one(order, [each.name for each in orders[:at]], room)
        except RefusedError as refused:
            outcome = _refusal(refused)
        done.append(outcome)
    return _merged(orders, done)


def _one(order: Order, earlier: Sequence[str], room: Room) -> Outcome:
    known = commands()
    found = known.get(order.name or "help")
    if found is None:
        near = difflib.get_close_matches(order.name[:_SHOWN], known, n=1)
        words = {"name": code(order.name, _SHOWN), "help": command(room, "help")}
        if not near:
            raise refuse("unknown", **words)
        raise refuse("unknown-near", near=command(room, f"{near[0]} {known[near[0]].usage}"), **words)
    if found.name in earlier and not found.repeats:
        raise refuse("once", name=code(found.name))
    if not room.pull.is_open and not found.when_closed:
        raise refuse("closed", name=code(found.name))
    check(found, room)
    return found.run(order, room)


def _refusal(refused: RefusedError) -> Outcome:
    return Outcome(Reaction.REFUSED, str(refused))


def _merged(orders: Sequence[Order], done: Sequence[Outcome]) -> Outcome:
    """All outcomes as one: the worst reaction; who was asked last stays asked."""
    reactions = {outcome.reaction for outcome in done}
    worst = (Reaction.REFUSED, Reaction.DONE, Reaction.WORKING)
    ask: dict[str, Pick] = {}
    withdraw: dict[str, None] = {}
    for outcome in done:
        for person in outcome.withdraw:
            ask.pop(person, None)
            withdraw[person] = None
        for pick in outcome.ask:
            withdraw.pop(pick.person, None)
            ask[pick.person] = pick
    return Outcome(
        next((each for each in worst if each in reactions), Reaction.NONE),
        "\n\n".join(_replies(orders, done)),
        any(outcome.recheck for outcome in done),
        tuple(ask.values()),
        tuple(withdraw),
        any(outcome.mentoring for outcome in done),
    )


def _replies(orders: Sequence[Order], done: Sequence[Outcome]) -> list[str]:
    if len(orders) == 1:
        return [done[0].reply] if done[0].reply else []
    return [
        f"{code(f'{order.name} {order.rest}'.rstrip(), _SHOWN)}\n\n{outcome.reply}"
        for order, outcome in zip(orders, done, strict=True)
        if outcome.reply
    ]
