"""Somebody is in a pool and has no access to the repository, so GitHub does not let them be asked."""

from __future__ import annotations

import pytest

from bot.sandbox.people import User
from bot.sandbox.pull_requests import PullRequest
from tests.conversations.cast import (
    POLICY,
    POLICY_FILE,
    UNSAFE,
    Begin,
    Conversation,
    function,
    requested,
    said,
)

BOTH = POLICY.replace('"bob", "carol"', '"dave", "erin"')
ALONE = POLICY.replace('"bob", "carol"', '"dave"')
WORDS = "GitHub does not let `dave` be asked to review here."


def tries(talk: Conversation) -> int:
    """How often the App tried to have somebody asked and GitHub would not."""
    pulls = f"/repos/{talk.ring.full_name}/pulls/"
    refused = (one.path for one in talk.sandbox.requests if (one.method, one.status) == ("POST", 422))
    return sum(path.startswith(pulls) and path.endswith("/requested_reviewers") for path in refused)


def dave(talk: Conversation) -> User:
    """Who is a stranger to the organisation."""
    return talk.sandbox.user("dave")


def with_erin(begin: Begin, policy: str = BOTH) -> Conversation:
    """dave has no access, and erin, who has, is in the pool too."""
    talk = begin(policy)
    dave(talk)
    talk.acme.add(talk.sandbox.user("erin"))
    talk.settle()
    return talk


def alone(begin: Begin) -> tuple[Conversation, PullRequest]:
    """A pull request that waits for dave, whom nobody can ask."""
    talk = begin(ALONE)
    dave(talk)
    pull = talk.opens()
    assert (requested(pull), tries(talk)) == (set(), 1)
    return talk, pull


def test_the_next_person_of_the_pool_is_asked_and_the_comment_says_who_could_not_be(begin: Begin) -> None:
    talk = with_erin(begin)
    pull = talk.opens()
    assert requested(pull) == {"erin"}
    assert talk.says(pull) == "in_progress"
    for text in (talk.sticky(pull), talk.check(pull).summary):
        assert f"{WORDS} Maintainers: give `dave` access to the repository" in said(text)
        assert "`@cratewarden recheck`" in said(text)
    # The comment was right from the start: nobody was told that dave is asked.
    assert "Reviewers (`erin`)" in said(talk.sticky(pull))
    comments = f"/repos/{talk.ring.full_name}/issues/comments/"
    assert [
        one for one in talk.sandbox.requests if one.path.startswith(comments) and one.method == "PATCH"
    ] == []


def test_nobody_is_tried_again_at_each_look(begin: Begin) -> None:
    talk, pull = alone(begin)
    pull.label("question", by=talk.alice)
    pull.review(by=talk.mallory, state="COMMENTED", body="Nice.")
    talk.settle()
    for _ in range(3):
        talk.sandbox.clock.advance(hours=1)
        talk.reconcile()
    assert tries(talk) == 1
    assert talk.says(pull) == "in_progress"
    assert WORDS in said(talk.sticky(pull))


def test_it_is_never_green_for_that_and_the_approval_of_somebody_who_could_not_be_asked_counts(
    begin: Begin,
) -> None:
    talk, pull = alone(begin)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, dave(talk))
    assert talk.says(pull) == "success"
    assert WORDS not in said(talk.sticky(pull))


def test_whoever_is_given_access_is_asked_at_once(begin: Begin) -> None:
    talk, pull = alone(begin)
    talk.ring.collaborator(dave(talk), "write")
    talk.settle()
    assert requested(pull) == {"dave"}
    assert WORDS not in said(talk.sticky(pull))


def test_whoever_joins_the_organisation_is_asked_at_once(begin: Begin) -> None:
    talk, pull = alone(begin)
    talk.acme.add(dave(talk))
    talk.settle()
    assert requested(pull) == {"dave"}


def test_recheck_tries_again(begin: Begin) -> None:
    talk, pull = alone(begin)
    talk.says_to(pull, talk.alice, "@cratewarden recheck")
    assert (requested(pull), tries(talk)) == (set(), 2)
    talk.ring.collaborator(dave(talk), "write")
    talk.ignore()
    talk.says_to(pull, talk.alice, "@cratewarden recheck")
    assert requested(pull) == {"dave"}


