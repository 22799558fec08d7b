"""Who is asked: few people, those whose word counts, and for a reason that can be told."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from bot.model import Barred, Hold, HoldReason, Mode, Veto
from bot.policy.model import Pool, Strategy
from bot.pull import ReviewState
from bot.reviewers import MENTORING, Plan, Why, plan
from bot.reviewers.plan import reroll
from bot.reviewers.scene import Scene
from tests.bot.reviewers.people import NOW, World, ago, asked, asks, change, names, pool, reviewed, world

WEEKEND = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)


def reasons(of: Plan) -> dict[str, Why]:
    return {pick.person: pick.why for pick in of.ask}


# --- how many ---


def test_one_person_is_asked_and_not_the_team() -> None:
    assert len(names(world().plan())) == 1


@pytest.mark.parametrize(
    ("count", "approvals", "expected"),
    [(1, 1, 1), (2, 1, 2), (1, 2, 2), (3, 2, 3), (9, 1, 3)],
)
def test_as_many_are_asked_as_the_rule_says_and_at_least_as_many_as_it_needs(
    count: int, approvals: int, expected: int
) -> None:
    assert len(names(world(asks(count=count, approvals=approvals)).plan())) == expected


def test_one_more_is_asked_while_somebody_unknown_is_behind_a_commit() -> None:
    start = world()
    unknown = replace(start, standing=replace(start.standing, unmapped=("who@example.org",)))
    assert len(names(unknown.plan())) == 2


def test_nobody_is_asked_when_nothing_waits() -> None:
    assert replace(world(), changes=()).plan() == Plan()


def test_who_was_asked_by_hand_counts_first() -> None:
    assert world().requested("carol").plan() == Plan()
    assert len(names(world(asks(count=2)).requested("carol").plan())) == 1


def test_a_stranger_who_was_asked_by_hand_does_not_count() -> None:
    assert len(names(world().requested("mallory").plan())) == 1


def test_of_all_pools_so_many_are_asked_as_each_needs() -> None:
    pools = (pool("bob", "carol"), pool("dave", "erin", name="kernel"))
    found = world(asks(pools=("unsafe", "kernel"), all_of=True), pools=pools).plan()
    assert {person in {"bob", "carol"} for person in names(found)} == {True, False}
    assert len(found.ask) == 2


def test_who_is_in_two_pools_counts_for_one_of_them() -> None:
    pools = (pool("bob"), pool("bob", "carol", name="kernel"))
    found = world(asks(pools=("unsafe", "kernel"), all_of=True), pools=pools).plan()
    assert sorted(names(found)) == ["bob", "carol"]


def test_one_person_answers_for_several_rules() -> None:
    rules = asks(), asks("kernel code", ("kernel",))
    pools = pool("bob", "carol", "dave"), pool("erin", "dave", "frank", name="kernel")
    (pick,) = world(*rules, pools=pools).loads(dave=5).plan().ask
    assert (pick.person, pick.rule, pick.others) == ("dave", "unsafe code", ("kernel code",))
    assert pick.why == Why("why.several-rules", (("count", 2),))


def test_nobody_stays_picked_whom_later_picks_make_unnecessary() -> None:
    # The greedy first pick (three rules) is not needed once the two that the others need are there.
    rules = [asks(name, (name,)) for name in ("one", "two", "three", "four", "five", "six")]
    pools = [
        pool("both", "left", name="one"), pool("both", "left", name="two"), pool("left", name="three"),
        pool("both", "right", name="four"), pool("both", "right", name="five"), pool("right", name="six"),
    ]  # fmt: skip
    assert sorted(names(world(*rules, pools=tuple(pools)).plan())) == ["left", "right"]


def test_all_asks_everybody_who_can_be_asked() -> None:
    start = world(
        asks(strategy=Strategy.ALL),
        pools=(pool("alice", "bob", "carol", "dave", away={"dave": "2026-12-24"}),),
    )
    assert names(start.plan()) == ["bob", "carol"]


def test_all_of_a_large_organisation_is_quick() -> None:
    crowd = [f"person-{number}" for number in range(500)]
    pools = (pool(*crowd, capacity=3), pool(*crowd[250:], "zoe", name="kernel"))
    rules = asks(strategy=Strategy.ALL), asks("both", ("unsafe", "kernel"), all_of=True, count=4, approvals=2)
    assert len(world(*rules, pools=pools).plan().ask) == 500


# --- whom never ---


@pytest.mark.parametrize("barred", Barred)
def test_nobody_is_asked_whose_word_does_not_count(barred: Barred) -> None:
    assert sorted(names(world(asks(count=3)).bars(carol=barred).plan())) == ["bob", "dave"]


def test_the_author_is_not_asked_even_where_nobody_said_that_they_are_barred() -> None:
    start = world(pools=(pool("alice", "bob"),))
    assert names(replace(start, standing=replace(start.standing, barred={})).plan()) == ["bob"]


def test_a_bot_in_a_pool_is_not_asked() -> None:
    assert names(world(asks(count=2), pools=(pool("bob", "renovate[bot]"),)).plan()) == ["bob"]


@pytest.mark.parametrize(
    ("until", "expected"),
    [("2026-11-19", ["bob"]), ("2026-11-18", ["bob", "carol"]), ("2026-01-01", ["bob", "carol"])],
)
def test_who_is_away_is_not_asked_until_the_day_they_are_back(until: str, expected: list[str]) -> None:
    start = world(asks(count=2), pools=(pool("bob", "carol", away={"carol": until}),))
    assert sorted(names(start.plan())) == expected


def test_who_is_away_from_one_pool_is_away_from_all() -> None:
    pools = (pool("bob", "carol"), pool("carol", name="kernel", away={"carol": "2026-12-24"}))
    assert names(world(pools=pools).plan()) == ["bob"]


def test_another_is_asked_for_somebody_who_was_asked_and_is_away() -> None:
    start = world(pools=(pool("bob", "carol", away={"carol": "2026-12-24"}),)).asked(asked("carol"))
    found = start.plan()
    assert (names(found), found.withdraw) == (["bob"], ())
    absent = Why("why.away", (("person", "carol"), ("until", "2026-12-24")))
    assert reasons(found)["bob"].also == (absent,)


def test_who_was_removed_by_hand_is_not_asked_again() -> None:
    start = world(asks(count=3)).asked(asked("carol"))
    removed = replace(
        start, pull=replace(start.pull, requested_users=(), removed_by_hand=frozenset({"carol"}))
    )
    found = removed.plan()
    assert sorted(names(found)) == ["bob", "dave"]
    assert (found.over, found.withdraw) == (("carol",), ())


def test_who_was_removed_and_then_asked_by_hand_counts() -> None:
    start = world().requested("carol")
    assert replace(start, pull=replace(start.pull, removed_by_hand=frozenset({"carol"}))).plan() == Plan()


def test_who_was_removed_and_asked_again_has_not_answered() -> None:
    start = world().asked(asked("carol"))
    assert replace(start, pull=replace(start.pull, removed_by_hand=frozenset({"carol"}))).plan() == Plan()


def test_who_answered_one_request_and_not_a_later_one_is_still_asked() -> None:
    start = world(asks(), asks("other")).asked(asked("carol", 2), asked("carol", 0.1, "other"))
    said = reviewed("carol", ReviewState.COMMENTED, 1, commit="c" * 40)
    assert start.reviews(said).requested("carol").plan() == Plan()


def test_who_answered_in_the_second_in_which_they_were_asked_has_answered() -> None:
    start = world().asked(replace(asked("carol"), at=ago(1).replace(microsecond=700_000)))
    said = reviewed("carol", ReviewState.COMMENTED, 1, commit="c" * 40)
    assert start.reviews(said).plan().over == ("carol",)


def test_who_let_everything_pass_is_not_asked_for_the_second_approval() -> None:
    assert len(names(world(asks(approvals=2)).approved("bob", "src/lib.rs").plan())) == 1
    assert "bob" not in names(world(asks(approvals=2)).approved("bob", "src/lib.rs").plan())


def test_who_let_a_part_pass_is_asked_about_the_rest() -> None:
    two = replace(world(), changes=(change(), change("src/new.rs"))).approved("dave", "src/lib.rs")
    found = two.loads(dave=9).plan()
    assert reasons(found)["dave"].id == "why.has-reviewed"


# --- too much to do ---


def test_who_has_too_much_to_do_is_asked_only_if_nobody_else_is_left() -> None:
    start = world(asks(approvals=2), pools=(pool("bob", "carol", capacity=2),)).loads(bob=2, carol=1)
    found = start.plan()
    assert names(found) == ["carol", "bob"]
    assert reasons(found)["bob"].id == "why.full"
    assert reasons(found)["carol"].also == (Why("why.too-much", (("person", "bob"), ("load", 2))),)


def test_who_has_too_much_to_do_is_not_asked_only_to_ask_more_than_needed() -> None:
    start = world(asks(count=2), pools=(pool("bob", "carol", capacity=2),)).loads(bob=2)
    assert names(start.plan()) == ["carol"]


def test_a_pool_without_a_limit_takes_any_number() -> None:
    assert names(world(pools=(pool("bob"),)).loads(bob=99).plan()) == ["bob"]


def test_what_somebody_answered_here_and_is_still_on_record_is_no_load() -> None:
    start = world(pools=(pool("bob", capacity=1),)).loads(bob=1).asked(asked("bob"))
    said = reviewed("bob", ReviewState.COMMENTED, commit="c" * 40)
    assert reasons(start.reviews(said).plan())["bob"].id == "why.only"


# --- asking again ---


def test_looking_again_asks_nobody_else() -> None:
    start = world()
    (first,) = start.plan().ask
    assert start.asked(asked(first.person)).plan() == Plan()


def test_who_is_on_record_and_not_on_github_is_asked_once_more() -> None:
    start = world().asked(asked("carol"))
    (pick,) = start.requested().plan().ask
    assert (pick.person, pick.why) == ("carol", Why("why.random"))


def test_who_commented_on_the_present_head_is_on_it_and_has_answered() -> None:
    start = world().asked(asked("carol")).reviews(reviewed("carol", ReviewState.COMMENTED))
    assert start.plan() == Plan(over=("carol",))


def test_who_commented_on_an_older_head_is_asked_again() -> None:
    said = reviewed("carol", ReviewState.COMMENTED, commit="c" * 40)
    found = world().asked(asked("carol")).reviews(said).loads(carol=9).plan()
    assert (names(found), found.over) == (["carol"], ("carol",))


def test_somebody_who_only_dropped_in_with_a_comment_is_not_on_it() -> None:
    assert len(names(world().reviews(reviewed("carol", ReviewState.COMMENTED)).plan())) == 1


def test_who_let_go_is_asked_again_only_if_nobody_else_is_left() -> None:
    let_go = asked("bob", is_open=False)
    assert "bob" not in names(world().asked(let_go).plan())
    (pick,) = world(pools=(pool("bob"),)).asked(let_go).plan().ask
    assert (pick.person, pick.why.id) == ("bob", "why.passed-over")


# --- letting go ---


def test_who_was_asked_is_let_go_once_others_let_everything_pass() -> None:
    found = world().asked(asked("carol")).approved("bob", "src/lib.rs").plan()
    assert found == Plan(withdraw=("carol",))


def test_who_was_asked_by_hand_is_never_let_go() -> None:
    assert world().requested("carol").approved("bob", "src/lib.rs").plan() == Plan()


def test_who_was_asked_is_let_go_when_the_rule_is_gone() -> None:
    assert replace(world().asked(asked("carol")), changes=()).plan() == Plan(withdraw=("carol",))


def test_who_pushed_to_it_is_let_go_and_another_is_asked() -> None:
    found = world(pools=(pool("bob", "carol"),)).asked(asked("carol")).bars(carol=Barred.PUSHED).plan()
    assert (names(found), found.withdraw) == (["bob"], ("carol",))


def test_a_mentor_is_not_let_go_when_nothing_waits() -> None:
    start = world(pools=(pool("bob"), pool("erin", name="mentors")))
    assert replace(start.asked(asked("erin", rule=MENTORING)), changes=()).plan() == Plan()


def test_when_it_is_closed_everybody_is_let_go() -> None:
    start = world().asked(asked("carol"), asked("erin", rule=MENTORING), asked("bob", is_open=False))
    closed = replace(start, pull=replace(start.pull, is_open=False))
    assert closed.requested("carol", "dave").plan() == Plan(withdraw=("carol", "erin"))


def test_nobody_is_let_go_while_not_everything_could_be_read() -> None:
    start = replace(world().asked(asked("carol")), changes=())
    unsure = replace(start.decision, holds=(Hold(HoldReason.INCOMPLETE),))
    scene = (start.policy, start.pull, start.people, start.standing, start.history, NOW)
    assert plan(unsure, *scene) == Plan()


# --- nobody at all ---


@pytest.mark.parametrize("mode", [Mode.ADVISE, Mode.OFF])
def test_a_policy_that_does_not_enforce_asks_nobody(mode: Mode) -> None:
    assert world(mode=mode).asked(asked("carol")).plan() == Plan()


def test_a_rule_that_only_advises_yet_asks_nobody() -> None:
    later = replace(asks(), enforce_from=datetime.date(2027, 1, 1))
    assert world(later).plan() == Plan()


def test_a_draft_asks_nobody() -> None:
    start = world()
    assert replace(start, pull=replace(start.pull, is_draft=True)).plan() == Plan()


def test_a_veto_asks_nobody_else() -> None:
    start = world(asks(count=3)).asked(asked("carol"))
    vetoed = replace(start, standing=replace(start.standing, vetoes=(Veto("bob", NOW),)))
    assert vetoed.plan() == Plan()


def test_a_policy_that_cannot_be_read_changes_nothing() -> None:
    start = world().asked(asked("carol"))
    unread = replace(start.decision, rules=(), holds=(Hold(HoldReason.POLICY),))
    assert plan(unread, start.policy, start.pull, {}, start.standing, start.history, NOW) == Plan()


# --- silence ---


def test_one_more_is_asked_when_somebody_has_not_answered() -> None:
    start = world(asks(escalate=8), pools=(pool("bob", "carol", "dave"),))
    assert start.asked(asked("bob", 23)).plan() == Plan()
    found = start.asked(asked("bob", 24)).plan()
    assert len(found.ask) == 1
    assert found.withdraw == ()
    assert found.ask[0].why.also == (Why("why.silent", (("person", "bob"), ("hours", 8))),)


def test_nobody_is_pressed_over_a_weekend() -> None:
    start = replace(world(asks(escalate=8)), now=WEEKEND)
    friday_noon = replace(asked("bob"), at=datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC))
    assert start.asked(friday_noon).plan() == Plan()


def test_the_second_one_gets_as_much_time_as_the_first() -> None:
    start = world(asks(escalate=8))
    assert start.asked(asked("bob", 48), asked("carol", 4)).plan() == Plan()
    assert names(start.asked(asked("bob", 72), asked("carol", 48)).plan()) == ["dave"]


def test_it_ends_when_the_pool_is_used_up_and_that_is_no_shortage() -> None:
    start = world(asks(escalate=8), pools=(pool("bob"),))
    assert start.asked(asked("bob", 100)).plan() == Plan()


def test_without_a_limit_people_take_their_time() -> None:
    assert world().asked(asked("bob", 1000)).plan() == Plan()


def test_who_talks_with_the_author_is_not_silent() -> None:
    start = world(asks(escalate=8)).asked(asked("bob", 100))
    assert start.reviews(reviewed("bob", ReviewState.COMMENTED, 90)).plan() == Plan(over=("bob",))


# --- what nobody can meet ---


def test_what_nobody_can_meet_is_said_with_the_reasons() -> None:
    start = world(asks(approvals=3), pools=(pool("alice", "bob", "carol", away={"carol": "2026-12-24"}),))
    found = start.plan()
    assert names(found) == ["bob"]
    absent = Why("why.away", (("person", "carol"), ("until", "2026-12-24")))
    author = Why("why.not-author", (("person", "alice"),))
    words = (("count", 2), ("rule", "unsafe code"), ("pools", "unsafe"))
    assert found.shortage == (Why("shortage", words, (author, absent)),)


def test_a_team_whose_people_nobody_knows_is_asked_as_a_whole_and_once() -> None:
    start = world(pools=(Pool("unsafe", teams=("acme/core", "acme/hidden")),))
    seen = start.knows_teams(core=frozenset({"bob"}), hidden=None)
    assert (names(seen.plan()), seen.plan().ask_teams) == (["bob"], ())
    unseen = start.knows_teams(core=frozenset(), hidden=None)
    found = unseen.plan()
    assert [pick.person for pick in found.ask_teams] == ["acme/hidden"]
    assert [why.also[0].id for why in found.shortage] == ["why.team-unseen"]
    asked_already = replace(unseen, pull=replace(unseen.pull, requested_teams=("acme/hidden",)))
    assert asked_already.plan().ask_teams == ()
    assert unseen.asked(asked("acme/hidden")).requested().plan().ask_teams == ()


def test_a_team_that_is_known_is_never_asked() -> None:
    start = world(asks(approvals=3), pools=(Pool("unsafe", teams=("acme/core",)),))
    assert start.knows_teams(core=frozenset({"bob"})).plan().ask_teams == ()


# --- others instead ---


def rerolled(start: World) -> Plan:
    scene = Scene(start.policy, start.pull, start.people, start.standing, start.history, start.now)
    return reroll(start.decision, scene)


def test_a_reroll_goes_through_everybody_before_it_comes_back() -> None:
    start = world(asks(strategy=Strategy.RANDOM))
    (first,) = start.plan().ask
    seen = [first.person]
    records = [asked(first.person)]
    for _ in range(3):
        found = rerolled(start.asked(*records))
        assert found.withdraw == (seen[-1],)
        records = [replace(each, is_open=False) for each in records]
        (pick,) = found.ask
        seen.append(pick.person)
        records = [each for each in records if each.person != pick.person] + [asked(pick.person)]
    assert sorted(seen[:3]) == ["bob", "carol", "dave"]
    assert seen[3] in seen[:2]


def test_a_reroll_lets_nobody_go_where_nobody_else_is_left() -> None:
    assert rerolled(world(pools=(pool("bob"),)).asked(asked("bob"))) == Plan()


def test_a_reroll_lets_only_as_many_go_as_there_are_others() -> None:
    found = rerolled(world(asks(approvals=2)).asked(asked("bob"), asked("carol")))
    assert (names(found), found.withdraw) == (["dave"], ("bob",))


def test_a_reroll_leaves_those_alone_who_claimed_it_or_were_asked_by_hand() -> None:
    start = world(asks(approvals=2)).requested("bob").asked(asked("carol", claimed=True))
    assert rerolled(start) == Plan()
