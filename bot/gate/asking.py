"""What each rule asks about, and what people said to it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from analyzers.fingerprint import of_unanalysed
from analyzers.model import Analysis
from bot.gate.circumstances import Circumstances
from bot.gate.conditions import Spot, concerns, reaches, sides_of, wants
from bot.gate.implicit import implicit_rules
from bot.gate.votes import Votes, uncovered
from bot.model import Mode, RuleResult, State
from bot.policy.model import Policy, Rule, Scope
from bot.policy.soundness import scope_of


@dataclass(frozen=True, slots=True)
class Asking:
    """A rule, whether it holds or only tells today, and the fingerprints it asks about, each once."""

    rule: Rule
    mode: Mode
    fingerprints: tuple[str, ...]

    def judged(self, votes: Votes) -> RuleResult:
        """The rule's result."""
        require = self.rule.require
        quorum = votes.quorum(require)
        approvers = votes.approvers(quorum.everybody, self.fingerprints, require.expires_days)
        left = uncovered(self.fingerprints, quorum, approvers)
        able = [person for person in quorum.everybody if not votes.is_barred(person)]
        return RuleResult(
            name=self.rule.name,
            state=State.PENDING if left else State.CLEAR,
            fingerprints=self.fingerprints,
            pools=require.pools,
            approvals=quorum.each,
            uncovered=left,
            approved_by=tuple(sorted(frozenset().union(*approvers.values()))),
            all_of=bool(require.all_of),
            mode=self.mode,
            shortage=quorum.missing(able) if left else 0,
        )


def asking(
    policy: Policy, analysis: Analysis, around: Circumstances, today: datetime.date
) -> tuple[Asking, ...]:
    """The policy's rules in its order, then the implicit ones, where they ask about anything."""
    mode = policy.mode_on(today)
    changes = [
        (change, sides_of(change))
        for change in analysis.changes
        if scope_of(policy.soundness, change) is Scope.ASK
    ]
    unanalysed = [(of_unanalysed(doubt), (doubt.path,)) for doubt in analysis.unanalysed]
    edits = [(edit.fingerprint, (edit.path,)) for edit in around.policy_edits]

    def found(rule: Rule) -> Iterator[str]:
        if concerns(rule.when, around):
            # Many changes are in one file.
            reached = cache(lambda sides: reaches(rule.when, Spot(sides, around)))
            yield from (
                each.fingerprint for each, sides in changes if wants(rule.when, each) and reached(sides)
            )
            yield from (name for name, sides in (*unanalysed, *edits) if reached(sides))

    own = [Asking(rule, _mode(rule, mode, today), _once(found(rule))) for rule in policy.rules]
    in_force = {name for each in own if each.mode is mode for name in each.fingerprints}
    of_unseen, of_edits = implicit_rules(policy)
    added = (
        Asking(of_unseen, mode, _once(name for name, _ in unanalysed if name not in in_force)),
        Asking(of_edits, mode, _once(name for name, _ in edits)),
    )
    return (*own, *(each for each in added if each.fingerprints))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _mode(rule: Rule, mode: Mode, today: datetime.date) -> Mode:
    waiting = rule.enforce_from is not None and today < rule.enforce_from
    return Mode.ADVISE if mode is Mode.ENFORCE and waiting else mode
