"""From the policy file as it is written to the policy as the gate reads it."""

from __future__ import annotations

from analyzers.model import ChangeClass, Severity
from bot.model import Mode
from bot.policy.checks import pools_of
from bot.policy.file import MentoringTable, PolicyFile, PoolTable, RuleTable, WhenTable
from bot.policy.model import (
    Away,
    Checklist,
    Greet,
    Mentoring,
    Policy,
    PolicyProblem,
    Pool,
    Request,
    Require,
    Rule,
    Strategy,
    When,
)


def policy_of(file: PolicyFile, notes: tuple[PolicyProblem, ...]) -> Policy:
    """The policy that a file without contradictions stands for."""
    return Policy(
        mode=Mode(file.mode),
        enforce_from=file.enforce_from,
        pools=tuple(_pool(name, pool) for name, pool in file.pools.items()),
        rules=tuple(_rule(rule) for rule in file.rules),
        findings=tuple((name, Severity(word)) for name, word in sorted(file.findings.items())),
        mentoring=_mentoring(file.mentoring) if file.mentoring else Mentoring(),
        notes=notes,
    )


def _pool(name: str, pool: PoolTable) -> Pool:
    away = tuple(Away(each.user, each.until) for each in pool.away)
    return Pool(name, tuple(pool.users), tuple(pool.teams), away)


def _rule(rule: RuleTable) -> Rule:
    approvals = rule.require.approvals
    return Rule(
        name=rule.name,
        when=_when(rule.when),
        require=Require(pools_of(rule), approvals),
        request=Request(rule.request.count or approvals, Strategy(rule.request.strategy)),
    )


def _when(when: WhenTable) -> When:
    return When(
        kinds=When().kinds if when.kinds is None else tuple(when.kinds),
        changes=tuple(ChangeClass(word) for word in when.changes),
        paths=tuple(when.paths),
        not_paths=tuple(when.not_paths),
        in_tests=when.in_tests,
    )


def _mentoring(mentoring: MentoringTable) -> Mentoring:
    checklists = tuple(Checklist(word) for word in mentoring.checklists)
    return Mentoring(mentoring.pool, checklists, Greet(mentoring.greet))
