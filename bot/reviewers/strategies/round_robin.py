"""``round-robin``: who has not been asked for the longest time."""

from __future__ import annotations

from bot.policy.model import Strategy
from bot.reviewers.model import Why
from bot.reviewers.strategy import Circle, Ranked, Strategist


def _rank(circle: Circle) -> Ranked:
    known = set(circle.people)
    turns = [person for person in circle.turns(circle.rule, circle.people) if person in known]
    # Whoever the rotation does not know yet has never been asked.
    order = dict.fromkeys((*(person for person in circle.people if person not in set(turns)), *turns))
    return tuple((person, Why("why.round-robin", circle.words)) for person in order)


STRATEGIST = Strategist(Strategy.ROUND_ROBIN, _rank)
