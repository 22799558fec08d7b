"""Which of the mentors to ask, and why this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.policy.model import Mentoring
from bot.reviewers.model import MENTORING, REFUSED, Pick, Why
from bot.reviewers.scene import Scene
from bot.reviewers.strategies import strategies
from bot.reviewers.strategy import Circle, seed_of

_OBSTACLES = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """The mentor to ask; where there is none, why none of them can be asked."""

    pick: Pick | None
    obstacles: tuple[Why, ...] = ()


def present(scene: Scene) -> Pick | None:
    """The mentor who is asked already."""
    open_ones = (each for each in scene.open if each.rule == MENTORING)
    return next((Pick(each.person, each.rule, Why.read(each.why)) for each in open_ones), None)


def choose(scene: Scene, by: str) -> Choice:
    """The mentor to ask on somebody's word.

    Nobody is asked who wrote the pull request, is away, has as many open requests as their pool allows (mentoring can
    wait, unlike a review), or whose request somebody took back by hand. Whoever is asked to review it already knows it
    best; then the policy's strategy decides.
    """
    mentoring = scene.policy.mentoring
    everybody = sorted(scene.people.get(mentoring.pool, ()))
    hindered = {person: why for person in everybody if (why := _obstacle(scene, person)) is not None}
    able = [person for person in everybody if person not in hindered]
    if not able:
        return Choice(None, tuple(hindered.values())[:_OBSTACLES])
    near = [person for person in able if person in scene.on_it]
    ranked = strategies()[mentoring.strategy].rank(_circle(scene, mentoring, near or able))
    person, why = ranked[0]
    if len(able) == 1:
        why = Why("why.only", (("pools", mentoring.pool),))
    elif near:
        why = Why("why.mentor-near")
    return Choice(Pick(person, MENTORING, Why(why.id, why.words, (Why("why.mentor", (("by", by),)),))))


def _circle(scene: Scene, mentoring: Mentoring, people: list[str]) -> Circle:
    return Circle(
        people=tuple(people),
        rule=MENTORING,
        pools=(mentoring.pool,),
        seed=seed_of(scene.pull),
        load=scene.load,
        experts=scene.history.experts,
        turns=scene.history.turns,
    )


def _obstacle(scene: Scene, person: str) -> Why | None:
    if person == scene.pull.author:
        return Why("why.mentor-author", (("person", person),))
    if (day := scene.back(person)) is not None:
        return Why("why.away", (("person", person), ("until", day.isoformat())))
    if person in scene.pull.removed_by_hand:
        return Why("why.removed", (("person", person),))
    if person in scene.refused:
        return Why(REFUSED, (("person", person),))
    load, limit = scene.load.get(person, 0), _capacity(scene)
    return Why("why.too-much", (("person", person), ("load", load))) if 0 < limit <= load else None


def _capacity(scene: Scene) -> int:
    """How many open requests a mentor may have; 0 sets no limit."""
    limits: Mapping[str, int] = {pool.name: pool.capacity for pool in scene.policy.pools}
    return limits.get(scene.policy.mentoring.pool, 0)
