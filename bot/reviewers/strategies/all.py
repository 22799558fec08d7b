"""``all``: everybody in the pools is asked at once."""

from __future__ import annotations

from bot.policy.model import Strategy
from bot.reviewers.model import Why
from bot.reviewers.strategy import Circle, Ranked, Strategist


def _rank(circle: Circle) -> Ranked:
    return tuple((person, Why("why.all", circle.words)) for person in circle.people)


STRATEGIST = Strategist(Strategy.ALL, _rank, asks_everybody=True)
