"""What the shell passes around: decisions of the gate and the reports that are rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from analyzers.model import Analysis, Inventory, UnanalysedReason


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no result: timed out, out of memory or crashed; ``detail`` is one printable line."""

    reason: UnanalysedReason
    detail: str


class State(StrEnum):
    """The outcome of a gate or of one of its rules.

    ``clear``: nobody has to be asked. ``pending``: people have to look. ``blocked``: cannot pass as it
    is (a finding of severity ``block``, or something unanalysed while enforcing).
    """

    CLEAR = "clear"
    PENDING = "pending"
    BLOCKED = "blocked"


class Mode(StrEnum):
    """What the policy does with a decision: tell, hold, or nothing."""

    ADVISE = "advise"
    ENFORCE = "enforce"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule of the policy and the changes it asks about.

    ``fingerprints`` are those of the matching changes, in the order of the analysis. ``pools`` are the
    pools entitled to approve (empty for the built-in policy) and ``approvals`` how many are needed.
    """

    name: str
    state: State
    fingerprints: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    approvals: int = 1


@dataclass(frozen=True, slots=True)
class Decision:
    """The policy evaluated over an analysis."""

    state: State
    mode: Mode
    rules: tuple[RuleResult, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """A review ready to be rendered.

    ``base`` and ``head`` are full commit ids, or ``INDEX`` / ``WORKTREE`` for the head of a staged or
    worktree review. ``base_sources`` and ``head_sources`` map paths of changed files to their bytes, for
    excerpts. ``root`` is the work tree's absolute path for terminal hyperlinks, or None.
    """

    base: str
    head: str
    analysis: Analysis
    decision: Decision
    base_sources: Mapping[str, bytes] = field(default_factory=dict)
    head_sources: Mapping[str, bytes] = field(default_factory=dict)
    root: str | None = None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """An audit ready to be rendered; ``rev`` is a full commit id or empty for a work tree or folder."""

    rev: str
    inventory: Inventory
    root: str | None = None
