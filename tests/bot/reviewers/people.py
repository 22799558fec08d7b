"""A pull request with people around it, in few words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from analyzers.fingerprint import digest_of
from analyzers.model import Analysis, Change, ChangeClass, Site
from bot.gate import Circumstances, evaluate, people_of
from bot.model import Approval, Barred, Decision, Mode, Source, Standing
from bot.policy.model import Away, Policy, Pool, Request, Require, Rule, Strategy, When
from bot.ports import Assignment
from bot.pull import PullRequest, RepositoryRef, Review, ReviewState, Team
from bot.reviewers import History, Plan, Why, plan

# A Wednesday, in the middle of a working day.
NOW = datetime.datetime(2026, 11, 18, 12, tzinfo=datetime.UTC)
HEAD = "b" * 40
REPOSITORY = RepositoryRef("acme", "ring", 7, "main")


def ago(hours: float) -> datetime.datetime:
    return NOW - datetime.timedelta(hours=hours)


def change(path: str = "src/lib.rs", kind: str = "unsafe-block") -> Change:
    site = Site(kind, "fn f", 3, 5, 4, 40, 40, 60, "t", "s")
    return Change(ChangeClass.ADDED, path, site, digest_of(path))


def asks(
    name: str = "unsafe code",
    pools: tuple[str, ...] = ("unsafe",),
    *,
    all_of: bool = False,
    approvals: int = 1,
    count: int = 1,
    strategy: Strategy = Strategy.LEAST_LOADED,
    escalate: int = 0,
    paths: tuple[str, ...] = ("**",),
) -> Rule:
    require = Require((), approvals, pools) if all_of else Require(pools, approvals)
    return Rule(name, When(paths=paths), require, Request(count, strategy, escalate))


def pool(*users: str, name: str = "unsafe", capacity: int = 0, away: Mapping[str, str] | None = None) -> Pool:
    absent = tuple(Away(user, datetime.date.fromisoformat(day)) for user, day in (away or {}).items())
    return Pool(name, users, away=absent, capacity=capacity)


def asked(person: str, hours_ago: float = 1, rule: str = "unsafe code", **more: Any) -> Assignment:
    return Assignment(person, rule, ago(hours_ago), Why("why.random").written(), **more)


def reviewed(person: str, state: ReviewState, hours_ago: float = 0.5, commit: str = HEAD) -> Review:
    return Review(hash_of(person), person, state, commit, ago(hours_ago))


def hash_of(person: str) -> int:
    return int.from_bytes(person.encode()[:6])


@dataclass(frozen=True)
class World:
    """Everything that a plan is made from; alice is the author."""

    policy: Policy
    changes: tuple[Change, ...] = (change(),)
    pull: PullRequest = field(
        default_factory=lambda: PullRequest(REPOSITORY, 5, "alice", "main", "a" * 40, "topic", HEAD)
    )
    standing: Standing = field(default_factory=lambda: Standing(barred={"alice": Barred.AUTHOR}))
    history: History = field(default_factory=History)
    now: datetime.datetime = NOW
    seen: Analysis | None = None

    @property
    def people(self) -> dict[str, frozenset[str]]:
        return people_of(self.policy, self.pull.teams)

    @property
    def analysis(self) -> Analysis:
        return self.seen or Analysis(self.changes)

    @property
    def decision(self) -> Decision:
        around = Circumstances("main", "alice", people=self.people)
        return evaluate(self.policy, self.analysis, around, self.standing, now=self.now)

    def plan(self) -> Plan:
        return plan(self.decision, self.policy, self.pull, self.people, self.standing, self.history, self.now)

    def requested(self, *people: str) -> World:
        return replace(self, pull=replace(self.pull, requested_users=people))

    def asked(self, *assignments: Assignment) -> World:
        """Those assignments, and GitHub shows the open ones as requested."""
        shown = [each.person for each in assignments if each.is_open]
        everybody = tuple(dict.fromkeys((*self.pull.requested_users, *shown)))
        recorded = replace(self.history, assignments=assignments)
        return replace(self, history=recorded).requested(*everybody)

    def reviews(self, *reviews: Review) -> World:
        """Those reviews; whoever reviewed is not requested any more."""
        done = {review.person for review in reviews}
        rest = tuple(person for person in self.pull.requested_users if person not in done)
        return replace(self, pull=replace(self.pull, reviews=reviews, requested_users=rest))

    def approved(self, person: str, *paths: str) -> World:
        covers = frozenset(each.fingerprint for each in self.changes if each.path in paths)
        given = Approval(person, Source.REVIEW, covers, ago(0.5), HEAD)
        world = replace(self, standing=replace(self.standing, approvals=(*self.standing.approvals, given)))
        return world.reviews(*self.pull.reviews, reviewed(person, ReviewState.APPROVED))

    def loads(self, **load: int) -> World:
        return replace(self, history=replace(self.history, load=load))

    def bars(self, **barred: Barred) -> World:
        return replace(self, standing=replace(self.standing, barred={**self.standing.barred, **barred}))

    def knows_teams(self, **members: frozenset[str] | None) -> World:
        teams = {f"acme/{slug}": Team(f"acme/{slug}", people) for slug, people in members.items()}
        return replace(self, pull=replace(self.pull, teams=teams))


def world(
    *rules: Rule, pools: tuple[Pool, ...] = (pool("bob", "carol", "dave"),), mode: Mode = Mode.ENFORCE
) -> World:
    return World(Policy(mode=mode, pools=pools, rules=rules or (asks(),)))


def names(of: Plan) -> list[str]:
    return [pick.person for pick in of.ask]
