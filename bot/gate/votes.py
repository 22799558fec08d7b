"""Whose word counts for a rule, and what is covered by it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.gate.quorum import Quorum
from bot.model import Approval, Barred, Standing, Veto
from bot.policy.model import Require


@dataclass(frozen=True, slots=True)
class Votes:
    """What people said, and who they are: ``people`` maps pools to logins; ``now`` has its zone."""

    people: Mapping[str, frozenset[str]]
    standing: Standing
    now: datetime.datetime

    def needed(self, approvals: int) -> int:
        """How many people stand for ``approvals``: one more while somebody unknown is behind a commit or pushed last.

        That one could be any of them (palantir/policy-bot#1263).
        """
        return approvals + bool(self.standing.unmapped or self.standing.unknown_pusher)

    def quorum(self, require: Require) -> Quorum:
        """Who is enough for a requirement: one group of people each for ``all_of``, else one of all."""
        groups = [self.people.get(pool, frozenset()) for pool in dict.fromkeys(require.pools or self.people)]
        if not require.all_of:
            groups = [frozenset().union(*groups)]
        return Quorum(tuple(groups), self.needed(require.approvals))

    def is_barred(self, person: str) -> bool:
        """Whether a person's approvals do not count for this pull request."""
        return person in self.standing.barred

    def is_expired(self, approval: Approval, days: int) -> bool:
        """Whether an approval is older than it may be; 0 days stand for any age."""
        return days > 0 and self.now - approval.at > datetime.timedelta(days=days)

    def approvers(
        self, entitled: Collection[str], asked: Collection[str], expires_days: int, *, waiving: bool = False
    ) -> dict[str, frozenset[str]]:
        """Who of those entitled has let each of the fingerprints pass; ``waiving`` counts waivers only."""
        wanted = frozenset(asked)
        found: defaultdict[str, set[str]] = defaultdict(set)
        for approval in self._counting(entitled, expires_days):
            if approval.waives or not waiving:
                for fingerprint in approval.covers & wanted:
                    found[fingerprint].add(approval.person)
        return {fingerprint: frozenset(people) for fingerprint, people in found.items()}

    def _counting(self, entitled: Collection[str], expires_days: int) -> Iterable[Approval]:
        return (
            each
            for each in self.standing.approvals
            if each.person in entitled
            and not self.is_barred(each.person)
            and not self.is_expired(each, expires_days)
        )

    def vetoes(self) -> tuple[Veto, ...]:
        """The vetoes of people in any pool, each once, oldest first.

        Authors and committers may veto too. It can only hold, they can take it back, and a commit can name
        anybody as its co-author: it must not silence whoever it names. Bots never count.
        """
        everybody = frozenset().union(*self.people.values())
        counting = {
            veto
            for veto in self.standing.vetoes
            if veto.person in everybody and self.standing.barred.get(veto.person) is not Barred.BOT
        }
        return tuple(sorted(counting, key=lambda veto: (veto.at, veto.person, veto.reason)))


def uncovered(
    asked: Iterable[str], quorum: Quorum, approvers: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    """The fingerprints that too few people let pass, in their order."""
    missing: dict[frozenset[str], int] = {}
    found = []
    for fingerprint in asked:
        people = approvers.get(fingerprint, frozenset())
        # Thousands of changes are approved by few different sets of people.
        if people not in missing:
            missing[people] = quorum.missing(people)
        if missing[people]:
            found.append(fingerprint)
    return tuple(found)
