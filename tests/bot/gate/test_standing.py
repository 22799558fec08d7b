"""What stands of reviews, waivers and vetoes: conversations, told in the order in which they happened."""

from __future__ import annotations

import datetime
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gate import merged, standing, to_cover
from bot.model import Approval, Barred, Source, Standing, Veto
from bot.ports import Cover
from bot.pull import Commit, PullRequest, Review, ReviewState
from tests.bot.gate.sample import DAY, NOW, approval, pull_request, veto

MINUTE = datetime.timedelta(minutes=1)
STATES = {
    "approves": ReviewState.APPROVED,
    "requests changes": ReviewState.CHANGES_REQUESTED,
    "comments": ReviewState.COMMENTED,
    "is dismissed": ReviewState.DISMISSED,
    "is dismissed by the App": ReviewState.DISMISSED,
}


def told(*sentences: str, base: str = "main") -> Standing:
    """What stands after these, a minute apart. The nth review covers the fingerprint ``n``, all against main."""
    reviews, waivers, vetoes = [], [], []
    for number, sentence in enumerate(sentences, start=1):
        person, _, act = sentence.partition(" ")
        at = NOW + number * MINUTE
        if act == "waives":
            waivers.append(Approval(person, Source.WAIVER, frozenset({f"w{number}"}), at, reason="fine"))
        elif act == "vetoes":
            vetoes.append(Veto(person, at, "unsound"))
        else:
            by_app = act == "is dismissed by the App"
            reviews.append(
                Review(
                    number, person, STATES[act], "c", at, person.endswith("[bot]"), dismissed_by_app=by_app
                )
            )
    covers = {review.id: Cover("main", frozenset({str(review.id)})) for review in reviews}
    pull = pull_request(base_ref=base, reviews=tuple(reviews))
    return standing(pull, covers, waivers, vetoes)


@pytest.mark.parametrize(
    ("sentences", "covered", "vetoed"),
    [
        pytest.param([], "", "", id="nobody said anything"),
        pytest.param(["bob approves"], "1", "", id="an approval covers what it saw"),
        pytest.param(["bob approves", "bob approves"], "1 2", "", id="a later approval adds to the earlier"),
        pytest.param(["bob comments"], "", "", id="a comment covers nothing"),
        pytest.param(["bob approves", "bob comments"], "1", "", id="a later comment takes nothing back"),
        pytest.param(
            ["bob approves", "bob requests changes"], "", "bob", id="a request for changes voids and vetoes"
        ),
        pytest.param(
            ["bob requests changes", "bob comments"], "", "bob", id="a comment does not release a veto"
        ),
        pytest.param(
            ["bob requests changes", "bob approves"], "2", "", id="an approval releases the own veto"
        ),
        pytest.param(["bob requests changes", "carol approves"], "2", "bob", id="but nobody else's"),
        pytest.param(
            ["bob approves", "bob requests changes", "bob approves"], "3", "", id="what was voided stays void"
        ),
        pytest.param(
            ["bob approves", "carol requests changes"], "1", "carol", id="a veto voids only the own approvals"
        ),
        pytest.param(["bob is dismissed"], "", "", id="what is dismissed counts for nothing"),
        pytest.param(
            ["bob approves", "bob is dismissed"], "", "", id="a dismissal never revives an older approval"
        ),
        pytest.param(["bob requests changes", "bob is dismissed"], "", "", id="nor an older veto"),
        pytest.param(
            ["bob is dismissed", "bob approves"], "2", "", id="after a dismissal one may approve again"
        ),
        pytest.param(["bob approves", "carol is dismissed"], "1", "", id="a dismissal is about one person"),
        pytest.param(
            ["bob waives", "bob is dismissed"], "", "", id="a dismissed veto had voided the waiver before it"
        ),
        pytest.param(["bob is dismissed by the App"], "1", "", id="what the App dismissed counts as it was"),
        pytest.param(
            ["bob approves", "bob is dismissed by the App", "bob requests changes"],
            "",
            "bob",
            id="until it is voided",
        ),
        pytest.param(
            ["bob requests changes", "bob is dismissed by the App"], "2", "", id="and releases a veto"
        ),
        pytest.param(["bob waives"], "w1", "", id="a waiver covers what it names"),
        pytest.param(["bob waives", "bob vetoes"], "", "bob", id="a veto voids the own waivers"),
        pytest.param(["bob waives", "bob requests changes"], "", "bob", id="be it a review or a command"),
        pytest.param(
            ["bob approves", "bob vetoes"], "", "bob", id="a veto by command voids approvals as well"
        ),
        pytest.param(["bob vetoes", "bob waives"], "w2", "bob", id="a waiver does not release a veto"),
        pytest.param(["bob vetoes", "bob approves"], "2", "", id="an approval releases a veto by command"),
        pytest.param(["bob vetoes", "carol approves"], "2", "bob", id="of the same person only"),
        pytest.param(["bob vetoes", "bob is dismissed"], "", "bob", id="dismissing a review leaves it"),
        pytest.param(["ci[bot] approves"], "", "", id="a bot approves nothing"),
        pytest.param(["ci[bot] requests changes"], "", "", id="nor does it veto"),
        pytest.param(["Bob approves", "bob requests changes"], "", "bob", id="GitHub's logins have no case"),
        pytest.param(["Bob waives", "BOB approves"], "2 w1", "", id="and are told in lower case"),
    ],
)
def test_what_stands_when(sentences: list[str], covered: str, vetoed: str) -> None:
    found = told(*sentences)
    assert sorted(name for each in found.approvals for name in each.covers) == covered.split()
    assert sorted({each.person for each in found.vetoes}) == vetoed.split()
    assert all(each.person == each.person.lower() for each in found.approvals)


