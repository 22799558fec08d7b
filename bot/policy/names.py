"""The ids that a policy file may use: site kinds, their groups, and findings."""

from __future__ import annotations

from analyzers.contracts import FINDINGS
from analyzers.kinds import KINDS
from analyzers.model import Group
from analyzers.surveys import survey_findings

_GROUPS = {kind.id: kind.group for kind in KINDS.values()}

KIND_NAMES = tuple(dict.fromkeys((*Group, *sorted(_GROUPS))))
"""What ``when.kinds`` may hold: groups first, then kinds, each once (``dependency`` is both)."""

FINDING_NAMES = tuple(sorted({*FINDINGS, *survey_findings()}))


def group_of(kind: str) -> Group:
    """The group of a kind. Raises KeyError for an id that no kind has: a rule could not judge it."""
    return _GROUPS[kind]


def kinds_in(name: str) -> frozenset[str]:
    """The kinds that an entry of ``when.kinds`` stands for: itself, or all of a group."""
    return frozenset(kind for kind, group in _GROUPS.items() if name in {kind, group})
