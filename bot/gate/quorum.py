"""How many different people of which pools are enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quorum:
    """``each`` people from every one of ``pools``; who is in several counts for one of them only."""

    pools: tuple[frozenset[str], ...]
    each: int

    @property
    def everybody(self) -> frozenset[str]:
        """All whose approval can count."""
        return frozenset().union(*self.pools)

    def missing(self, people: Collection[str]) -> int:
        """How many people more are needed than these, at the very least."""
        return len(self.pools) * self.each - _seated(self.pools, self.each, sorted(set(people)))


def _seated(pools: tuple[frozenset[str], ...], each: int, people: list[str]) -> int:
    """The most people that fit into the pools, ``each`` to a pool: a maximum bipartite matching.

    By augmenting paths (Kuhn), searched breadth first over the pools, so that nothing recurses.
    """
    choice = {person: [at for at, pool in enumerate(pools) if person in pool] for person in people}
    seat: dict[str, int] = {}
    for person in people:
        _seat(person, choice, each, seat)
    return len(seat)


def _seat(newcomer: str, choice: dict[str, list[int]], each: int, seat: dict[str, int]) -> None:
    """Find a place for a person, if others have to move to another of their pools for it."""
    filled = Counter(seat.values())
    mover: dict[int, str] = {}
    waiting = [newcomer]
    for person in waiting:
        for pool in choice[person]:
            if pool in mover:
                continue
            mover[pool] = person
            if filled[pool] < each:
                _shift(pool, newcomer, mover, seat)
                return
            waiting += (other for other, held in seat.items() if held == pool)


def _shift(pool: int, newcomer: str, mover: dict[int, str], seat: dict[str, int]) -> None:
    """Move everybody on the path that ends at a pool with room, from its end to the newcomer."""
    while True:
        person = mover[pool]
        left = seat.get(person)
        seat[person] = pool
        if person == newcomer or left is None:
            return
        pool = left
