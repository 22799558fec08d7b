"""What people order in comments, and how they are answered."""

from __future__ import annotations

import re

import pytest

from tests.conversations.cast import POLICY, UNSAFE, Begin, Conversation, function, said

SMALL = function("first") + "\n" + function("second", "*v.get_unchecked(1)")


@pytest.mark.parametrize(
    "text",
    [
        "> @cratewarden waive all quoted",
        "```\n@cratewarden waive all fenced\n```",
        "    @cratewarden waive all indented",
        "<!-- @cratewarden waive all hidden -->",
        "See `@cratewarden waive all inline`",
        "<details>\n\n@cratewarden waive all folded\n\n</details>",
    ],
)
def test_a_command_that_is_quoted_code_or_hidden_is_none(talk: Conversation, text: str) -> None:
    pull = talk.opens()
    assert talk.says_to(pull, talk.bob, text) == ""
    assert talk.reactions(pull) == []
    assert talk.says(pull) == "in_progress"


def test_waive_lets_one_change_pass_with_a_reason_that_everybody_reads(talk: Conversation) -> None:
    pull = talk.opens(SMALL)
    (name, *_) = re.findall(r"`([0-9a-f]{8,12})`", talk.check(pull).text or "")
    talk.says_to(pull, talk.bob, f"@cratewarden waive {name} measured in the lab")
    assert len(talk.waiting(pull)) == 1
    talk.says_to(pull, talk.bob, "@cratewarden waive all the same")
    assert talk.says(pull) == "success"
    assert "measured in the lab" in said(talk.check(pull).summary)
    assert [entry.event for entry in talk.ledger.entries() if entry.event == "waive"] == ["waive"] * 2


def test_waive_needs_a_reason(talk: Conversation) -> None:
    pull = talk.opens()
    assert "reason" in talk.says_to(pull, talk.bob, "@cratewarden waive all").lower()
    assert talk.says(pull) == "in_progress"


def test_the_author_cannot_waive_even_from_the_pool(begin: Begin) -> None:
    talk = begin(POLICY.replace('"bob", "carol"', '"bob", "alice"'))
    pull = talk.opens()
    assert talk.says_to(pull, talk.alice, "@cratewarden waive all trust me")
    assert talk.reactions(pull) == ["confused"]
    assert talk.says(pull) == "in_progress"


def test_a_later_push_needs_its_own_waiver(talk: Conversation) -> None:
    pull = talk.opens()
    talk.says_to(pull, talk.bob, "@cratewarden waive all fine")
    talk.pushes(pull, UNSAFE + function("second"))
    assert talk.says(pull) == "in_progress"


def test_a_stranger_gets_a_reaction_and_no_words(talk: Conversation) -> None:
    pull = talk.opens()
    for order in ("waive all please", "veto no", "recheck", "reroll", "help", "claim", "assign @mallory"):
        assert talk.says_to(pull, talk.mallory, f"@cratewarden {order}") == ""
    assert set(talk.reactions(pull)) == {"confused"}
    assert talk.says(pull) == "in_progress"


def test_permissions_are_those_at_the_time_when_the_command_is_carried_out(begin: Begin) -> None:
    talk = begin(POLICY.replace('users = ["bob", "carol"]', 'teams = ["ACME/reviewers"]'))
    team = talk.acme.team("reviewers", [talk.bob, talk.carol])
    pull = talk.opens()
    pull.comment(talk.bob, "@cratewarden waive all fine")
    team.remove(talk.bob)
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_help_lists_every_command(talk: Conversation) -> None:
    pull = talk.opens()
    answer = talk.says_to(pull, talk.alice, "@cratewarden help")
    for name in (
        "assign",
        "checklist",
        "claim",
        "explain",
        "mentor",
        "recheck",
        "release",
        "reroll",
        "veto",
        "waive",
    ):
        assert name in answer


def test_an_unknown_command_is_answered_with_the_nearest_one(talk: Conversation) -> None:
    pull = talk.opens()
    assert "`@cratewarden recheck`" in talk.says_to(pull, talk.alice, "@cratewarden rechek")


def test_explain_tells_which_rule_asks_whom_and_why(talk: Conversation) -> None:
    pull = talk.opens()
    answer = said(talk.says_to(pull, talk.alice, "@cratewarden explain"))
    assert "unsafe code" in answer
    assert "src/lib.rs" in answer
    assert "`bob`" in answer


def test_recheck_looks_again(talk: Conversation) -> None:
    pull = talk.opens()
    pull.review(by=talk.bob)
    talk.ignore()
    assert talk.says(pull) == "in_progress"
    talk.says_to(pull, talk.alice, "@cratewarden recheck")
    assert talk.says(pull) == "success"


def test_an_edited_comment_orders_nothing_more(talk: Conversation) -> None:
    pull = talk.opens()
    comment = pull.comment(talk.bob, "Hello.")
    talk.settle()
    pull.edit_comment(comment, talk.bob, "@cratewarden waive all fine")
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_a_comment_that_somebody_edited_before_it_was_read_orders_nothing(talk: Conversation) -> None:
    pull = talk.opens()
    comment = pull.comment(talk.bob, "@cratewarden recheck")
    talk.sandbox.clock.advance(seconds=5)
    pull.edit_comment(comment, talk.alice, "@cratewarden waive all fine")
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_a_comment_that_is_deleted_before_it_is_read_orders_nothing(talk: Conversation) -> None:
    pull = talk.opens()
    comment = pull.comment(talk.bob, "@cratewarden waive all fine")
    pull.delete_comment(comment, talk.bob)
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_several_commands_in_one_comment_are_answered_once(talk: Conversation) -> None:
    pull = talk.opens()
    talk.says_to(pull, talk.bob, "@cratewarden veto wait\n@cratewarden nonsense\n@cratewarden recheck")
    assert len(talk.answers(pull)) == 1
    assert talk.says(pull) == "failure"


def test_a_command_on_an_issue_that_is_no_pull_request_is_ignored(talk: Conversation) -> None:
    issue = talk.ring.open_issue(talk.bob)
    before = len(talk.jobs)
    talk.ring.comment(issue, talk.bob, "@cratewarden help")
    talk.settle()
    assert len(talk.jobs) == before


def test_the_answer_of_the_app_itself_is_no_command(talk: Conversation) -> None:
    pull = talk.opens()
    talk.says_to(pull, talk.alice, "@cratewarden help")
    assert [job.kind for job in talk.jobs].count("obey-comment") == 1


def test_waive_all_means_what_was_there_when_it_was_written(talk: Conversation) -> None:
    pull = talk.opens()
    pull.comment(talk.bob, "@cratewarden waive all fine")
    talk.sandbox.clock.advance(seconds=5)
    pull.push({"src/lib.rs": UNSAFE + function("quickly")})
    talk.settle()
    assert talk.says(pull) == "in_progress"
    assert len(talk.waiting(pull)) == 1


def test_what_was_pushed_before_the_comment_and_not_told_of_yet_is_not_waived_by_it(
    talk: Conversation,
) -> None:
    pull = talk.opens("// A remark.\n")
    pull.push({"src/lib.rs": UNSAFE})
    assert "came after your comment" in talk.says_to(pull, talk.bob, "@cratewarden waive all fine")
    assert talk.says(pull) == "in_progress"
    talk.says_to(pull, talk.bob, "@cratewarden waive all fine")
    assert talk.says(pull) == "success"
