"""What later pushes, other base branches and taken-back reviews do to an approval."""

from __future__ import annotations

from bot.sandbox.objects import Person
from bot.sandbox.pull_requests import PullRequest
from tests.conversations.cast import POLICY, SAFE, UNSAFE, Begin, Conversation, function, requested, said

REFORMATTED = UNSAFE.replace(
    "    unsafe { *v.get_unchecked(i) }", "    unsafe {\n        *v.get_unchecked(i)\n    }"
)
TWO = UNSAFE + "\n" + function("second")


def test_a_push_that_only_formats_stays_green(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.pushes(pull, "// A remark.\n" + REFORMATTED)
    assert talk.says(pull) == "success"
    assert requested(pull) == set()


def test_an_unsafe_edit_after_the_approval_asks_again_and_names_only_what_is_new(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.pushes(pull, TWO)
    assert talk.says(pull) == "in_progress"
    open_part = talk.sticky(pull).partition("<details>")[0]
    assert "second" in open_part
    assert "get_unchecked(i)" not in open_part
    assert talk.waiting(pull) == ["src/lib.rs:8"]


def test_an_edit_inside_an_approved_block_asks_again(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.pushes(pull, UNSAFE.replace("get_unchecked(i)", "get_unchecked(i + 1)"))
    assert talk.says(pull) == "in_progress"


def test_an_edit_that_is_taken_back_is_covered_by_the_old_approval_again(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.pushes(pull, TWO)
    talk.pushes(pull, UNSAFE)
    assert talk.says(pull) == "success"


def test_an_approval_of_an_older_commit_covers_what_was_there(talk: Conversation) -> None:
    pull = talk.opens()
    old = pull.head
    talk.pushes(pull, TWO)
    talk.approves(pull, talk.bob, old)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_two_people_may_each_cover_a_part(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.pushes(pull, function("second"))
    talk.pushes(pull, TWO)
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_a_force_push_away_from_the_reviewed_commit_keeps_what_is_still_there(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.ring.commit("other", {"src/lib.rs": UNSAFE, "README.md": "Ring.\n"}, author=talk.alice)
    pull.force_push(talk.ring.head("other"))
    talk.settle()
    assert talk.says(pull) == "success"
    talk.ring.commit("third", {"src/lib.rs": TWO}, author=talk.alice)
    pull.force_push(talk.ring.head("third"))
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_a_force_push_back_to_the_reviewed_commit_is_green_again(talk: Conversation) -> None:
    pull = talk.opens()
    reviewed = pull.head
    talk.approves(pull, talk.bob)
    talk.pushes(pull, TWO)
    assert talk.says(pull) == "in_progress"
    pull.force_push(reviewed)
    talk.settle()
    assert talk.says(pull) == "success"


def test_a_review_of_a_commit_that_was_force_pushed_away_before_it_was_looked_at_covers_what_it_saw(
    talk: Conversation,
) -> None:
    pull = talk.opens()
    pull.review(by=talk.bob)
    talk.ring.commit("other", {"src/lib.rs": TWO}, author=talk.alice)
    pull.force_push(talk.ring.head("other"))
    talk.settle()
    assert talk.says(pull) == "in_progress"
    assert talk.waiting(pull) == ["src/lib.rs:8"]


def test_after_a_change_of_the_base_branch_an_approval_covers_nothing(talk: Conversation) -> None:
    talk.ring.commit("release", {"README.md": "Release.\n"})
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    pull.retarget("release")
    talk.settle()
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_an_approval_counts_again_when_the_pull_request_comes_back_to_the_branch_it_was_seen_against(
    talk: Conversation,
) -> None:
    talk.ring.commit("release", {"README.md": "Release.\n"})
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    pull.retarget("release")
    talk.settle()
    pull.retarget("main")
    talk.settle()
    assert talk.says(pull) == "success"


def _approved_on_top_of_what_main_loses(talk: Conversation) -> tuple[PullRequest, str]:
    """Bob approves what comes on top of a commit of main, and the App has not looked; gives main without the commit."""
    before = talk.ring.head("main")
    talk.ring.commit("main", {"src/lost.rs": function("lost")})
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice, parents=(talk.ring.head("main"),))
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.waiting(pull) == ["src/lib.rs:3"]
    pull.review(by=talk.bob)
    return pull, before


def test_an_approval_does_not_cover_what_the_base_branch_lost_before_the_app_looked(
    talk: Conversation,
) -> None:
    pull, before = _approved_on_top_of_what_main_loses(talk)
    talk.sandbox.clock.advance(minutes=1)
    talk.ring.push("main", before)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    assert talk.waiting(pull) == ["src/lib.rs:3", "src/lost.rs:3"]
    assert "`bob` approved before `main` was moved back; approve again to count." in said(
        talk.check(pull).summary
    )
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_an_approval_that_is_on_record_stays_when_the_base_branch_is_moved_back(talk: Conversation) -> None:
    pull, before = _approved_on_top_of_what_main_loses(talk)
    talk.settle()
    assert talk.says(pull) == "success"
    talk.ring.push("main", before)
    pull.rerequest_check(by=talk.alice)
    talk.settle()
    assert talk.waiting(pull) == ["src/lost.rs:3"]
    assert "moved back" not in said(talk.check(pull).summary)


def test_another_base_branch_brings_its_own_policy(talk: Conversation) -> None:
    talk.ring.commit("loose", {".github/cratewarden.toml": POLICY.replace('"enforce"', '"advise"')})
    pull = talk.opens()
    pull.retarget("loose")
    talk.settle()
    assert talk.says(pull) == "neutral"


def test_a_dismissal_takes_the_approval_away_and_revives_no_older_one(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    second = pull.review(by=talk.bob)
    talk.settle()
    pull.dismiss(second, talk.alice)
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_dismissing_a_request_for_changes_does_not_bring_the_earlier_approval_back(
    talk: Conversation,
) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    veto = pull.review(by=talk.bob, state="CHANGES_REQUESTED")
    talk.settle()
    assert talk.says(pull) == "failure"
    pull.dismiss(veto, talk.alice)
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_a_comment_after_an_approval_leaves_it(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    pull.review(by=talk.bob, state="COMMENTED", body="Nice.")
    talk.settle()
    assert talk.says(pull) == "success"


def test_a_merge_of_the_base_branch_into_it_stays_green(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.ring.commit("main", {"src/other.rs": function("elsewhere")})
    talk.ring.merge_branches("patch", "main", author=talk.alice)
    talk.settle()
    assert talk.says(pull) == "success"


def test_what_a_merge_commit_slips_in_asks(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.ring.commit("main", {"README.md": "Ring.\n"})
    main = talk.ring.head("main")
    talk.pushes(pull, TWO, parents=(pull.head, main), message="Merge main")
    assert talk.says(pull) == "in_progress"


def test_where_the_policy_says_so_an_approval_that_no_longer_covers_all_is_dismissed_and_still_counts_for_its_part(
    begin: Begin,
) -> None:
    talk = begin(POLICY + "\n[github]\ndismiss_stale_approvals = true\n")
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.pushes(pull, TWO)
    (review,) = pull.reviews
    assert review.state == "DISMISSED"
    assert talk.waiting(pull) == ["src/lib.rs:8"]
    talk.pushes(pull, UNSAFE)
    assert talk.says(pull) == "success"


def test_what_a_person_dismisses_does_not_count_even_if_the_app_meant_to_dismiss_it_too(begin: Begin) -> None:
    talk = begin(POLICY + "\n[github]\ndismiss_stale_approvals = true\n")
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    (review,) = pull.reviews
    talk.sandbox.fail("PUT", "*/dismissals", status=403, times=99)
    pull.push({"src/lib.rs": TWO})
    for delivery in talk.unheard():
        try:
            talk.hear(delivery)
        except Exception as refused:  # noqa: BLE001 - whatever the job ends with
            assert "403" in str(refused)  # noqa: PT017
    talk.sandbox.faults.clear()
    assert review.state == "APPROVED"
    pull.dismiss(review, talk.alice)
    talk.settle()
    talk.pushes(pull, UNSAFE)
    assert talk.says(pull) == "in_progress"


def test_an_approval_expires_after_the_days_that_the_policy_names(begin: Begin) -> None:
    talk = begin(POLICY + 'require.expires = "30d"\n')
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    talk.sandbox.clock.advance(days=29)
    talk.reconcile()
    assert talk.says(pull) == "success"
    talk.sandbox.clock.advance(days=2)
    talk.reconcile()
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_when_the_unsafe_code_is_taken_out_again_nobody_is_needed_any_more(talk: Conversation) -> None:
    pull = talk.opens()
    talk.pushes(pull, SAFE + "// A remark.\n")
    assert talk.says(pull) == "success"
    assert talk.sticky(pull) == ""
    assert requested(pull) == set()
    assert pull.labels == []


def test_the_author_cannot_get_it_through_with_commits_under_another_name(talk: Conversation) -> None:
    pull = talk.opens()
    talk.pushes(pull, TWO, author=Person("Nobody", "nobody@nowhere.example"), by=talk.alice)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"
    assert "nobody@nowhere.example" in said(talk.check(pull).summary)
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"
