"""Whose word counts."""

from __future__ import annotations

from bot.guard.guard import carry_out
from bot.jobs import AssessPull
from bot.sandbox.model import Review
from tests.conversations.cast import (
    POLICY,
    SAFE,
    UNSAFE,
    Begin,
    Conversation,
    function,
    requested,
    said,
)

TEAM = POLICY.replace('users = ["bob", "carol"]', 'teams = ["ACME/reviewers"]')
ALONE = POLICY.replace('"bob", "carol"', '"bob", "carol", "alice"')
TWICE = POLICY + "require.approvals = 2\n"


def test_a_stranger_may_approve_and_it_changes_nothing(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.mallory)
    assert talk.says(pull) == "in_progress"
    assert "mallory" in talk.sticky(pull)


def test_one_person_counts_once(begin: Begin) -> None:
    talk = begin(TWICE)
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_somebody_who_committed_to_it_cannot_approve(talk: Conversation) -> None:
    pull = talk.opens()
    talk.pushes(pull, UNSAFE + "// A remark.\n", author=talk.bob, by=talk.alice)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_a_committer_who_is_not_the_author_of_the_commit_cannot_approve(talk: Conversation) -> None:
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice, committer=talk.bob, by=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert requested(pull) == {"carol"}
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"


def test_a_co_author_cannot_approve(talk: Conversation) -> None:
    talk.ring.commit(
        "patch",
        {"src/lib.rs": UNSAFE},
        author=talk.alice,
        message="Change\n\nCo-authored-by: Carol <7+carol@users.noreply.127.0.0.1>\n",
    )
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert requested(pull) == {"bob"}
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "in_progress"


def test_a_co_author_whom_nobody_knows_asks_for_one_approval_more(talk: Conversation) -> None:
    message = "Change\n\nCo-authored-by: Carol <carol@example.com>\n"
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice, message=message)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert requested(pull) == {"bob", "carol"}
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_whoever_pushed_last_cannot_approve(talk: Conversation) -> None:
    pull = talk.opens()
    talk.pushes(pull, UNSAFE + "// A remark.\n", author=talk.alice, by=talk.bob)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"
    assert "bob" in talk.sticky(pull)
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_the_approval_of_a_former_pusher_counts_after_somebody_else_pushed(talk: Conversation) -> None:
    pull = talk.opens()
    talk.pushes(pull, UNSAFE + "// A remark.\n", author=talk.alice, by=talk.bob)
    talk.approves(pull, talk.bob)
    talk.pushes(pull, UNSAFE + "// Another.\n")
    assert talk.says(pull) == "success"


def test_the_author_is_never_asked_even_from_the_pool(begin: Begin) -> None:
    talk = begin(ALONE + "request.count = 3\n")
    pull = talk.opens()
    assert requested(pull) == {"bob", "carol"}


