"""The ids that a policy file may use: site kinds, their groups, and findings."""

from __future__ import annotations

from analyzers.contracts import FINDINGS
from analyzers.kinds import KINDS
from analyzers.model import Group

# The ids are a contract that policy files rely on before the engine looks for them all: a file written today
# has to load, with a note, and start to ask on the day the kind or the finding arrives.
PLANNED_KINDS = {
    "build-script": Group.BUILD,
    "proc-macro": Group.BUILD,
    "native-link": Group.BUILD,
    "toolchain": Group.BUILD,
    "dependency": Group.DEPENDENCY,
}
PLANNED_FINDINGS = ("ffi-clash", "ffi-improper-type", "ffi-header-mismatch")

_GROUPS = PLANNED_KINDS | {kind.id: kind.group for kind in KINDS.values()}

KIND_NAMES = tuple(dict.fromkeys((*Group, *sorted(_GROUPS))))
"""What ``when.kinds`` may hold: groups first, then kinds, each once (``dependency`` is both)."""

FINDING_NAMES = tuple(sorted({*FINDINGS, *PLANNED_FINDINGS}))


def group_of(kind: str) -> Group:
    """The group of a kind. Raises KeyError for an id that no kind has: a rule could not judge it."""
    return _GROUPS[kind]


def kinds_in(name: str) -> frozenset[str]:
    """The kinds that an entry of ``when.kinds`` stands for: itself, or all of a group."""
    return frozenset(kind for kind, group in _GROUPS.items() if name in {kind, group})


def is_looked_for(name: str) -> bool:
    """Whether the engine finds this finding, this kind, or some kind of this group, already."""
    return name in FINDINGS or name in KINDS or any(kind.group == name for kind in KINDS.values())
