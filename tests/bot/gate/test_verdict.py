"""The check run is green only when everything is clear, and neutral never stands for something that holds."""

from __future__ import annotations

import itertools

import pytest

from bot.actions import CheckState
from bot.gate import broken, strictest, verdict
from bot.model import Decision, Hold, HoldReason, Mode, RuleResult, State

CLEAR = RuleResult("a", State.CLEAR, ("f",))
WAITS = RuleResult("b", State.PENDING, ("f",), uncovered=("f",))
ADVISES = RuleResult("c", State.PENDING, ("f",), uncovered=("f",), mode=Mode.ADVISE)
ENFORCE = Mode.ENFORCE


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        pytest.param(Decision(State.CLEAR, ENFORCE), "success", id="nothing is asked"),
        pytest.param(Decision(State.CLEAR, ENFORCE, (CLEAR,)), "success", id="all that is asked is covered"),
        pytest.param(
            Decision(State.PENDING, ENFORCE, (CLEAR, WAITS)), "in_progress", id="a rule waits for people"
        ),
        pytest.param(
            Decision(State.PENDING, ENFORCE, (CLEAR, ADVISES)), "neutral", id="only advising rules wait"
        ),
        pytest.param(
            Decision(State.PENDING, ENFORCE, (WAITS, ADVISES)), "in_progress", id="rules of both kinds wait"
        ),
        *(
            pytest.param(
                Decision(State.BLOCKED, ENFORCE, (WAITS,), (Hold(why),)), "failure", id=f"held: {why}"
            )
            for why in HoldReason
        ),
        pytest.param(Decision(State.BLOCKED, ENFORCE), "failure", id="blocked, whatever else it says"),
        pytest.param(
            Decision(State.CLEAR, ENFORCE, (), (Hold(HoldReason.VETO),)), "failure", id="a hold always counts"
        ),
        pytest.param(
            Decision(State.CLEAR, ENFORCE, (WAITS,)), "in_progress", id="a rule that waits always counts"
        ),
        pytest.param(
            Decision(State.PENDING, ENFORCE), "in_progress", id="it waits, and nobody knows for what"
        ),
        *(
            pytest.param(
                Decision(state, mode, (WAITS,), (Hold(HoldReason.VETO),)), "neutral", id=f"{mode}: {state}"
            )
            for mode, state in itertools.product((Mode.ADVISE, Mode.OFF), State)
        ),
        pytest.param(broken([]), "failure", id="a policy that cannot be read"),
    ],
)
def test_the_check_run_says(decision: Decision, state: str) -> None:
    assert verdict(decision).value == state


@pytest.mark.parametrize(
    ("states", "strict"),
    [
        (["success", "neutral"], "neutral"),
        (["neutral", "in_progress", "success"], "in_progress"),
        (["failure", "in_progress"], "failure"),
        (["success", "success"], "success"),
    ],
)
def test_where_several_pull_requests_share_a_head_the_strictest_is_told(
    states: list[str], strict: str
) -> None:
    assert strictest(map(CheckState, states)).value == strict


def test_nothing_judged_is_no_verdict() -> None:
    with pytest.raises(ValueError, match="empty"):
        strictest([])
