"""``least-loaded``: who has the fewest open requests over all repositories; a lot decides between equals."""

from __future__ import annotations

from bot.policy.model import Strategy
from bot.reviewers.model import Why
from bot.reviewers.strategy import Circle, Ranked, Strategist


def _rank(circle: Circle) -> Ranked:
    def load(person: str) -> int:
        return circle.load.get(person, 0)

    return tuple(
        (person, Why("why.least-loaded", (("load", load(person)), *circle.words)))
        for person in sorted(circle.people, key=lambda person: (load(person), circle.lot(person)))
    )


STRATEGIST = Strategist(Strategy.LEAST_LOADED, _rank)
