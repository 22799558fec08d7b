"""Which mentor is asked, and why not the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.mentor.choice import Choice, choose, present
from bot.policy.model import MENTOR_STRATEGIES, Mentoring, Strategy
from bot.reviewers import MENTORING
from bot.reviewers.scene import Scene
from tests.bot.reviewers.people import World, asked, pool, world


def around(*mentors: str, strategy: Strategy = Strategy.LEAST_LOADED, capacity: int = 0) -> World:
    start = world(pools=(pool("bob"), pool(*mentors, name="mentors", capacity=capacity)))
    policy = replace(start.policy, mentoring=Mentoring("mentors", strategy=strategy))
    return replace(start, policy=policy)


def scene(of: World) -> Scene:
    return Scene(of.policy, of.pull, of.people, of.standing, of.history, of.now)


def choice(of: World) -> Choice:
    return choose(scene(of), "alice")


def person(of: World) -> str:
    pick = choice(of).pick
    return pick.person if pick else ""


def reasons(of: World) -> list[str]:
    return [why.id for why in choice(of).obstacles]


def test_who_has_least_to_do_is_asked_and_everybody_reads_why() -> None:
    found = choice(around("mia", "mo").loads(mia=4)).pick
    assert found is not None
    assert (found.person, found.rule, found.why.id) == ("mo", MENTORING, "why.least-loaded")
    assert [(why.id, why.word("by")) for why in found.why.also] == [("why.mentor", "alice")]


@pytest.mark.parametrize("strategy", MENTOR_STRATEGIES)
def test_each_strategy_picks_one_of_the_mentors(strategy: Strategy) -> None:
    assert person(around("mia", "mo", "max", strategy=strategy)) in {"mia", "mo", "max"}


def test_round_robin_asks_who_was_not_asked_for_longest() -> None:
    of = around("mia", "mo", strategy=Strategy.ROUND_ROBIN)
    history = replace(of.history, turns=lambda rule, people: ["mo", "mia"] if rule == MENTORING else people)
    assert person(replace(of, history=history)) == "mo"


def test_whoever_reviews_it_anyway_is_asked_first() -> None:
    of = around("mia", "mo").loads(mia=4).requested("mia")
    found = choice(of).pick
    assert found is not None
    assert (found.person, found.why.id) == ("mia", "why.mentor-near")


def test_the_only_mentor_is_not_said_to_have_been_chosen() -> None:
    found = choice(around("mia")).pick
    assert found is not None
    assert found.why.id == "why.only"


def test_the_author_cannot_be_their_own_mentor() -> None:
    assert reasons(around("alice")) == ["why.mentor-author"]
    assert person(around("alice", "mia")) == "mia"


def test_nobody_is_asked_who_is_away() -> None:
    of = around("mia", "mo")
    away = pool("mia", "mo", name="mentors", away={"mia": "2099-01-01"})
    assert person(replace(of, policy=replace(of.policy, pools=(away,)))) == "mo"


def test_nobody_is_asked_who_has_as_much_as_they_take() -> None:
    assert person(around("mia", "mo", capacity=2).loads(mia=2, mo=1)) == "mo"
    assert reasons(around("mia", "mo", capacity=2).loads(mia=2, mo=3)) == ["why.too-much", "why.too-much"]


def test_nobody_is_asked_whose_request_was_taken_back_by_hand() -> None:
    of = around("mia")
    removed = replace(of, pull=replace(of.pull, removed_by_hand=frozenset({"mia"})))
    assert reasons(removed) == ["why.removed"]


def test_without_mentors_there_is_nobody_and_nothing_to_explain() -> None:
    assert choice(world()) == Choice(None)


def test_a_mentor_who_was_asked_is_present_until_they_answer() -> None:
    of = around("mia").asked(asked("bob"), asked("mia", rule=MENTORING))
    found = present(scene(of))
    assert found is not None
    assert found.person == "mia"
    assert present(scene(of.approved("mia"))) is None
