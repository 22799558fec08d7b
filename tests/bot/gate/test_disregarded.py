"""Whoever sees an approval on GitHub that does not count is told why (palantir/policy-bot#266)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from analyzers.model import Analysis
from bot.gate import Circumstances, Disregarded, Why, disregarded, evaluate, standing
from bot.model import Veto
from bot.policy.model import Require
from bot.ports import Cover
from bot.pull import Commit, Review, ReviewState
from tests.bot.gate.sample import DAY, NOW, PEOPLE, enforcing, named, pull_request, rule

POLICY = enforcing(rule(require=Require(("unsafe",), expires_days=30)))
BOB = Review(1, "Bob", ReviewState.APPROVED, "c", NOW)
COVER = Cover("main", frozenset({"f"}))


def why_not(
    pull: dict[str, Any], cover: Cover | None, *vetoes: Veto, asked: str = "f"
) -> tuple[Disregarded, ...]:
    snapshot = pull_request(**({"reviews": (BOB,)} | pull))
    covers = {1: cover} if cover else {}
    around = Circumstances(people=PEOPLE)
    said = standing(snapshot, covers, [], vetoes)
    decision = evaluate(POLICY, Analysis(tuple(map(named, asked.split()))), around, said, now=NOW)
    return disregarded(snapshot, covers, around, decision, said)


def bob(**rest: Any) -> tuple[Review, ...]:
    return (dataclasses.replace(BOB, **rest),)


@pytest.mark.parametrize(
    ("pull", "cover", "why"),
    [
        pytest.param({}, COVER, None, id="it counts"),
        pytest.param({"author": "bob"}, COVER, Why.AUTHOR, id="bob is the author"),
        pytest.param({"commits": (Commit("c", ("bob",)),)}, COVER, Why.COMMITTED, id="bob committed"),
        pytest.param({"last_pusher": "bob"}, COVER, Why.PUSHED, id="bob pushed last"),
        pytest.param({"reviews": bob(is_bot=True)}, COVER, Why.BOT, id="bob is a bot"),
        pytest.param(
            {"reviews": bob(state=ReviewState.DISMISSED)}, COVER, Why.DISMISSED, id="it was dismissed"
        ),
        pytest.param(
            {"reviews": bob(state=ReviewState.DISMISSED, dismissed_by_app=True)},
            COVER,
            None,
            id="by the App only",
        ),
        pytest.param(
            {"reviews": bob(person="dave")}, COVER, Why.STRANGER, id="dave is in no pool that is asked"
        ),
        pytest.param({}, None, Why.UNRECORDED, id="nobody knows what it covers"),
        pytest.param({"base_ref": "release"}, COVER, Why.OTHER_BASE, id="it was seen against another base"),
        pytest.param({"reviews": bob(submitted=NOW - 31 * DAY)}, COVER, Why.EXPIRED, id="it is too old"),
        pytest.param(
            {}, Cover("main", frozenset({"old"})), Why.OUTDATED, id="all it covered has changed since"
        ),
        pytest.param(
            {"reviews": bob(state=ReviewState.COMMENTED)}, COVER, None, id="a comment is no approval"
        ),
        pytest.param(
            {"reviews": bob(state=ReviewState.CHANGES_REQUESTED)}, COVER, None, id="a veto is told elsewhere"
        ),
    ],
)
def test_an_approval_does_not_count_because(
    pull: dict[str, Any], cover: Cover | None, why: Why | None
) -> None:
    found = why_not(pull, cover)
    assert [each.why for each in found] == ([why] if why else [])


def test_who_vetoes_takes_the_approval_back() -> None:
    assert why_not({}, COVER, Veto("bob", NOW + DAY)) == (Disregarded(1, "bob", Why.TAKEN_BACK),)


def test_nothing_is_told_while_nobody_is_asked() -> None:
    assert why_not({"author": "bob"}, COVER, asked="") == ()


def test_only_the_last_approval_of_a_person_is_told() -> None:
    older = dataclasses.replace(BOB, id=9, submitted=NOW - DAY)
    assert why_not({"reviews": (BOB, older), "author": "bob"}, COVER) == (Disregarded(1, "bob", Why.AUTHOR),)
