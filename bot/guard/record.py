"""What is written down of a verdict, so that somebody can tell years later why it was given."""

from __future__ import annotations

from typing import Any

from analyzers.fingerprint import of_unanalysed
from bot import __version__
from bot.guard.look import Look


def record_of(seen: Look) -> dict[str, Any]:
    """The inputs and the outcome as JSON values, the same for the same look."""
    pull, decision = seen.pull, seen.decision
    return {
        "version": __version__,
        "base_ref": pull.base_ref,
        "base": pull.base_sha,
        "compared_with": seen.study.base,
        "head": pull.head_sha,
        "author": pull.author,
        "pusher": pull.last_pusher,
        "mode": decision.mode.value,
        "state": decision.state.value,
        "changes": [
            {
                "fingerprint": change.fingerprint,
                "change": change.change.value,
                "kind": change.site.kind,
                "path": change.path,
                "line": change.site.line,
                "item": change.site.item,
            }
            for change in seen.analysis.changes
        ],
        "unanalysed": [
            {"fingerprint": of_unanalysed(doubt), "path": doubt.path, "reason": doubt.reason.value}
            for doubt in seen.analysis.unanalysed
        ],
        "policy_edits": [
            {"fingerprint": edit.fingerprint, "path": edit.path, "blob": edit.blob}
            for edit in seen.study.policy_edits
        ],
        "rules": [
            {
                "name": rule.name,
                "state": rule.state.value,
                "mode": rule.mode.value,
                "pools": list(rule.pools),
                "approvals": rule.approvals,
                "asked": list(rule.fingerprints),
                "uncovered": list(rule.uncovered),
                "approved_by": list(rule.approved_by),
            }
            for rule in decision.rules
        ],
        "holds": [
            {
                "reason": hold.reason.value,
                "who": hold.who,
                "fingerprint": hold.fingerprint,
                "detail": hold.detail,
            }
            for hold in decision.holds
        ],
        "approvals": [
            {
                "person": approval.person,
                "source": approval.source.value,
                "commit": approval.commit,
                "at": approval.at.isoformat(),
                "reason": approval.reason,
                "covers": sorted(approval.covers),
            }
            for approval in seen.standing.approvals
        ],
        "barred": {person: why.value for person, why in sorted(seen.standing.barred.items())},
        "unmapped": list(seen.standing.unmapped),
        "problems": [str(problem) for problem in seen.problems],
    }
