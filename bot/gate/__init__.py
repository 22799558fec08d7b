"""The gate: a policy over what a pull request changes and what people said about it. Pure, and it fails closed."""

from __future__ import annotations

from bot.gate.circumstances import Circumstances, circumstances_of, people_of
from bot.gate.conditions import Check, Condition
from bot.gate.disregarded import Disregarded, Why, disregarded
from bot.gate.evaluate import about_changes, broken, evaluate
from bot.gate.explain import Explanation, RuleReasons, explain
from bot.gate.findings import fingerprints_of_blocking
from bot.gate.implicit import POLICY_RULE, UNANALYSED_RULE, implicit_rules
from bot.gate.standing import merged, standing, to_cover
from bot.gate.verdict import strictest, verdict

__all__ = [
    "POLICY_RULE",
    "UNANALYSED_RULE",
    "Check",
    "Circumstances",
    "Condition",
    "Disregarded",
    "Explanation",
    "RuleReasons",
    "Why",
    "about_changes",
    "broken",
    "circumstances_of",
    "disregarded",
    "evaluate",
    "explain",
    "fingerprints_of_blocking",
    "implicit_rules",
    "merged",
    "people_of",
    "standing",
    "strictest",
    "to_cover",
    "verdict",
]