def test_the_checks_own_button_tries_again(begin: Begin) -> None:
    talk, pull = alone(begin)
    talk.ring.collaborator(dave(talk), "write")
    talk.ignore()
    pull.press("recheck", by=talk.alice)
    talk.settle()
    assert requested(pull) == {"dave"}


def test_an_edit_of_the_policy_tries_again(begin: Begin) -> None:
    talk, pull = alone(begin)
    talk.ring.commit("main", {POLICY_FILE: f"# Who looks at what.\n{ALONE}"})
    talk.settle()
    assert (requested(pull), tries(talk)) == (set(), 2)
    talk.ring.commit("main", {POLICY_FILE: POLICY})
    talk.settle()
    assert requested(pull) <= {"bob", "carol"}
    assert requested(pull)
    assert WORDS not in said(talk.sticky(pull))


def test_a_push_tries_again_where_nobody_else_is_left(begin: Begin) -> None:
    talk, pull = alone(begin)
    talk.pushes(pull, UNSAFE + function("second"))
    assert tries(talk) == 2
    both = with_erin(begin)
    other = both.opens()
    both.pushes(other, UNSAFE + function("second"))
    assert (requested(other), tries(both)) == ({"erin"}, 1)


def test_where_everybody_is_asked_the_others_are(begin: Begin) -> None:
    talk = with_erin(begin, BOTH.replace('"erin"', '"erin", "bob"').replace("round-robin", "all"))
    pull = talk.opens()
    assert requested(pull) == {"bob", "erin"}
    talk.ring.collaborator(dave(talk), "write")
    talk.settle()
    assert requested(pull) == {"bob", "dave", "erin"}


def test_assign_says_that_github_does_not_let_the_person_be_asked(begin: Begin) -> None:
    talk = with_erin(begin, BOTH.replace('"dave", "erin"', '"bob", "dave"'))
    pull = talk.opens()
    assert requested(pull) == {"bob"}
    answer = talk.says_to(pull, talk.bob, "@cratewarden assign @dave")
    assert f"{WORDS} Give `dave` access to the repository" in said(answer)
    assert (requested(pull), talk.reactions(pull)) == ({"bob"}, ["confused"])
    talk.ring.collaborator(dave(talk), "write")
    talk.ignore()
    talk.says_to(pull, talk.bob, "@cratewarden assign @dave")
    assert requested(pull) == {"dave"}


def test_whoever_claims_it_stays_on_it_though_nobody_can_ask_them(begin: Begin) -> None:
    talk = with_erin(begin)
    pull = talk.opens()
    talk.says_to(pull, dave(talk), "@cratewarden claim")
    assert (requested(pull), talk.reactions(pull)) == (set(), ["+1"])
    before = tries(talk)
    talk.sandbox.clock.advance(hours=1)
    talk.reconcile()
    assert (requested(pull), tries(talk)) == (set(), before)
    assert "`dave`: took it on" in said(talk.sticky(pull))


def test_reroll_goes_on_to_somebody_who_can_be_asked(begin: Begin) -> None:
    talk = with_erin(begin, BOTH.replace('"dave", "erin"', '"bob", "dave", "erin"'))
    pull = talk.opens()
    assert requested(pull) == {"bob"}
    talk.says_to(pull, talk.bob, "@cratewarden reroll")
    assert (requested(pull), talk.reactions(pull)) == ({"erin"}, ["+1"])


@pytest.mark.parametrize(
    ("mentors", "asked"), [('"dave", "carol"', {"carol"}), ('"dave"', set())], ids=["one can be", "none"]
)
def test_mentor_asks_a_mentor_who_can_be_asked(begin: Begin, mentors: str, asked: set[str]) -> None:
    pool = (
        f'\n[pools.mentors]\nusers = [{mentors}]\n\n[mentoring]\npool = "mentors"\nstrategy = "round-robin"\n'
    )
    talk = begin(POLICY + pool)
    dave(talk)
    talk.sandbox.user("carol")
    pull = talk.opens("// A remark.\n")
    answer = talk.says_to(pull, talk.alice, "@cratewarden mentor")
    assert requested(pull) == asked
    assert ("GitHub does not let `dave` be asked" in said(answer)) == (not asked)
