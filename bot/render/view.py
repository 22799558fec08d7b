"""What the App knows when it speaks on GitHub: one frozen value for each kind of page."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from analyzers.model import Analysis
from bot.actions import CheckState
from bot.model import Decision, PolicyEdit, ReviewReport, Standing
from bot.policy import Policy, PolicyProblem
from bot.policy.edit import PolicyDifference
from bot.pull import PullRequest
from bot.render.display import Display


@dataclass(frozen=True, slots=True)
class Phrase:
    """The id of a phrase in ``phrases.toml`` and its words; ``also`` are further things to know.

    Text among the words is shown as code, so it may be a stranger's.
    """

    id: str
    words: tuple[tuple[str, str | int], ...] = ()
    also: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is asked to look: a login or a team (``organisation/slug``), for which rule, and why they."""

    person: str
    rule: str
    why: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another open pull request with the same head, and what the App says about it."""

    number: int
    verdict: CheckState


@dataclass(frozen=True, slots=True)
class Verdicted:
    """A pull request that was judged: all that its check run and its comment tell.

    ``verdict`` is its own, ``published`` the strictest of it and its siblings'. ``compared_with`` is the commit
    that the analysis compared the head with (the merge base), full, or empty where there is none. ``people`` are
    those entitled by each pool, teams expanded. ``notes`` are further things to say, such as that a rule asks
    for more people than there are; ``refused`` are people and teams whom GitHub does not let be asked. ``problems``
    are those of a policy that cannot be read, ``mistakes`` those of the one that the head would bring. ``web`` is the
    address of the repository's page and ``app`` the name that commands are addressed to.
    """

    pull: PullRequest
    policy: Policy
    analysis: Analysis
    decision: Decision
    verdict: CheckState
    published: CheckState
    now: datetime.datetime
    web: str
    compared_with: str = ""
    standing: Standing = field(default_factory=Standing)
    people: Mapping[str, frozenset[str]] = field(default_factory=dict)
    asked: tuple[Asked, ...] = ()
    siblings: tuple[Sibling, ...] = ()
    policy_edits: tuple[PolicyEdit, ...] = ()
    problems: tuple[PolicyProblem, ...] = ()
    mistakes: tuple[PolicyProblem, ...] = ()
    notes: tuple[Phrase, ...] = ()
    refused: tuple[str, ...] = ()
    base_sources: Mapping[str, bytes] = field(default_factory=dict)
    head_sources: Mapping[str, bytes] = field(default_factory=dict)
    details_url: str = ""
    app: str = "cratewarden"

    @property
    def report(self) -> ReviewReport:
        """The same as the command line would report it."""
        return ReviewReport(
            self.compared_with,
            self.pull.head_sha,
            self.analysis,
            self.decision,
            self.base_sources,
            self.head_sources,
        )

    @property
    def display(self) -> Display:
        """How changes are shown on GitHub: with full addresses and with names for commands."""
        return Display(web=self.web, names=True)


@dataclass(frozen=True, slots=True)
class Member:
    """A pull request of a merge group; ``decision`` is None when nothing is known of it."""

    number: int
    verdict: CheckState
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A merge group that was judged: its own tree under everybody's approvals, and each member.

    ``verdict`` is the one to publish. ``analysis`` holds what no member tells by itself. ``compared_with`` is the
    base's commit. Where GitHub does not say who the members are there are none. ``problems`` are those of the base
    branch's policy, ``mistakes`` those of the one that the group would bring.
    """

    sha: str
    base_ref: str
    compared_with: str
    analysis: Analysis
    decision: Decision
    verdict: CheckState
    web: str
    members: tuple[Member, ...] = ()
    policy_edits: tuple[PolicyEdit, ...] = ()
    problems: tuple[PolicyProblem, ...] = ()
    mistakes: tuple[PolicyProblem, ...] = ()
    details_url: str = ""
    app: str = "cratewarden"

    @property
    def report(self) -> ReviewReport:
        """The same as the command line would report it; a merge group is compared with its base."""
        return ReviewReport(self.compared_with, self.sha, self.analysis, self.decision)


@dataclass(frozen=True, slots=True)
class Effect:
    """An open pull request whose verdict a policy edit would change."""

    number: int
    before: CheckState
    after: CheckState


@dataclass(frozen=True, slots=True)
class EditedPolicy:
    """A pull request that edits the policy: the file at its head, and what would change with it.

    ``effects`` are for open pull requests that were judged by both policies, also where nothing would change;
    ``unjudged`` counts the others. A removed file has no ``blob``.
    """

    head: str
    base_ref: str
    edits: tuple[PolicyEdit, ...]
    web: str
    difference: PolicyDifference
    effects: tuple[Effect, ...] = ()
    unjudged: int = 0
