"""What a mentor looks at first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzers.model import Analysis, Change, ChangeClass
from analyzers.publishing.model import Checked, Checklist, Severity, Verdict
from bot.model import Decision

FIRST = 3
"""How many of each are named: a mentor reads the rest in place."""
_ORDER = tuple(Severity)
_QUIET = frozenset((ChangeClass.MOVED, ChangeClass.REMOVED))


def first_items(checklists: Iterable[Checklist]) -> tuple[tuple[Checklist, Checked], ...]:
    """The open items that matter most: what a registry rejects, then what hurts users, then good practice.

    Of the same weight, what fails comes before what a person has to judge, and then the order of the list decides.
    """
    found = [(one, item) for one in checklists for item in one.items if item.verdict is not Verdict.PASS]
    found.sort(key=lambda pair: (_ORDER.index(pair[1].severity), pair[1].verdict is Verdict.ASK))
    return tuple(found[:FIRST])


def first_changes(analysis: Analysis, decision: Decision) -> tuple[str, ...]:
    """The fingerprints of the changes that matter most: those that wait for somebody, then those with a finding."""
    waiting = {name for rule in decision.rules for name in rule.uncovered}
    found_at = {(finding.path, finding.line) for finding in analysis.findings}
    changes = [
        change for change in analysis.changes if change.change not in _QUIET or _waits(change, waiting)
    ]

    def place(change: Change) -> tuple[bool, bool, str, int]:
        at = (change.path, change.site.line)
        return (not _waits(change, waiting), at not in found_at, *at)

    ordered: Sequence[Change] = sorted(changes, key=place)
    return tuple(change.fingerprint for change in ordered[:FIRST])


def _waits(change: Change, waiting: Iterable[str]) -> bool:
    return change.fingerprint in waiting