def test_the_review_of_a_bot_never_counts(talk: Conversation) -> None:
    pull = talk.opens()
    state, helper = talk.sandbox.state, talk.sandbox.create_app(f"helper-{talk.acme.login}").bot
    now = talk.sandbox.clock.now()
    pull.pull.reviews.append(Review(state.new_id(), pull.pull, helper, "APPROVED", "", pull.head, now))
    pull.rerequest_check(by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_a_policy_that_names_a_bot_is_no_policy(begin: Begin) -> None:
    talk = begin(POLICY.replace('"bob", "carol"', '"bob", "helper[bot]"'))
    pull = talk.opens()
    assert talk.says(pull) == "failure"


def test_a_team_counts_with_the_teams_below_it(begin: Begin) -> None:
    talk = begin(TEAM)
    outer = talk.acme.team("reviewers", [talk.carol])
    talk.acme.team("experts", [talk.bob], parent=outer)
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_the_people_of_another_pools_team_cannot_approve(begin: Begin) -> None:
    pools = 'teams = ["ACME/reviewers"]\n\n[pools.kernel]\nteams = ["ACME/kernel"]'
    talk = begin(POLICY.replace('users = ["bob", "carol"]', pools))
    talk.acme.team("reviewers", [talk.bob])
    talk.acme.team("kernel", [talk.carol])
    pull = talk.opens()
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_whoever_leaves_the_team_takes_their_approval_along(begin: Begin) -> None:
    talk = begin(TEAM)
    team = talk.acme.team("reviewers", [talk.bob, talk.carol])
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"
    team.remove(talk.bob)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    team.add(talk.bob)
    talk.settle()
    assert talk.says(pull) == "success"


def test_whoever_leaves_the_organisation_does_too(begin: Begin) -> None:
    talk = begin(TEAM)
    talk.acme.team("reviewers", [talk.bob, talk.carol])
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.sandbox.remove_member(talk.acme, talk.bob)
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_a_team_that_is_deleted_leaves_nobody_who_could_approve_and_the_comment_says_so(begin: Begin) -> None:
    talk = begin(TEAM)
    team = talk.acme.team("reviewers", [talk.bob, talk.carol])
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    team.delete()
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_a_request_for_changes_by_a_reviewer_is_a_veto_until_they_approve(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"
    pull.review(by=talk.bob, state="CHANGES_REQUESTED")
    talk.settle()
    assert talk.says(pull) == "failure"
    assert "bob" in said(talk.check(pull).summary)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_a_strangers_request_for_changes_holds_nothing(talk: Conversation) -> None:
    pull = talk.opens()
    pull.review(by=talk.mallory, state="CHANGES_REQUESTED")
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_a_veto_holds_safe_code_too(talk: Conversation) -> None:
    pull = talk.opens(SAFE + "// A remark.\n")
    assert talk.says(pull) == "success"
    pull.review(by=talk.bob, state="CHANGES_REQUESTED")
    talk.settle()
    assert talk.says(pull) == "failure"


def test_a_veto_by_command_is_taken_back_by_command(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.carol)
    assert talk.says_to(pull, talk.bob, "@cratewarden veto not before the audit") == ""
    assert talk.says(pull) == "failure"
    assert "not before the audit" in said(talk.check(pull).summary)
    talk.says_to(pull, talk.bob, "@cratewarden release")
    assert talk.says(pull) == "success"


def test_a_veto_by_command_is_taken_back_by_an_approval(talk: Conversation) -> None:
    pull = talk.opens()
    talk.says_to(pull, talk.bob, "@cratewarden veto not before the audit")
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_two_pull_requests_with_one_head_tell_the_stricter_verdict_and_closing_one_frees_the_other(
    talk: Conversation,
) -> None:
    talk.ring.commit("loose", {".github/cratewarden.toml": POLICY.replace('"bob", "carol"', '"carol"')})
    strict = talk.opens()
    other = talk.ring.open_pull(head="patch", base="loose", by=talk.alice)
    talk.settle()
    talk.approves(strict, talk.bob)
    assert talk.says(strict) == "in_progress"
    assert f"#{other.number}" in said(talk.check(strict).summary)
    other.close()
    talk.settle()
    assert talk.says(strict) == "success"


def test_both_pull_requests_of_one_head_approved_make_it_green(talk: Conversation) -> None:
    talk.ring.commit("release", {"README.md": "Release.\n"})
    one = talk.opens()
    other = talk.ring.open_pull(head="patch", base="release", by=talk.alice)
    talk.settle()
    talk.approves(one, talk.bob)
    talk.approves(other, talk.carol)
    assert talk.says(one) == "success"


def test_a_pull_request_with_the_same_head_that_nobody_has_judged_yet_is_taken_to_wait(
    talk: Conversation,
) -> None:
    talk.ring.commit("release", {"README.md": "Release.\n"})
    one = talk.opens()
    talk.approves(one, talk.bob)
    assert talk.says(one) == "success"
    other = talk.ring.open_pull(head="patch", base="release", by=talk.alice)
    talk.ignore()
    (*_, last) = (job for job in talk.jobs if isinstance(job, AssessPull))
    assert AssessPull(last.where, other.number) in carry_out(talk.world, last)
    assert talk.says(one) == "in_progress"


def test_an_edited_review_counts_as_it_was_submitted(talk: Conversation) -> None:
    pull = talk.opens()
    review = pull.review(by=talk.bob, state="COMMENTED", body="Hm.")
    talk.settle()
    pull.edit_review(review, talk.bob, "Approved!")
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_a_second_account_of_the_pool_may_cover_what_the_first_one_wrote(talk: Conversation) -> None:
    talk.ring.commit("patch", {"src/lib.rs": SAFE + function("second")}, author=talk.bob)
    pull = talk.ring.open_pull(head="patch", by=talk.bob)
    talk.settle()
    assert requested(pull) == {"carol"}
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_a_veto_by_command_holds_later_pushes_too(talk: Conversation) -> None:
    pull = talk.opens()
    talk.says_to(pull, talk.bob, "@cratewarden veto not before the audit")
    talk.pushes(pull, SAFE + "// A remark.\n")
    assert talk.says(pull) == "failure"


def test_the_veto_of_somebody_who_leaves_the_team_ends(begin: Begin) -> None:
    talk = begin(TEAM)
    team = talk.acme.team("reviewers", [talk.bob, talk.carol])
    pull = talk.opens()
    talk.approves(pull, talk.carol)
    talk.says_to(pull, talk.bob, "@cratewarden veto not before the audit")
    assert talk.says(pull) == "failure"
    team.remove(talk.bob)
    talk.settle()
    assert talk.says(pull) == "success"


def test_whoever_pushed_while_it_was_closed_cannot_approve_though_no_webhook_told_of_it(
    talk: Conversation,
) -> None:
    pull = talk.opens()
    pull.close()
    pull.push({"src/lib.rs": UNSAFE + function("second")}, by=talk.bob, author=talk.alice)
    talk.settle()
    pull.reopen()
    talk.settle()
    assert "carol" in requested(pull)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_where_nobody_knows_who_pushed_one_approval_more_is_needed_and_the_check_says_so(
    talk: Conversation,
) -> None:
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.ignore()
    talk.sandbox.fail("GET", "*/activity", status=403, times=99)
    talk.reconcile()
    assert requested(pull) == {"bob", "carol"}
    assert "who pushed last" in said(talk.check(pull).summary)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"
