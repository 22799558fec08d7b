"""People who could help, and whom GitHub does not let be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.policy.model import Pool, Strategy
from bot.ports import Assignment
from bot.reviewers import Plan, Why
from bot.reviewers.model import REFUSED
from tests.bot.reviewers.people import HEAD, asked, asks, names, pool, world


def refused(person: str, head: str = HEAD, *, claimed: bool = False) -> Assignment:
    """Only who claimed it stays on it."""
    return asked(person, claimed=claimed, is_open=claimed, refused=head)


def test_whom_github_refused_at_this_head_is_left_out_and_told_of() -> None:
    found = world(pools=(pool("bob", "carol"),)).asked(refused("bob")).plan()
    assert (names(found), found.refused) == (["carol"], ("bob",))
    assert found.ask[0].why == Why("why.only", (("pools", "unsafe"),), (Why(REFUSED, (("person", "bob"),)),))


@pytest.mark.parametrize("head", ["", "c" * 40], ids=["something changed", "at another head"])
def test_whom_github_refused_before_is_asked_like_anybody(head: str) -> None:
    found = world(pools=(pool("bob"),)).asked(refused("bob", head)).plan()
    assert (names(found), found.refused) == (["bob"], ())
    assert found.ask[0].why == Why("why.only", (("pools", "unsafe"),))
    everybody = world(asks(strategy=Strategy.ALL)).asked(refused("bob", head)).plan()
    assert names(everybody) == ["bob", "carol", "dave"]


def test_nothing_is_told_of_whom_github_refused_and_shows_as_asked_or_nobody_needs() -> None:
    start = world().asked(refused("bob"))
    assert start.requested("bob").plan() == Plan()
    assert replace(start, changes=()).plan() == Plan()
    outsider = world().asked(refused("mallory")).plan()
    assert outsider.refused == ()


def test_whoever_claimed_it_is_on_it_and_not_requested_again() -> None:
    claimed = refused("bob", claimed=True)
    assert world().asked(claimed).requested().plan() == Plan()


def test_a_team_that_github_refuses_is_told_of_and_asked_again_once_that_may_help() -> None:
    start = world(pools=(Pool("unsafe", teams=("acme/core",)),)).knows_teams(core=None)
    slug = "acme/core"
    told = start.asked(refused(slug)).plan()
    assert (told.ask_teams, told.refused) == ((), (slug,))
    again = start.asked(refused(slug, "")).plan()
    assert ([pick.person for pick in again.ask_teams], again.refused) == ([slug], ())