def test_an_approval_carries_where_it_comes_from() -> None:
    bob = Review(4, "bob", ReviewState.APPROVED, "c0ffee", NOW)
    found = standing(pull_request(reviews=(bob,)), {4: Cover("main", frozenset({"f"}))}, [], [])
    assert found.approvals == (Approval("bob", Source.REVIEW, frozenset({"f"}), NOW, "c0ffee"),)


def test_what_was_seen_against_another_base_covers_nothing() -> None:
    assert told("bob approves", base="release").approvals == ()


def test_a_review_whose_cover_nobody_recorded_covers_nothing() -> None:
    bob = Review(4, "bob", ReviewState.APPROVED, "c", NOW)
    assert standing(pull_request(reviews=(bob,)), {}, [], []).approvals == ()


def test_a_retarget_takes_no_release_of_a_veto_back() -> None:
    assert told("bob requests changes", "bob approves", base="release").vetoes == ()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(["bob waives", "bob vetoes"], id="a waiver and a veto"),
        pytest.param(["bob approves", "bob vetoes"], id="an approval and a veto"),
        pytest.param(["bob waives", "bob requests changes"], id="a waiver and a request for changes"),
    ],
)
def test_of_one_second_the_veto_is_the_last_word(said: list[str]) -> None:
    bob = "bob"
    reviews, waivers, vetoes = [], [], []
    for sentence in said:
        act = sentence.removeprefix("bob ")
        if act == "waives":
            waivers.append(Approval(bob, Source.WAIVER, frozenset({"w"}), NOW))
        elif act == "vetoes":
            vetoes.append(Veto(bob, NOW))
        else:
            reviews.append(Review(1, bob, STATES[act], "c", NOW))
    covers = {1: Cover("main", frozenset({"f"}))}
    found = standing(pull_request(reviews=tuple(reviews)), covers, waivers, vetoes)
    assert (found.approvals, [each.person for each in found.vetoes]) == ((), ["bob"])


# --- who is barred ---


@pytest.mark.parametrize(
    ("pull", "barred"),
    [
        pytest.param(pull_request("zoe"), {"zoe": Barred.AUTHOR}, id="the author"),
        pytest.param(
            pull_request("zoe", commits=(Commit("c", ("bob", "carol")), Commit("d", ("bob",)))),
            {"bob": Barred.COMMITTED, "carol": Barred.COMMITTED, "zoe": Barred.AUTHOR},
            id="everybody behind a commit: author, committer, co-authors",
        ),
        pytest.param(
            pull_request("zoe", last_pusher="bob"),
            {"bob": Barred.PUSHED, "zoe": Barred.AUTHOR},
            id="who pushed last",
        ),
        pytest.param(
            pull_request(
                "zoe", reviews=(Review(1, "ci[bot]", ReviewState.COMMENTED, "c", NOW, is_bot=True),)
            ),
            {"ci[bot]": Barred.BOT, "zoe": Barred.AUTHOR},
            id="bots",
        ),
        pytest.param(
            pull_request("Zoe", last_pusher="zoe", commits=(Commit("c", ("ZOE",)),)),
            {"zoe": Barred.AUTHOR},
            id="each once, in lower case, with the strongest reason",
        ),
    ],
)
def test_barred_is(pull: PullRequest, barred: dict[str, Barred]) -> None:
    assert dict(standing(pull, {}, [], []).barred) == barred


def test_every_unmapped_address_is_told_once() -> None:
    commits = (Commit("c", ("bob",), ("y@b", "x@b")), Commit("d", (), ("x@b",)))
    assert standing(pull_request(commits=commits), {}, [], []).unmapped == ("x@b", "y@b")


