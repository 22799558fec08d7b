"""``expertise``: who knows the unsafe code of the changed files best; between equals, who has the fewest requests."""

from __future__ import annotations

from bot.policy.model import Strategy
from bot.reviewers.model import Why
from bot.reviewers.strategy import Circle, Ranked, Strategist


def _rank(circle: Circle) -> Ranked:
    def load(person: str) -> int:
        return circle.load.get(person, 0)

    def weight(person: str) -> int:
        return circle.experts.get(person, 0)

    def why(person: str) -> Why:
        if weight(person):
            return Why("why.expertise", (("weight", weight(person)), *circle.words))
        return Why("why.no-expert", (("load", load(person)), *circle.words))

    order = sorted(circle.people, key=lambda person: (-weight(person), load(person), circle.lot(person)))
    return tuple((person, why(person)) for person in order)


STRATEGIST = Strategist(Strategy.EXPERTISE, _rank)
