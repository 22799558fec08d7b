"""What a policy says of edits of safe code that unsafe sites rely on (`docs/how-it-sees/soundness-scope.md`)."""

from __future__ import annotations

from dataclasses import replace

from analyzers.model import Analysis, Change, ChangeClass, Reason
from bot.policy.model import Policy, Scope, Soundness
from bot.policy.severities import apply_severities

_LOUDEST_FIRST = (Scope.ASK, Scope.NOTE, Scope.OFF)


def scope_of(soundness: Soundness, change: Change) -> Scope:
    """How loud an exposed change is: as the loudest of its tiers. Other changes always ask."""
    if change.change is not ChangeClass.EXPOSED:
        return Scope.ASK
    by_reason = {
        Reason.EXPOSED_FUNCTION: soundness.function,
        Reason.EXPOSED_STATE: soundness.state,
        Reason.EXPOSED_DECLARATION: soundness.declarations,
    }
    said = [by_reason[reason] for reason in change.reasons if reason in by_reason]
    # A change that does not say its tier is not let pass.
    return min(said, key=_LOUDEST_FIRST.index, default=Scope.ASK)


def apply_policy(policy: Policy, analysis: Analysis) -> Analysis:
    """The analysis as a policy wants it told: findings at its severities, nothing that is off.

    Doing it twice changes nothing more.
    """
    return replace(
        analysis,
        changes=tuple(each for each in analysis.changes if scope_of(policy.soundness, each) is not Scope.OFF),
        findings=apply_severities(policy, analysis.findings),
    )
