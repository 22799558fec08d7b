"""Each strategy puts people into its own order, always the same one, and says why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

import bot.reviewers.strategies
from bot.policy.model import Strategy
from bot.reviewers.model import Why
from bot.reviewers.strategies import strategies
from bot.reviewers.strategy import Circle

FOUR = ("bob", "carol", "dave", "erin")


def order(strategy: Strategy, circle: Circle) -> list[str]:
    return [person for person, _ in strategies()[strategy].rank(circle)]


def circle(**more: object) -> Circle:
    return Circle(FOUR, "unsafe code", ("unsafe",), "7#5", **more)  # type: ignore[arg-type]


def test_every_strategy_of_a_policy_is_a_file_of_its_own() -> None:
    folder = Path(bot.reviewers.strategies.__file__).parent
    stems = {path.stem.replace("_", "-") for path in folder.glob("[a-z]*.py")}
    assert stems == {strategy.value for strategy in strategies()} == set(Strategy)


@pytest.mark.parametrize("strategy", Strategy)
def test_everybody_is_ranked_once_and_looking_again_changes_nothing(strategy: Strategy) -> None:
    known = circle(load={"bob": 2}, experts={"dave": 1})
    assert sorted(order(strategy, known)) == sorted(FOUR)
    assert order(strategy, known) == order(strategy, known)


def test_all_asks_everybody_at_once() -> None:
    assert [each for each in Strategy if strategies()[each].asks_everybody] == [Strategy.ALL]


def test_a_lot_is_fair_over_many_pull_requests() -> None:
    firsts = Counter(order(Strategy.RANDOM, Circle(FOUR, "r", (), f"7#{number}"))[0] for number in range(400))
    assert all(60 < firsts[person] < 140 for person in FOUR)


def test_a_lot_does_not_change_for_the_others_when_somebody_leaves() -> None:
    everybody = order(Strategy.RANDOM, circle())
    for leaver in FOUR:
        rest = tuple(person for person in FOUR if person != leaver)
        left = order(Strategy.RANDOM, Circle(rest, "r", (), "7#5"))
        assert left == [person for person in everybody if person != leaver]


def test_who_has_fewest_requests_comes_first_and_a_lot_decides_between_equals() -> None:
    known = circle(load={"bob": 3, "carol": 1, "dave": 1})
    assert order(Strategy.LEAST_LOADED, known)[0] == "erin"
    assert order(Strategy.LEAST_LOADED, known)[-1] == "bob"
    firsts = {order(Strategy.LEAST_LOADED, Circle(FOUR, "r", (), f"7#{number}"))[0] for number in range(50)}
    assert firsts == set(FOUR)


def test_in_a_rotation_newcomers_come_first_and_strangers_not_at_all() -> None:
    known = circle(turns=lambda _rule, _people: ("dave", "mallory", "bob", "carol"))
    assert order(Strategy.ROUND_ROBIN, known) == ["erin", "dave", "bob", "carol"]


def test_the_rotation_is_asked_for_the_rule() -> None:
    seen: list[tuple[str, tuple[str, ...]]] = []

    def turns(rule: str, people: Sequence[str]) -> Sequence[str]:
        seen.append((rule, tuple(people)))
        return people

    order(Strategy.ROUND_ROBIN, circle(turns=turns))
    assert seen == [("unsafe code", FOUR)]


def test_who_knows_the_files_best_comes_first_then_who_has_fewest_requests() -> None:
    known = circle(experts={"carol": 1, "erin": 4}, load={"bob": 1})
    assert order(Strategy.EXPERTISE, known) == ["erin", "carol", "dave", "bob"]


def test_each_reason_has_its_figures() -> None:
    known = circle(load={"bob": 3}, experts={"carol": 2})
    everybody = (("count", 4), ("pools", "unsafe"))
    assert dict(strategies()[Strategy.LEAST_LOADED].rank(known))["bob"] == Why(
        "why.least-loaded", (("load", 3), *everybody)
    )
    assert dict(strategies()[Strategy.EXPERTISE].rank(known))["carol"] == Why(
        "why.expertise", (("weight", 2), *everybody)
    )
    assert dict(strategies()[Strategy.EXPERTISE].rank(known))["bob"] == Why(
        "why.no-expert", (("load", 3), *everybody)
    )


def test_a_reason_survives_being_written() -> None:
    why = Why("why.full", (("load", 3), ("person", "bo\ud800b")), (Why("why.away", (("until", "x"),)),))
    assert Why.read(why.written()) == why
    assert why.written().isascii()


@pytest.mark.parametrize("text", ["why.random", "", "{", "[1]", '{"id": 1}', "[" * 100_000, "null"])
def test_a_text_that_is_no_reason_is_taken_for_an_id(text: str) -> None:
    assert Why.read(text) == Why(text)
