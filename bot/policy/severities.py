"""How loud a policy wants findings to be."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from analyzers.buildtime.names import BUILD_CAPABILITY
from analyzers.model import Finding, Severity
from bot.policy.model import Policy


def apply_severities(policy: Policy, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with the policy's severities, in their order, without those that are off.

    What build-time code does and ``[build]`` does not allow blocks, unless the policy says another severity for it.
    Doing it twice changes nothing more.
    """
    wanted = dict(policy.findings)
    if policy.build is not None:
        wanted.setdefault(BUILD_CAPABILITY, Severity.BLOCK)
    told = (
        dataclasses.replace(each, severity=wanted.get(each.id, each.severity))
        for each in findings
        if not _is_allowed(policy, each)
    )
    return tuple(each for each in told if each.severity is not Severity.OFF)


def _is_allowed(policy: Policy, finding: Finding) -> bool:
    """Whether ``[build]`` allows what a finding tells; whoever was called otherwise before needs it for both names."""
    if finding.id != BUILD_CAPABILITY or policy.build is None:
        return False
    told = next((dict(note.values) for note in finding.notes if note.id == BUILD_CAPABILITY), None)
    return told is not None and policy.build.allows(told["capability"], told["crate"], told["was"])