def test_whose_commits_are_gone_may_approve_and_what_they_said_before_counts() -> None:
    bob = Review(1, "bob", ReviewState.APPROVED, "c", NOW)
    covers = {1: Cover("main", frozenset({"f"}))}
    with_his = standing(pull_request(reviews=(bob,), commits=(Commit("c", ("bob",)),)), covers, [], [])
    without = standing(pull_request(reviews=(bob,)), covers, [], [])
    assert ("bob" in with_his.barred, "bob" in without.barred) == (True, False)
    assert with_his.approvals == without.approvals


# --- which covers have to be worked out ---


@pytest.mark.parametrize(
    ("review", "wanted"),
    [
        pytest.param(Review(1, "bob", ReviewState.APPROVED, "c", NOW), True, id="an approval"),
        pytest.param(Review(2, "bob", ReviewState.APPROVED, "c", NOW), False, id="not one that is recorded"),
        pytest.param(Review(1, "bob", ReviewState.COMMENTED, "c", NOW), False, id="not a comment"),
        pytest.param(Review(1, "bob", ReviewState.CHANGES_REQUESTED, "c", NOW), False, id="not a veto"),
        pytest.param(Review(1, "bob", ReviewState.DISMISSED, "c", NOW), False, id="not what was dismissed"),
        pytest.param(
            Review(1, "bob", ReviewState.DISMISSED, "c", NOW, dismissed_by_app=True),
            True,
            id="unless by the App",
        ),
        pytest.param(Review(1, "ci", ReviewState.APPROVED, "c", NOW, is_bot=True), False, id="not a bot's"),
        pytest.param(Review(1, "bob", ReviewState.APPROVED, "", NOW), False, id="not one without its commit"),
        pytest.param(
            Review(1, "bob", ReviewState.APPROVED, "c", NOW - DAY),
            False,
            id="not one from before the base changed",
        ),
        pytest.param(
            Review(1, "bob", ReviewState.APPROVED, "c", NOW - DAY / 2), False, id="nor from the very moment"
        ),
    ],
)
def test_a_cover_is_worked_out_of(review: Review, wanted: bool) -> None:
    pull = pull_request(reviews=(review,), retargeted=NOW - DAY / 2)
    assert to_cover(pull, {2: Cover("elsewhere", frozenset())}) == ((review,) if wanted else ())


def test_covers_are_worked_out_oldest_first_of_barred_people_too() -> None:
    late = Review(1, "zoe", ReviewState.APPROVED, "c", NOW)
    soon = Review(2, "bob", ReviewState.APPROVED, "c", NOW - DAY)
    assert to_cover(pull_request("zoe", reviews=(late, soon)), {}) == (soon, late)


# --- merge groups ---


def test_in_a_merge_group_everybody_counts_where_they_may() -> None:
    one = Standing(
        (approval("alice", "f"), approval("bob", "f")),
        (veto("carol"), veto("ci[bot]")),
        {"alice": Barred.AUTHOR, "ci[bot]": Barred.BOT, "carol": Barred.COMMITTED},
        ("x@b",),
    )
    two = Standing((approval("alice", "g"), approval("bob", "f")), (veto("carol"),), {"bob": Barred.AUTHOR})
    together = Standing((approval("alice", "g"), approval("bob", "f")), (veto("carol"),))
    assert merged([one, two]) == together
    assert merged([two, one]) == together
    assert merged([]) == Standing()


ACTS = st.tuples(st.sampled_from(["bob", "carol"]), st.sampled_from([*STATES, "waives", "vetoes"])).map(
    " ".join
)


@given(st.lists(ACTS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_listed_does_not_matter(
    acts: list[str], shuffle: random.Random
) -> None:
    people, reviews, waivers, vetoes = ("bob", "carol"), [], [], []
    for number, (act, at) in enumerate(zip(acts, itertools.cycle([0, 0, 1, 2]), strict=False)):
        person, _, what = act.partition(" ")
        when = NOW + at * MINUTE
        if what == "waives":
            waivers.append(Approval(person, Source.WAIVER, frozenset({str(number)}), when))
        elif what == "vetoes":
            vetoes.append(Veto(person, when, str(number)))
        else:
            reviews.append(Review(number, person, STATES[what], "c", when))
    covers = {review.id: Cover("main", frozenset({str(review.id)})) for review in reviews}
    commits = [Commit(person, (person,), (f"{person}@b",)) for person in people]
    first = standing(pull_request(reviews=tuple(reviews), commits=tuple(commits)), covers, waivers, vetoes)
    for listed in (reviews, waivers, vetoes, commits):
        shuffle.shuffle(listed)
    again = pull_request(reviews=tuple(reviews), commits=tuple(commits))
    assert standing(again, covers, waivers, vetoes) == first
    assert to_cover(again, {}) == to_cover(
        pull_request(reviews=tuple(sorted(reviews, key=lambda r: r.id))), {}
    )
