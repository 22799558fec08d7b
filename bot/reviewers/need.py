"""What is still missing: for each rule that waits, how many people of which pools have to look."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bot.gate.implicit import implicit_rules
from bot.gate.votes import Votes
from bot.model import Decision, Mode, RuleResult
from bot.policy.model import Policy, Pool, Rule
from bot.reviewers.quota import Quota


@dataclass(frozen=True, slots=True)
class Need:
    """Changes of one rule that the same people have let pass already (``done``), and whom they still need.

    ``order`` is the rule's place in the decision. ``pools`` are those whose people are entitled.
    """

    order: int
    rule: Rule
    pools: tuple[Pool, ...]
    quota: Quota
    done: frozenset[str]

    def helps(self, person: str) -> bool:
        """Whether the person is entitled and has not let these changes pass already."""
        return person in self.quota.everybody and person not in self.done

    def met(self, people: Collection[str], *, at_least: bool = False) -> int:
        """How much of the quota is met once these people have answered; ``at_least`` counts what is required only."""
        return self.quota.met(self.done.union(people), at_least=at_least)

    @property
    def missing(self) -> int:
        """How many people are required besides those who are done."""
        return self.quota.required - self.met((), at_least=True)

    def pools_of(self, person: str) -> tuple[Pool, ...]:
        """The pools of the need that the person is in."""
        return tuple(
            pool for pool, people in zip(self.pools, self.quota.by_pool, strict=True) if person in people
        )


def needs(
    decision: Decision, policy: Policy, votes: Votes, modes: Collection[Mode] = (Mode.ENFORCE,)
) -> tuple[Need, ...]:
    """Every need that is not met, of the rules of these modes, in the order of the decision."""
    rules = {rule.name: rule for rule in (*implicit_rules(policy), *policy.rules)}
    pools = {pool.name: pool for pool in policy.pools}
    found: list[Need] = []
    for order, result in enumerate(decision.rules):
        rule = rules.get(result.name)
        if rule is not None and result.mode in modes and result.uncovered:
            found.extend(_of_rule(order, rule, result, pools, votes))
    return tuple(found)


def _of_rule(
    order: int, rule: Rule, result: RuleResult, known: Mapping[str, Pool], votes: Votes
) -> Iterator[Need]:
    names = tuple(dict.fromkeys(rule.require.pools or votes.people))
    pools = tuple(known.get(name, Pool(name)) for name in names)
    by_pool = tuple(votes.people.get(name, frozenset()) for name in names)
    quorum = votes.quorum(rule.require)
    quota = Quota(quorum, by_pool, rule.request.count)
    approvers = votes.approvers(quorum.everybody, result.uncovered, rule.require.expires_days)
    # Thousands of changes are let pass by few different sets of people.
    seen = dict.fromkeys(approvers.get(name, frozenset()) for name in result.uncovered)
    for done in sorted(seen, key=sorted):
        need = Need(order, rule, pools, quota, done)
        if need.missing:
            yield need
