"""The gate: a policy over what a pull request changes, and why each rule asks or does not.

It fails closed. The state is ``clear`` only when no rule matches any change and everything could be analysed,
whatever the mode. What could not be analysed, and a finding of severity ``block``, make it ``blocked`` while
the policy enforces, and ``pending`` otherwise: then nothing is held, but it is never taken for green.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from analyzers.model import Analysis, Change, Finding, Severity
from bot.model import Decision, Mode, RuleResult, State
from bot.policy.globs import matches
from bot.policy.model import Policy, Rule, When
from bot.policy.names import group_of
from bot.policy.severities import apply_severities


class Condition(StrEnum):
    """What has to hold for a rule to ask about a change: the keys of ``when``, and ``tightened``."""

    KINDS = "kinds"
    CHANGES = "changes"
    IN_TESTS = "in_tests"
    PATHS = "paths"
    NOT_PATHS = "not_paths"
    TIGHTENED = "tightened"


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a rule against a change: whether it holds, what is wanted, what was found."""

    condition: Condition
    holds: bool
    wanted: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleReasons:
    """Why a rule asks about a change (every check holds) or does not (the others say why)."""

    rule: str
    asks: bool
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A change under a policy: each rule's reasons, in the policy's order, and the findings that block."""

    change: Change
    rules: tuple[RuleReasons, ...]
    blocking: tuple[Finding, ...]

    @property
    def asks(self) -> bool:
        """Whether any rule asks about the change."""
        return any(rule.asks for rule in self.rules)


def evaluate(policy: Policy, analysis: Analysis, *, today: datetime.date) -> Decision:
    """The decision while nobody has approved anything; ``today`` tells whether ``enforce_from`` has come.

    The state says what there is to do even when the mode is ``off``; what follows from it is the caller's.
    Raises KeyError for a change of a kind that is not in the registry, since no rule can judge it.
    """
    mode = policy.mode_on(today)
    rules = tuple(_judged(rule, analysis.changes) for rule in policy.rules)
    return Decision(_state(mode, rules, _is_held(policy, analysis)), mode, rules)


def explain(policy: Policy, analysis: Analysis, change: Change) -> Explanation:
    """Which condition of which rule a change meets, and which blocking findings stand at its site."""
    place = (change.path, change.site.kind, change.site.line, change.site.item)
    blocking = tuple(
        each for each in _blocking(policy, analysis) if (each.path, each.kind, each.line, each.item) == place
    )
    return Explanation(change, tuple(_reasons(rule, change) for rule in policy.rules), blocking)


def _judged(rule: Rule, changes: Iterable[Change]) -> RuleResult:
    asked = tuple(change.fingerprint for change in changes if _asks(rule.when, change))
    state = State.PENDING if asked else State.CLEAR
    return RuleResult(rule.name, state, asked, rule.require.any_of, rule.require.approvals)


def _state(mode: Mode, rules: Iterable[RuleResult], held: bool) -> State:
    if held:
        return State.BLOCKED if mode is Mode.ENFORCE else State.PENDING
    return State.CLEAR if all(rule.state is State.CLEAR for rule in rules) else State.PENDING


def _is_held(policy: Policy, analysis: Analysis) -> bool:
    return bool(analysis.unanalysed or _blocking(policy, analysis))


def _blocking(policy: Policy, analysis: Analysis) -> tuple[Finding, ...]:
    told = apply_severities(policy, analysis.findings)
    return tuple(finding for finding in told if finding.severity is Severity.BLOCK)


@dataclass(frozen=True, slots=True)
class _Test:
    """How a condition is judged, and how its two sides are told."""

    condition: Condition
    holds: Callable[[When, Change], bool]
    wanted: Callable[[When], tuple[str, ...]]
    found: Callable[[Change], tuple[str, ...]]

    def check(self, when: When, change: Change) -> Check:
        return Check(self.condition, self.holds(when, change), self.wanted(when), self.found(change))


def _asks(when: When, change: Change) -> bool:
    return all(test.holds(when, change) for test in _TESTS)


def _reasons(rule: Rule, change: Change) -> RuleReasons:
    checks = tuple(test.check(rule.when, change) for test in _TESTS)
    return RuleReasons(rule.name, all(check.holds for check in checks), checks)


def _kinds(change: Change) -> tuple[str, ...]:
    return (change.site.kind, group_of(change.site.kind))


def _sides(change: Change) -> tuple[str, ...]:
    """The path, and where the site was when that is elsewhere: no code can be moved out of a rule."""
    if change.before is None or change.before.path == change.path:
        return (change.path,)
    return (change.path, change.before.path)


def _is_in_paths(when: When, change: Change) -> bool:
    return any(matches(when.paths, path) for path in _sides(change))


def _is_not_left_out(when: When, change: Change) -> bool:
    """Whether a side that is in ``paths`` is not in ``not_paths``; true where no side is in ``paths``."""
    inside = [path for path in _sides(change) if matches(when.paths, path)]
    return not inside or any(not matches(when.not_paths, path) for path in inside)


def _yes_or_no(value: bool) -> tuple[str, ...]:
    return ("yes",) if value else ("no",)


# The cheap ones first: a pull request may have 100,000 changes.
_TESTS = (
    _Test(
        Condition.CHANGES,
        lambda when, change: change.change in when.changes,
        lambda when: when.changes,
        lambda change: (change.change,),
    ),
    _Test(
        Condition.KINDS,
        lambda when, change: not set(_kinds(change)).isdisjoint(when.kinds),
        lambda when: when.kinds,
        _kinds,
    ),
    _Test(
        Condition.TIGHTENED,
        lambda _, change: not change.tightened,
        lambda _: _yes_or_no(False),
        lambda change: _yes_or_no(change.tightened),
    ),
    _Test(
        Condition.IN_TESTS,
        lambda when, change: when.in_tests or not change.site.in_test,
        lambda when: _yes_or_no(when.in_tests),
        lambda change: _yes_or_no(change.site.in_test),
    ),
    _Test(Condition.PATHS, _is_in_paths, lambda when: when.paths, _sides),
    _Test(Condition.NOT_PATHS, _is_not_left_out, lambda when: when.not_paths, _sides),
)
