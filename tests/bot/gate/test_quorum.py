"""People are enough when each can be given a seat of a pool of theirs; checked against Hall's theorem."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gate.quorum import Quorum

PEOPLE = "abcdef"


@pytest.mark.parametrize(
    ("pools", "each", "people", "missing"),
    [
        pytest.param(["abc"], 1, "", 1, id="nobody for one seat"),
        pytest.param(["abc"], 1, "x", 1, id="a stranger for one seat"),
        pytest.param(["abc"], 1, "ab", 0, id="more than enough"),
        pytest.param(["ab", "a"], 1, "a", 1, id="one person in two pools"),
        pytest.param(
            ["ab", "a"], 1, "ab", 0, id="the first takes the seat that the second could have had, and moves"
        ),
        pytest.param(["ab", "bc", "cd", "d"], 1, "abcd", 0, id="everybody has to move on"),
        pytest.param(["abc", "abc"], 2, "abc", 1, id="four seats and three people"),
        pytest.param(["", "abc"], 1, "abc", 1, id="a pool without people"),
    ],
)
def test_missing_people(pools: list[str], each: int, people: str, missing: int) -> None:
    assert Quorum(tuple(map(frozenset, pools)), each).missing(people) == missing


def test_a_thousand_people_in_a_chain_of_pools_do_not_exhaust_the_stack() -> None:
    people = [f"p{number:04}" for number in range(1_000)]
    pools = tuple(frozenset({one, two}) for one, two in itertools.pairwise(people))
    assert Quorum((*pools, frozenset(people[:1])), 1).missing(people) == 0


@given(
    st.lists(st.frozensets(st.sampled_from(PEOPLE)), min_size=1, max_size=3),
    st.integers(1, 2),
    st.frozensets(st.sampled_from(PEOPLE)),
)
def test_as_many_are_missing_as_the_worst_set_of_seats_lacks(
    pools: list[frozenset[str]], each: int, people: frozenset[str]
) -> None:
    seats = [pool for pool in pools for _ in range(each)]
    missing = Quorum(tuple(pools), each).missing(people)
    # Hall and König: a set of seats lacks as many as it is larger than all who could take one of them.
    assert missing == max(
        len(chosen) - len(people & frozenset().union(*(seats[at] for at in chosen)))
        for size in range(len(seats) + 1)
        for chosen in itertools.combinations(range(len(seats)), size)
    )
