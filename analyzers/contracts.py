"""Findings about safety comments and ``# Safety`` documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analyzers.compare import Node
from analyzers.model import ChangeClass, Contract, ContractState, Finding, Place, Severity
from analyzers.rust.contract import COMMENTED

MISSING_COMMENT = "missing-safety-comment"
MISSING_DOC = "missing-safety-doc"
REMOVED_COMMENT = "removed-safety-comment"
STALE_COMMENT = "stale-safety-comment"
FINDINGS: tuple[str, ...] = (MISSING_COMMENT, MISSING_DOC, REMOVED_COMMENT, STALE_COMMENT)

_MISSING = {ContractState.MISSING_COMMENT: MISSING_COMMENT, ContractState.MISSING_DOC: MISSING_DOC}
_ASKED = frozenset((ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED))


def missing(places: Iterable[Place]) -> Iterator[Finding]:
    """The sites of production code that need safety words and have none."""
    for place in places:
        finding = _MISSING.get(place.site.contract.state)
        if finding is not None and not place.site.in_test:
            yield _finding(finding, place)


def of_changes(heads: Sequence[Node]) -> Iterator[Finding]:
    """What a comparison says about contracts; ``heads`` are all head nodes, unchanged ones included."""
    for node in heads:
        if node.site.in_test:
            continue
        # A block that an unsafe fn's body was wrapped in has the fn for a partner: no comment was lost there.
        same_kind = node.partner is not None and node.partner.site.kind == node.site.kind
        before = node.partner.site.contract if node.partner is not None and same_kind else None
        now = node.site.contract
        had = before is not None and before.state is ContractState.PRESENT
        if had and now.state in _MISSING:
            yield _finding(REMOVED_COMMENT, node.place)
        elif node.change in _ASKED and now.state in _MISSING:
            yield _finding(_MISSING[now.state], node.place)
        elif _is_stale(node, before):
            yield _finding(STALE_COMMENT, node.place)


def _is_stale(node: Node, before: Contract | None) -> bool:
    """Whether the code changed under a safety comment that did not.

    Documentation is about the interface, which most changes to a body leave as it is, so it does not count.
    """
    if node.change is not ChangeClass.CHANGED or before is None or node.site.kind not in COMMENTED:
        return False
    return before.state is ContractState.PRESENT and before.digest == node.site.contract.digest


def _finding(finding: str, place: Place) -> Finding:
    site = place.site
    # Declarations of foreign functions are often bare mirrors of a header, so those only get a note.
    note = finding == STALE_COMMENT or (finding == MISSING_DOC and site.kind == "foreign-fn")
    severity = Severity.NOTE if note else Severity.WARN
    return Finding(finding, severity, place.path, site.line, site.column, site.end_line, site.kind, site.item)
