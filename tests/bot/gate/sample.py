"""Small pull requests, policies and people for the tests of the gate."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from analyzers.model import (
    Analysis,
    Change,
    ChangeClass,
    Finding,
    Place,
    Reason,
    Severity,
    Site,
    Unanalysed,
    UnanalysedReason,
)
from bot.gate import Circumstances, evaluate
from bot.model import Approval, Decision, Mode, PolicyEdit, Source, Standing, Veto
from bot.policy.model import Policy, Pool, Request, Require, Rule, When
from bot.pull import PullRequest, RepositoryRef

NOW = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)
TODAY = NOW.date()
DAY = datetime.timedelta(days=1)
SUBMODULE = Unanalysed("vendor/x", UnanalysedReason.SUBMODULE, blob="b0")
EDIT = PolicyEdit(".github/cratewarden.toml", "b1", "edit")
RING = RepositoryRef("acme", "ring", 7, "main")


def change(
    kind: str = "unsafe-block",
    of: ChangeClass = ChangeClass.ADDED,
    path: str = "src/lib.rs",
    *,
    before: str | None = None,
    in_test: bool = False,
    reasons: tuple[Reason, ...] = (),
) -> Change:
    """A change in ``fn f``; its fingerprint tells its kind, class and paths."""
    site = Site(kind, "fn f", 3, 5, 4, 40, 40, 60, "t", "s", in_test=in_test)
    print_of = "-".join((kind, of, path, before or "", str(in_test)))
    return Change(of, path, site, print_of, Place(before, site) if before else None, reasons)


def named(fingerprint: str, path: str = "src/lib.rs") -> Change:
    """An added unsafe block with a fingerprint of its own."""
    site = Site("unsafe-block", f"fn {fingerprint}", 3, 5, 4, 40, 40, 60, "t")
    return Change(ChangeClass.ADDED, path, site, fingerprint)


def finding(severity: Severity = Severity.BLOCK, path: str = "src/lib.rs", item: str = "fn f") -> Finding:
    """A finding at the site of ``change`` or, by its item, of ``named``."""
    return Finding("missing-safety-comment", severity, path, 3, 5, 4, "unsafe-block", item)


def rule(name: str = "unsafe code", when: When | None = None, require: Require | None = None) -> Rule:
    """A rule that asks for one approval from the pool ``unsafe``."""
    return Rule(name, when or When(), require or Require(("unsafe",)), Request())


POOLS = (
    Pool("unsafe", ("alice", "bob", "carol")),
    Pool("kernel", ("carol", "dave")),
    Pool("mentors", ("mia",)),
)
PEOPLE = {pool.name: frozenset(pool.users) for pool in POOLS}


def enforcing(*rules: Rule) -> Policy:
    """A policy that holds."""
    return Policy(mode=Mode.ENFORCE, pools=POOLS, rules=rules or (rule(),))


def approval(person: str, *covers: str, days_ago: float = 0, waives: bool = False) -> Approval:
    """What somebody let pass, so many days ago."""
    source = Source.WAIVER if waives else Source.REVIEW
    return Approval(person, source, frozenset(covers), NOW - days_ago * DAY)


def veto(person: str, reason: str = "") -> Veto:
    """A veto of this moment."""
    return Veto(person, NOW, reason)


def pull_request(author: str = "zoe", **rest: Any) -> PullRequest:
    """Zoe's pull request into main."""
    start = PullRequest(RING, 1, author, "main", "b" * 40, "topic", "h" * 40)
    return dataclasses.replace(start, **rest)


HERE = Circumstances(people=PEOPLE)


def judge(
    policy: Policy, analysis: Analysis, *said: Approval | Veto, around: Circumstances = HERE, **rest: Any
) -> Decision:
    """The decision about what people said; the rest is of the standing."""
    approvals = tuple(each for each in said if isinstance(each, Approval))
    vetoes = tuple(each for each in said if isinstance(each, Veto))
    standing = dataclasses.replace(Standing(approvals, vetoes), **rest)
    return evaluate(policy, analysis, around, standing, now=NOW)
