"""A rule is covered by enough different people who may, and what holds is never taken for green."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest

from analyzers.model import Analysis, ChangeClass
from bot.gate import Circumstances, about_changes, evaluate
from bot.model import (
    Approval,
    Barred,
    Decision,
    Mode,
    RuleResult,
    State,
)
from bot.policy import BUILT_IN
from bot.policy.model import Policy, Pool, Require, When
from tests.bot.gate.sample import (
    DAY,
    EDIT,
    HERE,
    NOW,
    SUBMODULE,
    TODAY,
    approval,
    change,
    enforcing,
    finding,
    judge,
    named,
    rule,
    veto,
)


def test_with_nothing_changed_nobody_is_asked() -> None:
    assert evaluate(BUILT_IN, Analysis(), now=NOW) == Decision(
        State.CLEAR, Mode.ADVISE, (RuleResult("built-in", State.CLEAR, mode=Mode.ADVISE),)
    )


def test_a_matching_change_waits_for_the_people_of_the_rule() -> None:
    both = rule(require=Require(("unsafe", "kernel"), 2))
    lints = rule("lints", When(kinds=("lint",)))
    added, moved = change(), change(of=ChangeClass.MOVED, path="src/z.rs")
    asked = (added.fingerprint,)
    assert judge(enforcing(both, lints), Analysis((added, moved))) == Decision(
        State.PENDING,
        Mode.ENFORCE,
        (
            RuleResult("unsafe code", State.PENDING, asked, ("unsafe", "kernel"), 2, uncovered=asked),
            RuleResult("lints", State.CLEAR, (), ("unsafe",), 1),
        ),
    )


ONE, TWO = Require(("unsafe",)), Require(("unsafe",), 2)
EITHER, BOTH = Require(("unsafe", "kernel"), 2), Require(approvals=1, all_of=("unsafe", "kernel"))
ADDRESS = {"unmapped": ("x@example.org",)}


@pytest.mark.parametrize(
    ("require", "said", "rest", "covered"),
    [
        pytest.param(ONE, [approval("alice", "f")], {}, True, id="one person of the pool is enough for one"),
        pytest.param(ONE, [approval("dave", "f")], {}, False, id="somebody of another pool is not"),
        pytest.param(ONE, [approval("eve", "f")], {}, False, id="somebody of no pool is not"),
        pytest.param(ONE, [approval("Alice", "f")], {}, False, id="logins come folded or count for nobody"),
        pytest.param(ONE, [approval("alice", "g")], {}, False, id="an approval covers what was seen only"),
        pytest.param(ONE, [approval("alice")], {}, False, id="an approval of nothing covers nothing"),
        pytest.param(TWO, [approval("alice", "f")], {}, False, id="one is not two"),
        pytest.param(
            TWO,
            [approval("alice", "f"), approval("alice", "f", days_ago=1), approval("alice", "f", waives=True)],
            {},
            False,
            id="one person counts once however often they approve",
        ),
        pytest.param(TWO, [approval("alice", "f"), approval("bob", "f")], {}, True, id="two people are two"),
        pytest.param(TWO, [approval("alice", "f"), approval("bob", "g")], {}, False, id="of the same change"),
        pytest.param(ONE, [approval("alice", "f", waives=True)], {}, True, id="a waiver lets pass as well"),
        *(
            pytest.param(
                ONE,
                [approval("alice", "f")],
                {"barred": {"alice": why}},
                False,
                id=f"not who is barred: {why}",
            )
            for why in Barred
        ),
        pytest.param(
            ONE,
            [approval("alice", "f")],
            {"barred": {"bob": Barred.AUTHOR}},
            True,
            id="barred are only those named",
        ),
        pytest.param(
            ONE, [approval("alice", "f")], ADDRESS, False, id="an unmapped address asks for one more"
        ),
        pytest.param(
            ONE,
            [approval("alice", "f"), approval("bob", "f")],
            ADDRESS,
            True,
            id="and one more is enough for it",
        ),
        pytest.param(
            ONE,
            [approval("alice", "f"), approval("bob", "f")],
            {"unmapped": ("x@example.org", "y@example.org")},
            True,
            id="two unmapped addresses ask for one more too",
        ),
        pytest.param(
            EITHER, [approval("alice", "f"), approval("dave", "f")], {}, True, id="any pool of several"
        ),
        pytest.param(EITHER, [approval("carol", "f")], {}, False, id="in two pools, but still one person"),
        pytest.param(BOTH, [approval("alice", "f"), approval("dave", "f")], {}, True, id="one of each pool"),
        pytest.param(
            BOTH, [approval("alice", "f"), approval("bob", "f")], {}, False, id="not two of one pool"
        ),
        pytest.param(BOTH, [approval("carol", "f")], {}, False, id="who is in both counts for one of them"),
        pytest.param(
            BOTH, [approval("carol", "f"), approval("dave", "f")], {}, True, id="for whichever lacks one"
        ),
        pytest.param(
            BOTH, [approval("alice", "f"), approval("carol", "f")], {}, True, id="be it this or that"
        ),
        pytest.param(
            BOTH,
            [approval(person, "f") for person in ("alice", "carol", "dave")],
            ADDRESS,
            False,
            id="an unmapped address asks for one more of each pool",
        ),
        pytest.param(
            BOTH,
            [approval(person, "f") for person in ("alice", "bob", "carol", "dave")],
            ADDRESS,
            True,
            id="which four people can be",
        ),
        pytest.param(Require(), [approval("mia", "f")], {}, True, id="without pools anybody in any pool"),
        pytest.param(Require(), [approval("eve", "f")], {}, False, id="but nobody else"),
        pytest.param(
            Require(("unsafe",), expires_days=30),
            [approval("bob", "f", days_ago=30)],
            {},
            True,
            id="of thirty days ago",
        ),
        pytest.param(
            Require(("unsafe",), expires_days=30),
            [approval("bob", "f", days_ago=30.1)],
            {},
            False,
            id="older than it may be",
        ),
        pytest.param(
            ONE, [approval("bob", "f", days_ago=3000)], {}, True, id="however old where nothing expires"
        ),
        pytest.param(
            Require(("gone",)), [approval("bob", "f")], {}, False, id="a pool without people has nobody"
        ),
        pytest.param(
            Require(all_of=("unsafe", "unsafe")),
            [approval("bob", "f")],
            {},
            True,
            id="a pool named twice is one",
        ),
    ],
)
def test_covered(require: Require, said: list[Approval], rest: dict[str, Any], covered: bool) -> None:
    decision = judge(enforcing(rule(require=require)), Analysis((named("f"),)), *said, **rest)
    (result,) = decision.rules
    assert decision.state is (State.CLEAR if covered else State.PENDING)
    assert result.state is decision.state
    assert result.uncovered == (() if covered else ("f",))


def test_a_push_asks_again_only_about_what_nobody_has_seen() -> None:
    seen, new = named("seen"), named("new")
    decision = judge(enforcing(), Analysis((seen, new)), approval("alice", "seen", "gone since"))
    (result,) = decision.rules
    assert (result.fingerprints, result.uncovered, result.approved_by) == (
        ("seen", "new"),
        ("new",),
        ("alice",),
    )


def test_several_people_can_cover_it_together() -> None:
    decision = judge(
        enforcing(), Analysis((named("f"), named("g"))), approval("bob", "g"), approval("alice", "f")
    )
    assert decision.state is State.CLEAR
    assert decision.rules[0].approved_by == ("alice", "bob")


def test_a_change_that_two_rules_ask_about_needs_both() -> None:
    policy = enforcing(rule(), rule("kernel", require=Require(("kernel",))))
    assert judge(policy, Analysis((named("f"),)), approval("alice", "f")).state is State.PENDING
    assert judge(policy, Analysis((named("f"),)), approval("carol", "f")).state is State.CLEAR


def test_the_same_thing_twice_changes_nothing() -> None:
    once = judge(
        enforcing(), Analysis((named("f"),), (finding(),), (SUBMODULE,)), veto("bob"), approval("bob", "f")
    )
    twice = judge(
        enforcing(),
        Analysis((named("f"),) * 2, (finding(),) * 2, (SUBMODULE,) * 2),
        *(veto("bob"), approval("bob", "f")) * 2,
    )
    assert twice == once


@pytest.mark.parametrize(
    ("require", "barred", "shortage"),
    [
        pytest.param(
            Require(("kernel",), 2), {}, 0, id="nobody is missing where two are asked and there are two"
        ),
        pytest.param(Require(("kernel",), 3), {}, 1, id="one is missing where three are asked of two"),
        pytest.param(Require(("kernel",), 2), {"dave": Barred.AUTHOR}, 1, id="who is barred cannot be asked"),
        pytest.param(Require(("gone",), 2), {}, 2, id="an empty pool lacks all"),
        pytest.param(
            Require(approvals=2, all_of=("unsafe", "kernel")),
            {},
            0,
            id="two of each of two pools, though one person is in both",
        ),
        pytest.param(
            Require(approvals=2, all_of=("kernel", "mentors")), {}, 1, id="the small pool lacks one"
        ),
        pytest.param(
            Require(approvals=3, all_of=("unsafe", "kernel")), {}, 2, id="who is in both pools is there once"
        ),
    ],
)
def test_more_people_than_there_are_is_told_and_stays_pending(
    require: Require, barred: dict[str, Barred], shortage: int
) -> None:
    decision = judge(enforcing(rule(require=require)), Analysis((named("f"),)), barred=barred)
    assert (decision.state, decision.rules[0].shortage) == (State.PENDING, shortage)


# --- when what is in force ---

LATER = TODAY + DAY


@pytest.mark.parametrize(
    ("mode", "enforce_from", "in_force", "held"),
    [
        (Mode.ENFORCE, None, Mode.ENFORCE, State.BLOCKED),
        (Mode.ENFORCE, TODAY, Mode.ENFORCE, State.BLOCKED),
        (Mode.ENFORCE, LATER, Mode.ADVISE, State.PENDING),
        (Mode.ADVISE, TODAY, Mode.ADVISE, State.PENDING),
        (Mode.OFF, LATER, Mode.OFF, State.PENDING),
    ],
)
def test_what_cannot_pass_is_blocked_only_while_enforcing_but_never_clear(
    mode: Mode, enforce_from: datetime.date | None, in_force: Mode, held: State
) -> None:
    policy = dataclasses.replace(enforcing(), mode=mode, enforce_from=enforce_from)
    for analysis in (Analysis(unanalysed=(SUBMODULE,)), Analysis(findings=(finding(),))):
        decision = judge(policy, analysis)
        assert (decision.mode, decision.state) == (in_force, held)
    assert judge(policy, Analysis(), veto("bob")).state is held
    assert judge(policy, Analysis((change(),))).state is State.PENDING
    assert judge(policy, Analysis()).state is State.CLEAR


@pytest.mark.parametrize(
    ("mode", "enforce_from", "in_force"),
    [
        (Mode.ENFORCE, None, Mode.ENFORCE),
        (Mode.ENFORCE, TODAY, Mode.ENFORCE),
        (Mode.ENFORCE, LATER, Mode.ADVISE),
        (Mode.ADVISE, None, Mode.ADVISE),
        (Mode.OFF, LATER, Mode.OFF),
    ],
)
def test_a_rule_may_start_to_hold_later_than_its_policy(
    mode: Mode, enforce_from: datetime.date | None, in_force: Mode
) -> None:
    policy = dataclasses.replace(enforcing(dataclasses.replace(rule(), enforce_from=enforce_from)), mode=mode)
    decision = judge(policy, Analysis((change(),)))
    assert (decision.rules[0].mode, decision.state) == (in_force, State.PENDING)


def test_days_are_those_of_utc() -> None:
    policy = dataclasses.replace(enforcing(), enforce_from=TODAY)
    east = datetime.timezone(datetime.timedelta(hours=14))
    night = datetime.datetime(2026, 11, 21, 3, tzinfo=east)
    assert evaluate(policy, Analysis(), now=night).mode is Mode.ADVISE
    with pytest.raises(ValueError, match="zone"):
        evaluate(policy, Analysis(), now=night.replace(tzinfo=None))


def test_the_command_line_is_told_about_changes_only_though_the_rest_still_holds() -> None:
    analysis = Analysis((named("f"),), unanalysed=(SUBMODULE,))
    narrow = rule("kernel", When(paths=("kernel/**",)))
    whole = judge(enforcing(rule(), narrow), analysis, around=dataclasses.replace(HERE, policy_edits=(EDIT,)))
    told = about_changes(enforcing(rule(), narrow), analysis, whole)
    assert [(each.name, each.fingerprints, each.uncovered) for each in told.rules] == [
        ("unsafe code", ("f",), ("f",)),
        ("kernel", (), ()),
    ]
    assert (told.state, told.holds) == (whole.state, whole.holds)


def test_a_policy_with_nobody_in_it_waits_for_ever_rather_than_passing() -> None:
    policy = Policy(mode=Mode.ENFORCE, rules=(rule(require=Require()),), pools=(Pool("nobody"),))
    decision = evaluate(policy, Analysis((named("f"),)), Circumstances(people={}), now=NOW)
    assert (decision.state, decision.rules[0].shortage) == (State.PENDING, 1)
