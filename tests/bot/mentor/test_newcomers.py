"""Who may be somebody to welcome, and how long an answer takes."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from bot.mentor.newcomers import may_be_welcomed
from bot.mentor.pace import usual
from bot.policy.model import Greet
from bot.pull import Association
from tests.goldens import pulls

FIRST, ALWAYS, NEVER = Greet.FIRST_CONTRIBUTION, Greet.ALWAYS, Greet.NEVER
NEW = pulls.pull(association=Association.FIRST_TIME_CONTRIBUTOR)


@pytest.mark.parametrize("association", Association)
def test_only_who_never_contributed_is_new(association: Association) -> None:
    new = {Association.NONE, Association.FIRST_TIMER, Association.FIRST_TIME_CONTRIBUTOR}
    pull = replace(NEW, association=association)
    assert may_be_welcomed(FIRST, pull) is (association in new)
    assert may_be_welcomed(ALWAYS, pull) is (association in new | {Association.CONTRIBUTOR})
    assert not may_be_welcomed(NEVER, pull)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"author_is_bot": True}, id="a bot"),
        pytest.param({"author": "ghost"}, id="an account that is gone"),
        pytest.param({"is_draft": True}, id="a draft"),
        pytest.param({"is_open": False}, id="a closed pull request"),
    ],
)
@pytest.mark.parametrize("greet", Greet)
def test_it_is_never_said_to(greet: Greet, facts: dict[str, object]) -> None:
    assert not may_be_welcomed(greet, replace(NEW, **facts))  # type: ignore[arg-type]


def hours(*numbers: float) -> list[datetime.timedelta]:
    return [datetime.timedelta(hours=number) for number in numbers]


def test_the_usual_time_is_the_median_so_that_one_holiday_changes_nothing() -> None:
    assert usual(hours(1, 300, 3)) == datetime.timedelta(hours=3)
    assert usual(hours(1, 2, 4, 300)) == datetime.timedelta(hours=3)


@pytest.mark.parametrize("known", [[], hours(1), hours(1, 2)])
def test_nothing_is_said_by_few_answers(known: list[datetime.timedelta]) -> None:
    assert usual(known) is None
