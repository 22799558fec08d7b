"""Why each rule asks about a change or does not."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.model import Analysis, Change, Finding
from bot.gate.circumstances import Circumstances
from bot.gate.conditions import Check, checks
from bot.gate.findings import fingerprints_of_blocking
from bot.policy.model import Policy, Rule

_UNKNOWN = Circumstances()


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


def explain(
    policy: Policy, analysis: Analysis, change: Change, circumstances: Circumstances = _UNKNOWN
) -> Explanation:
    """Which condition of which rule a change meets, and which blocking findings stand at its site.

    Raises KeyError for a change of a kind that is not in the registry, since no rule can judge it.
    """
    held = tuple(
        finding
        for finding, fingerprint in fingerprints_of_blocking(policy, analysis)
        if fingerprint == change.fingerprint
    )
    rules = tuple(_reasons(policy, rule, change, circumstances) for rule in policy.rules)
    return Explanation(change, rules, held)


def _reasons(policy: Policy, rule: Rule, change: Change, circumstances: Circumstances) -> RuleReasons:
    made = checks(rule.when, change, circumstances, policy.soundness)
    return RuleReasons(rule.name, all(check.holds for check in made), made)
