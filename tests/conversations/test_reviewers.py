"""Who is asked, who is let go, and who is asked next."""

from __future__ import annotations

from tests.conversations.cast import POLICY, UNSAFE, Begin, Conversation, function, requested, said

LEAST = POLICY.replace("round-robin", "least-loaded")
THREE = POLICY.replace('"bob", "carol"', '"bob", "carol", "mallory"')


def test_round_robin_goes_round_over_several_pull_requests(talk: Conversation) -> None:
    asked = [requested(talk.opens(branch=f"patch-{number}")) for number in range(3)]
    assert asked in ([{"bob"}, {"carol"}, {"bob"}], [{"carol"}, {"bob"}, {"carol"}])


def test_least_loaded_counts_open_requests_over_all_repositories(begin: Begin) -> None:
    talk = begin(LEAST)
    other = talk.acme.repository("other", {"src/lib.rs": "", ".github/cratewarden.toml": LEAST})
    (first,) = requested(talk.opens())
    (second,) = requested(talk.opens(project=other))
    assert {first, second} == {"bob", "carol"}


def test_whoever_has_answered_is_free_again(begin: Begin) -> None:
    talk = begin(LEAST)
    first = talk.opens()
    (person,) = requested(first)
    talk.approves(first, talk.bob if person == "bob" else talk.carol)
    assert talk.ledger.book(talk.world.forge(talk.jobs[-1].where).repository, 1).load() == {}  # type: ignore[union-attr]


def test_somebody_who_is_away_is_not_asked(begin: Begin) -> None:
    talk = begin(
        POLICY.replace('"carol"]', '"carol"]\naway = [{ user = "bob", until = 2999-01-01 }]')
    )  # fmt: skip
    for number in range(2):
        assert requested(talk.opens(branch=f"patch-{number}")) == {"carol"}


def test_nobody_gets_more_requests_than_their_capacity_while_others_have_room(begin: Begin) -> None:
    talk = begin(POLICY.replace('"carol"]', '"carol"]\ncapacity = 1').replace("round-robin", "expertise"))
    asked = [requested(talk.opens(branch=f"patch-{number}")) for number in range(2)]
    assert sorted(map(sorted, asked)) == [["bob"], ["carol"]]


def test_expertise_asks_whoever_reviewed_the_unsafe_code_of_these_files(begin: Begin) -> None:
    talk = begin(POLICY.replace("round-robin", "expertise"))
    first = talk.opens()
    talk.approves(first, talk.carol)
    first.merge(by=type(talk.bob)(talk.sandbox, talk.sandbox.staff))
    talk.settle()
    second = talk.opens(UNSAFE + function("second"), branch="second")
    assert requested(second) == {"carol"}


def test_whoever_is_removed_by_hand_is_never_asked_again(talk: Conversation) -> None:
    pull = talk.opens()
    (person,) = requested(pull)
    user = talk.bob if person == "bob" else talk.carol
    pull.remove_reviewer(user, by=talk.alice)
    talk.settle()
    (other,) = requested(pull)
    assert other != person
    talk.pushes(pull, UNSAFE + function("second"))
    assert requested(pull) == {other}


def test_a_request_by_hand_counts_and_nobody_else_is_asked(talk: Conversation) -> None:
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    pull.request_reviewer(talk.carol, by=talk.alice)
    talk.settle()
    assert requested(pull) == {"carol"}


def test_after_the_working_hours_of_the_policy_the_next_person_is_asked_too(begin: Begin) -> None:
    talk = begin(POLICY + 'request.escalate_after = "8h"\n')
    pull = talk.opens()
    (first,) = requested(pull)
    talk.sandbox.clock.advance(minutes=50)
    talk.reconcile()
    assert requested(pull) == {first}
    talk.sandbox.clock.advance(days=4)
    talk.reconcile()
    assert requested(pull) == {"bob", "carol"}


def test_the_comment_says_why_somebody_was_asked(talk: Conversation) -> None:
    pull = talk.opens()
    (person,) = requested(pull)
    assert f"`{person}`" in talk.sticky(pull)
    assert "turn" in said(talk.sticky(pull))


def test_when_nobody_is_left_to_ask_the_comment_says_so(begin: Begin) -> None:
    talk = begin(POLICY.replace('"bob", "carol"', '"bob"'))
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.bob)
    pull = talk.ring.open_pull(head="patch", by=talk.bob)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    assert requested(pull) == set()
    assert "bob" in said(talk.check(pull).summary)


def test_reroll_asks_somebody_else(begin: Begin) -> None:
    talk = begin(THREE)
    pull = talk.opens()
    (first,) = requested(pull)
    talk.says_to(pull, talk.bob, "@cratewarden reroll")
    (second,) = requested(pull)
    assert second != first
    assert talk.reactions(pull) == ["+1"]


def test_reroll_says_so_when_nobody_else_is_left(begin: Begin) -> None:
    talk = begin(POLICY.replace('"bob", "carol"', '"bob"'))
    pull = talk.opens()
    assert talk.says_to(pull, talk.bob, "@cratewarden reroll")
    assert requested(pull) == {"bob"}
    assert talk.reactions(pull) == ["confused"]


def test_assign_asks_the_named_person_instead(talk: Conversation) -> None:
    pull = talk.opens()
    (first,) = requested(pull)
    other = "carol" if first == "bob" else "bob"
    talk.says_to(pull, talk.bob, f"@cratewarden assign @{other}")
    assert requested(pull) == {other}


def test_assign_refuses_somebody_whose_word_would_not_count(talk: Conversation) -> None:
    pull = talk.opens()
    before = requested(pull)
    assert "mallory" in talk.says_to(pull, talk.bob, "@cratewarden assign @mallory")
    assert requested(pull) == before


def test_claim_takes_the_review_and_release_gives_it_back(talk: Conversation) -> None:
    pull = talk.opens()
    (first,) = requested(pull)
    claimer = talk.carol if first == "bob" else talk.bob
    talk.says_to(pull, claimer, "@cratewarden claim")
    assert requested(pull) == {claimer.login}
    talk.says_to(pull, claimer, "@cratewarden release")
    assert requested(pull) == {first}


def test_mentor_asks_one_of_the_mentors(begin: Begin) -> None:
    talk = begin(POLICY + '\n[pools.mentors]\nusers = ["carol"]\n\n[mentoring]\npool = "mentors"\n')
    pull = talk.opens("// A remark.\n")
    assert requested(pull) == set()
    talk.says_to(pull, talk.alice, "@cratewarden mentor")
    assert requested(pull) == {"carol"}


def test_when_it_is_closed_nobody_has_it_on_their_list_any_more(begin: Begin) -> None:
    talk = begin(LEAST)
    pull = talk.opens()
    (person,) = requested(pull)
    pull.close()
    talk.settle()
    book = talk.ledger.book(talk.world.forge(talk.jobs[-1].where).repository, 2)  # type: ignore[union-attr]
    assert book.load() == {}
    assert person
