"""Whatever the people, rules and history are: nobody is asked who must not be, and nobody too many."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Approval, Barred, RuleResult, Source
from bot.policy.model import Pool, Rule, Strategy
from bot.ports import Assignment
from bot.reviewers import Pick, Why
from tests.bot.reviewers.people import HEAD, World, ago, asks, change, pool, world

EVERYBODY = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"]
PATHS = ["src/a.rs", "src/b.rs"]
PEOPLE = st.sets(st.sampled_from(EVERYBODY), min_size=2)
FEW = st.sets(st.sampled_from(EVERYBODY), max_size=1)
POOLS = ("unsafe", "kernel")


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    return asks(
        name,
        tuple(draw(st.lists(st.sampled_from(POOLS), min_size=1, unique=True))),
        all_of=draw(st.booleans()),
        approvals=draw(st.integers(1, 3)),
        count=draw(st.integers(1, 3)),
        strategy=draw(st.sampled_from([each for each in Strategy if each is not Strategy.ALL])),
        escalate=draw(st.sampled_from([0, 8])),
        paths=(draw(st.sampled_from([*PATHS, "**"])),),
    )


@st.composite
def pools(draw: st.DrawFn, name: str) -> Pool:
    away = dict.fromkeys(sorted(draw(FEW)), "2026-12-24")
    return pool(*sorted(draw(PEOPLE)), name=name, capacity=draw(st.integers(0, 2)), away=away)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    start = world(
        *(draw(rules(name)) for name in ("one", "two")), pools=tuple(draw(pools(name)) for name in POOLS)
    )
    start = replace(start, changes=tuple(change(path) for path in PATHS))
    assignments = draw(
        st.lists(
            st.builds(
                lambda person, hours, is_open: Assignment(person, "one", ago(hours), "", is_open=is_open),
                st.sampled_from(EVERYBODY),
                st.sampled_from([1, 100]),
                st.booleans(),
            ),
            max_size=2,
            unique_by=lambda each: each.person,
        )
    )
    covers = st.sets(st.sampled_from([each.fingerprint for each in start.changes]), min_size=1).map(frozenset)
    given_by = draw(st.dictionaries(st.sampled_from(EVERYBODY), covers, max_size=2))
    approvals = tuple(
        Approval(who, Source.REVIEW, what, ago(1), HEAD) for who, what in sorted(given_by.items())
    )
    barred = dict.fromkeys(sorted(draw(FEW)), Barred.COMMITTED)
    load = {person: draw(st.integers(0, 2)) for person in EVERYBODY}
    requested, removed = tuple(sorted(draw(FEW))), frozenset(draw(FEW))
    return replace(
        start.bars(**barred).asked(*assignments).loads(**load).requested(*requested),
        standing=replace(start.bars(**barred).standing, approvals=approvals),
        pull=replace(start.pull, requested_users=requested, removed_by_hand=removed),
    )


def fresh(of: World) -> tuple[Pick, ...]:
    """The new picks, without those who are only asked once more because GitHub does not show them."""
    recorded = {each.person for each in of.history.assignments if each.is_open}
    return tuple(pick for pick in of.plan().ask if pick.person not in recorded)


@given(worlds())
def test_nobody_is_asked_who_must_not_be(around: World) -> None:
    absent = {away.user for each in around.policy.pools for away in each.away}
    entitled = frozenset().union(*around.people.values())
    never = {"alice", *around.standing.barred, *absent, *around.pull.removed_by_hand}
    for pick in around.plan().ask:
        assert pick.person not in never
        assert pick.person not in around.pull.requested_users
        assert pick.person in entitled
    assert len({pick.person for pick in around.plan().ask}) == len(around.plan().ask)


@given(worlds(), st.randoms(use_true_random=False))
def test_the_same_is_planned_whatever_the_order(around: World, by: random.Random) -> None:
    def mixed(items: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(by.sample(items, len(items)))

    again = replace(
        around,
        policy=replace(
            around.policy, pools=tuple(replace(each, users=mixed(each.users)) for each in around.policy.pools)
        ),
        pull=replace(around.pull, requested_users=mixed(around.pull.requested_users)),
        standing=replace(around.standing, approvals=around.standing.approvals[::-1]),
    )
    assert again.plan() == around.plan()


@settings(max_examples=200)
@given(worlds())
def test_without_any_of_those_who_are_asked_too_few_would_be_on_it(around: World) -> None:
    picked = fresh(around)
    for left_out in picked:
        rest = {pick.person for pick in picked} - {left_out.person}
        assert any(is_short(around, result, rest, left_out.person) for result in around.decision.rules)


def is_short(around: World, result: RuleResult, rest: set[str], newcomer: str) -> bool:
    """Whether the rule gains by the newcomer, counted by trying everything."""
    rule = next(each for each in around.policy.rules if each.name == result.name)
    for fingerprint in result.uncovered:
        done = {
            each.person
            for each in around.standing.approvals
            if fingerprint in each.covers and each.person not in around.standing.barred
        }
        if newcomer not in done:
            there = done | rest | patient(around, rule)
            if filled(around, rule, there | {newcomer}) > filled(around, rule, there):
                return True
    return False


def patient(around: World, rule: Rule) -> set[str]:
    """Who is on it and not silent, told in another way."""
    absent = {away.user for each in around.policy.pools for away in each.away}
    recorded = {each.person: each for each in around.history.assignments if each.is_open}
    removed = around.pull.removed_by_hand - set(around.pull.requested_users)
    found = (
        (set(around.pull.requested_users) | set(recorded)) - absent - set(around.standing.barred) - removed
    )
    silent = {
        person
        for person, each in recorded.items()
        if rule.request.escalate_after_hours and each.at == ago(100)
    }
    return found - silent


def filled(around: World, rule: Rule, people: set[str]) -> int:
    """How many seats people can take: all ways to seat them are tried."""
    groups = [around.people[name] for name in rule.require.pools]
    if rule.require.any_of:
        groups = [frozenset().union(*groups)]
    entitled = sorted(people & frozenset().union(*groups))
    seats = [group for group in groups for _ in range(rule.require.approvals)]
    seated = max(
        size
        for size in range(len(entitled) + 1)
        if any(can_sit(list(some), seats) for some in combinations(entitled, size))
    )
    return seated + min(len(entitled) - seated, max(rule.request.count - len(seats), 0))


def can_sit(people: list[str], seats: list[frozenset[str]]) -> bool:
    if not people:
        return True
    first, *others = people
    return any(
        first in seat and can_sit(others, seats[:at] + seats[at + 1 :]) for at, seat in enumerate(seats)
    )


@given(worlds())
def test_who_could_be_asked_and_is_missing_is_asked(around: World) -> None:
    plan = around.plan()
    absent = {away.user for each in around.policy.pools for away in each.away}
    never = {"alice", *around.standing.barred, *absent, *around.pull.removed_by_hand}
    answering = {pick.person for pick in plan.ask}
    for result in around.decision.rules:
        rule = next(each for each in around.policy.rules if each.name == result.name)
        for fingerprint in result.uncovered:
            done = {each.person for each in around.standing.approvals if fingerprint in each.covers} - set(
                around.standing.barred
            )
            there = answering | done | patient(around, rule)
            seats = rule.require.approvals * (len(rule.require.all_of) or 1)
            for person in set(EVERYBODY) - never - there:
                more = filled(around, rule, there | {person})
                assert min(more, seats) <= min(filled(around, rule, there), seats)


@given(worlds())
def test_once_they_are_asked_nobody_else_is(around: World) -> None:
    plan = around.plan()
    kept = [each for each in around.history.assignments if each.person not in {*plan.withdraw, *plan.over}]
    new = [Assignment(pick.person, pick.rule, ago(0), pick.why.written()) for pick in fresh(around)]
    requested = {*around.pull.requested_users, *(pick.person for pick in plan.ask)} - set(plan.withdraw)
    after = replace(
        around,
        history=replace(around.history, assignments=(*kept, *new)),
        pull=replace(around.pull, requested_users=tuple(sorted(requested))),
    )
    assert after.plan().ask == ()
    assert after.plan().withdraw == ()


@given(worlds())
def test_those_asked_by_hand_are_never_let_go(around: World) -> None:
    assert set(around.plan().withdraw) <= {each.person for each in around.history.assignments}


@given(worlds())
def test_every_reason_can_be_kept(around: World) -> None:
    for pick in around.plan().ask:
        assert Why.read(pick.why.written()) == pick.why
