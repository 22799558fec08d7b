"""What a strategy is: a way to put people into the order in which they are asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.policy.model import Strategy
from bot.pull import PullRequest
from bot.reviewers.model import Why, in_given_order


@dataclass(frozen=True, slots=True)
class Circle:
    """The people whom a rule can ask right now, sorted, and what is known about them.

    ``load`` counts open requests elsewhere. ``seed`` is the same whenever the pull request is looked at.
    """

    people: tuple[str, ...]
    rule: str
    pools: tuple[str, ...]
    seed: str = ""
    load: Mapping[str, int] = field(default_factory=dict)
    experts: Mapping[str, int] = field(default_factory=dict)
    turns: Callable[[str, Sequence[str]], Sequence[str]] = in_given_order

    @property
    def words(self) -> tuple[tuple[str, str | int], ...]:
        """How many people in which pools somebody was picked from."""
        return (("count", len(self.people)), ("pools", ", ".join(self.pools)))

    def lot(self, person: str) -> bytes:
        """A number that looks random, always the same for a pull request and a person."""
        return hashlib.sha256(f"{self.seed}/{person}".encode("utf-8", "surrogatepass")).digest()


Ranked = tuple[tuple[str, Why], ...]
"""People with the reasons they have if they are asked now, first the one to ask first."""


@dataclass(frozen=True, slots=True)
class Strategist:
    """A strategy of the policy file and how it ranks a circle; ``asks_everybody`` at once."""

    strategy: Strategy
    rank: Callable[[Circle], Ranked]
    asks_everybody: bool = False


def seed_of(pull: PullRequest) -> str:
    """What the lots of a pull request are drawn from; renaming the repository draws no others."""
    return f"{pull.repository.id}#{pull.number}"
