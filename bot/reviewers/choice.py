"""Picks few people who together meet all needs: greedily, then without those who turned out to be spare."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from bot.reviewers.model import REFUSED, Pick, Why
from bot.reviewers.need import Need
from bot.reviewers.scene import Scene
from bot.reviewers.strategies import strategies
from bot.reviewers.strategy import Circle, seed_of

_ASIDES = 3


class _Round(IntEnum):
    """Who may be asked: the next ones only where the former do not meet what is required."""

    READY = 0
    PASSED_OVER = 1
    FULL = 2


@dataclass(slots=True)
class Choice:
    """The people who are on it already, and those who are picked besides."""

    scene: Scene
    needs: Sequence[Need]
    on_it: frozenset[str]

    def picks(self) -> tuple[Pick, ...]:
        """Whom to ask, in the order in which they were found."""
        picked: dict[str, Pick] = {}
        everybody = sorted({person for need in self.needs for person in need.quota.everybody} - self.on_it)
        free = [person for person in everybody if self.scene.obstacle(person) is None]
        for pick in self._everybody_at_once(free):
            picked.setdefault(pick.person, pick)
        for round in _Round:
            while (found := self._next(free, picked, round)) is not None:
                picked[found.person] = found
        unneeded = self._spare(picked)
        return tuple(pick for pick in picked.values() if pick.person not in unneeded)

    def _everybody_at_once(self, free: Sequence[str]) -> Iterable[Pick]:
        able = {
            need: [person for person in free if self._may(person, need, _Round.READY)]
            for need in self.needs
            if _asks_everybody(need)
        }
        for need, people in able.items():
            for person, why in strategies()[need.rule.request.strategy].rank(self._circle(need, people)):
                yield Pick(
                    person, need.rule.name, why, _others([each for each in able if person in able[each]])
                )

    def _may(self, person: str, need: Need, round: _Round) -> bool:
        if not need.helps(person):
            return False
        if round < _Round.FULL and self.scene.is_full(person, need):
            return False
        return round > _Round.READY or person not in self.scene.passed_over

    def _next(self, free: Sequence[str], picked: Collection[str], round: _Round) -> Pick | None:
        """The person who meets most of what is left; who has reviewed it before, then the strategy, decide."""
        useful = {
            person: mine
            for person in free
            if person not in picked and (mine := self._useful(person, picked, round))
        }
        if not useful:
            return None
        firsts = {mine[0].order: mine[0] for mine in useful.values()}
        places = {order: self._ranks(need, useful) for order, need in firsts.items()}

        def priority(person: str) -> tuple[int, int, bool, int, str]:
            first = useful[person][0].order
            rank, _ = places[first][person]
            return (-len(useful[person]), first, not self.scene.has_reviewed(person), rank, person)

        person = min(useful, key=priority)
        mine = useful[person]
        rank, why = places[mine[0].order][person]
        if rank > 0:
            top = next(each for each, (place, _) in places[mine[0].order].items() if place == 0)
            why = self._not_the_first(mine, useful[top])
        if round > _Round.READY:
            why = self._stopgap(person, round)
        also = self._asides(mine[0], person)
        return Pick(person, mine[0].rule.name, Why(why.id, why.words, also), _others(mine))

    def _useful(self, person: str, picked: Collection[str], round: _Round) -> list[Need]:
        """The needs that the person would meet further."""
        at_least = round > _Round.READY
        found = []
        for need in self.needs:
            if self._may(person, need, round):
                there = self._answering(need, picked)
                if need.met({*there, person}, at_least=at_least) > need.met(there, at_least=at_least):
                    found.append(need)
        return found

    def _answering(self, need: Need, picked: Iterable[str]) -> set[str]:
        """Those of whom an answer to the need is to be expected."""
        hours = need.rule.request.escalate_after_hours
        asked = {person for person in self.on_it if need.helps(person)}
        return {*picked} | {person for person in asked if not self.scene.is_silent(person, hours)}

    def _ranks(self, need: Need, useful: dict[str, list[Need]]) -> dict[str, tuple[int, Why]]:
        rivals = [person for person, mine in useful.items() if any(each.order == need.order for each in mine)]
        circle = self._circle(need, rivals)
        if len(rivals) == 1:
            return {rivals[0]: (0, Why("why.only", circle.words[1:]))}
        ranked = strategies()[need.rule.request.strategy].rank(circle)
        return {person: (place, why) for place, (person, why) in enumerate(ranked)}

    def _circle(self, need: Need, people: Sequence[str]) -> Circle:
        history = self.scene.history
        return Circle(
            people=tuple(sorted(people)),
            rule=need.rule.name,
            pools=tuple(pool.name for pool in need.pools),
            seed=seed_of(self.scene.pull),
            load=self.scene.load,
            experts=history.experts,
            turns=history.turns,
        )

    def _not_the_first(self, mine: Sequence[Need], best: Sequence[Need]) -> Why:
        """Why somebody is asked whom the strategy alone would not have asked first."""
        if len(mine) <= len(best):
            return Why("why.has-reviewed")
        rules = len({need.order for need in mine})
        return Why("why.several-rules", (("count", rules),)) if rules > 1 else Why("why.most-changes")

    def _stopgap(self, person: str, round: _Round) -> Why:
        if round is _Round.PASSED_OVER:
            return Why("why.passed-over")
        return Why("why.full", (("load", self.scene.load.get(person, 0)),))

    def _asides(self, need: Need, person: str) -> tuple[Why, ...]:
        """What else explains it: who of the same pools is silent, away or has too much to do."""
        found: list[Why] = []
        hours = need.rule.request.escalate_after_hours
        for other in sorted(need.quota.everybody - {person}):
            if other in self.on_it:
                if self.scene.is_silent(other, hours):
                    found.append(Why("why.silent", (("person", other), ("hours", hours))))
            elif (obstacle := self.scene.obstacle(other)) is not None:
                found += [obstacle] if obstacle.id in {"why.away", "why.removed", REFUSED} else []
            elif self.scene.is_full(other, need):
                load = self.scene.load.get(other, 0)
                found.append(Why("why.too-much", (("person", other), ("load", load))))
        return tuple(found[:_ASIDES])

    def _spare(self, picked: dict[str, Pick]) -> set[str]:
        """Picks without whom as much is met: a later one can make an earlier one unnecessary."""
        kept = set(picked)
        at_once = {person for person in picked if any(map(_asks_everybody, self._helped(person)))}
        for person in picked:
            if person not in at_once and spare(self.needs, self._everyone(kept), person):
                kept.discard(person)
        return set(picked) - kept

    def _helped(self, person: str) -> list[Need]:
        return [need for need in self.needs if need.helps(person)]

    def _everyone(self, picked: Collection[str]) -> list[set[str]]:
        return [self._answering(need, picked) for need in self.needs]


def spare(needs: Sequence[Need], answering: Sequence[set[str]], person: str) -> bool:
    """Whether all needs are met as far without the person; ``answering`` are the people of each need."""
    return all(
        need.met(people - {person}) == need.met(people) for need, people in zip(needs, answering, strict=True)
    )


def _asks_everybody(need: Need) -> bool:
    return strategies()[need.rule.request.strategy].asks_everybody


def _others(mine: Sequence[Need]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(need.rule.name for need in mine[1:] if need.order != mine[0].order))
