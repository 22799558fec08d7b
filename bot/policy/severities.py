"""How loud a policy wants findings to be."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from analyzers.model import Finding, Severity
from bot.policy.model import Policy


def apply_severities(policy: Policy, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with the policy's severities, in their order, without those that are off.

    Doing it twice changes nothing more.
    """
    wanted = dict(policy.findings)
    told = (dataclasses.replace(each, severity=wanted.get(each.id, each.severity)) for each in findings)
    return tuple(each for each in told if each.severity is not Severity.OFF)
