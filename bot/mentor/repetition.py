"""What the App's other comment tells already, so that nobody reads it twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from analyzers.model import Finding
from analyzers.publishing.model import Checked, Checklist, Verdict

_TOLD_BY_REVIEW = frozenset(("unsafe-contracts",))
"""The items that say about a whole package what the review says about what changed."""


def without_repetition(checklists: Iterable[Checklist], findings: Iterable[Finding]) -> tuple[Checklist, ...]:
    """The checklists without open items all of whose places have a finding in the review."""
    told = {(finding.path, finding.line) for finding in findings}
    return tuple(
        replace(one, items=tuple(item for item in one.items if not _is_told(item, told)))
        for one in checklists
    )


def _is_told(item: Checked, told: Collection[tuple[str, int]]) -> bool:
    places = item.result.places
    return (
        item.id in _TOLD_BY_REVIEW
        and item.verdict is not Verdict.PASS
        and bool(places)
        and all((place.path, place.line) in told for place in places)
    )
