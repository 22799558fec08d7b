"""``random``: by a lot that is drawn once for a pull request, so that looking again asks the same person."""

from __future__ import annotations

from bot.policy.model import Strategy
from bot.reviewers.model import Why
from bot.reviewers.strategy import Circle, Ranked, Strategist


def _rank(circle: Circle) -> Ranked:
    return tuple(
        (person, Why("why.random", circle.words)) for person in sorted(circle.people, key=circle.lot)
    )


STRATEGIST = Strategist(Strategy.RANDOM, _rank)
