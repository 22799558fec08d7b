"""What the shell passes around: decisions of the gate and the reports that are rendered."""

from __future__ import annotations

import datetime
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


class Source(StrEnum):
    """How somebody said that something may pass."""

    REVIEW = "review"
    WAIVER = "waiver"


@dataclass(frozen=True, slots=True)
class Approval:
    """What one person let pass: ``covers`` are fingerprints, those at ``commit`` for a review.

    ``waives`` says that findings of severity ``block`` at the covered changes are let pass too.
    ``at`` is when; ``reason`` is what a waiver gives.
    """

    person: str
    source: Source
    covers: frozenset[str]
    at: datetime.datetime
    commit: str = ""
    reason: str = ""

    @property
    def waives(self) -> bool:
        """Whether blocking findings at the covered changes pass too."""
        return self.source is Source.WAIVER


@dataclass(frozen=True, slots=True)
class Veto:
    """Somebody says that this must not be merged; it counts if they are in a pool of the policy."""

    person: str
    at: datetime.datetime
    reason: str = ""


class Barred(StrEnum):
    """Why somebody's approval does not count for a pull request."""

    AUTHOR = "author"
    COMMITTED = "committed"
    PUSHED = "pushed"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Standing:
    """What people have said about a pull request, and whose word counts.

    ``barred`` maps logins to why their approvals do not count. ``unmapped`` are the e-mail addresses in the
    commits that belong to nobody known, and ``unknown_pusher`` says that nobody knows who pushed last: while
    somebody is not known, one more approval is needed.
    """

    approvals: tuple[Approval, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    barred: Mapping[str, Barred] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    unknown_pusher: bool = False


class HoldReason(StrEnum):
    """Why a pull request cannot pass, whatever its rules say.

    ``edit``: the policy that it would bring cannot be read. ``policy``: the one of its base branch cannot.
    """

    VETO = "veto"
    FINDING = "finding"
    UNANALYSED = "unanalysed"
    INCOMPLETE = "incomplete"
    EDIT = "edit"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason. ``who`` vetoes; ``fingerprint`` is what a waiver or approval can name; ``detail`` is in words."""

    reason: HoldReason
    who: str = ""
    fingerprint: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PolicyEdit:
    """A policy file that the pull request adds, changes or removes; ``blob`` is its id at the head or empty."""

    path: str
    blob: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule of the policy and what it asks about.

    ``fingerprints`` are those of the matching changes, in the order of the analysis, then those of what
    could not be analysed and of edited policy files. ``uncovered`` are the ones that still need somebody.
    ``pools`` are the pools entitled to approve (empty for the built-in policy) and ``approvals`` how many
    different people are needed (of each pool where ``all_of``), raised by one for an unmapped e-mail address.
    ``approved_by`` are those whose approvals cover at least one of them, sorted. ``shortage`` is how many people
    more the pools would need before an uncovered one could be approved at all, as far as their members are known.
    """

    name: str
    state: State
    fingerprints: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    approvals: int = 1
    uncovered: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()
    all_of: bool = False
    mode: Mode = Mode.ENFORCE
    shortage: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """The policy evaluated over an analysis and what people have said about it."""

    state: State
    mode: Mode
    rules: tuple[RuleResult, ...] = ()
    holds: tuple[Hold, ...] = ()


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
