"""How many people are to be asked, and how far some people meet that."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.gate.quorum import Quorum


@dataclass(frozen=True, slots=True)
class Quota:
    """The approvals a rule requires, and ``count`` people who are to be asked where that is more.

    ``by_pool`` are the people of each of the rule's pools, in the rule's order.
    """

    quorum: Quorum
    by_pool: tuple[frozenset[str], ...]
    count: int

    @property
    def everybody(self) -> frozenset[str]:
        """All who are entitled."""
        return self.quorum.everybody

    @property
    def required(self) -> int:
        """How many approvals the rule needs in all its pools together."""
        return len(self.quorum.pools) * self.quorum.each

    def met(self, people: AbstractSet[str], *, at_least: bool) -> int:
        """How many places these people fill: those of the approvals first, then others up to ``count``.

        Each person fills one at most, and a person who fills none adds nothing.
        """
        entitled = people & self.everybody
        seated = self._seated(entitled)
        if at_least:
            return seated
        return seated + min(len(entitled) - seated, max(self.count - self.required, 0))

    def _seated(self, people: AbstractSet[str]) -> int:
        if len(self.quorum.pools) == 1:
            return min(len(people), self.quorum.each)
        return self.required - self.quorum.missing(people)
