"""What happens around a pull request: buttons, the merge queue, installations."""

from __future__ import annotations

import pytest

from bot.sandbox.pull_requests import PullRequest
from bot.sandbox.registry import Refusal
from tests.conversations.cast import POLICY, SAFE, UNSAFE, Begin, Conversation, function, requested, said


def _queued(talk: Conversation, *pulls: PullRequest) -> list[str]:
    """Put pull requests into the queue; gives their groups' commits."""
    entries = [talk.ring.enqueue(pull) for pull in pulls]
    heads = [entry.head_sha for entry in entries]
    talk.settle()
    return heads


def test_re_running_the_check_looks_again(talk: Conversation) -> None:
    pull = talk.opens()
    pull.review(by=talk.bob)
    talk.ignore()
    pull.rerequest_check(by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "success"


def test_the_checks_own_button_looks_again(talk: Conversation) -> None:
    pull = talk.opens()
    pull.review(by=talk.bob)
    talk.ignore()
    (action,) = talk.check(pull).actions
    pull.press(action["identifier"], by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "success"


def test_re_running_all_checks_looks_again(talk: Conversation) -> None:
    pull = talk.opens()
    pull.review(by=talk.bob)
    talk.ignore()
    from bot.sandbox.acts import checks

    with talk.sandbox.state.lock:
        checks.rerequest_suite(talk.sandbox.state, talk.check(pull).suite, talk.alice.account)
    talk.settle()
    assert talk.says(pull) == "success"


def test_a_held_pull_request_cannot_be_merged_and_an_approved_one_can(talk: Conversation) -> None:
    talk.ring.require_check("cratewarden", app=talk.sandbox.app)
    staff = type(talk.bob)(talk.sandbox, talk.sandbox.staff)
    pull = talk.opens()
    with pytest.raises(Refusal, match="in progress"):
        pull.merge(by=staff)
    talk.approves(pull, talk.bob)
    assert pull.merge(by=staff)


def test_a_good_merge_group_passes_and_is_merged(talk: Conversation) -> None:
    talk.ring.require_check("cratewarden", app=talk.sandbox.app)
    one, two = talk.opens(), talk.opens(function("two"), branch="two", path="src/two.rs")
    talk.approves(one, talk.bob)
    talk.approves(two, talk.bob)
    heads = _queued(talk, one, two)
    assert [talk.check_at(head).conclusion for head in heads] == ["success", "success"]
    assert one.pull.merged_at
    assert two.pull.merged_at


def test_a_merge_group_with_a_member_that_nobody_approved_fails(talk: Conversation) -> None:
    pull = talk.opens()
    (head,) = _queued(talk, pull)
    assert talk.check_at(head).conclusion == "failure"
    assert f"#{pull.number}" in said(talk.check_at(head).summary)


def test_a_merge_group_whose_merge_commit_holds_more_than_its_members_fails(talk: Conversation) -> None:
    talk.ring.require_check("cratewarden", app=talk.sandbox.app)
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    entry = talk.ring.enqueue(pull)
    git = talk.ring.repository.git
    evil = talk.ring.commit(
        "evil", {"src/lib.rs": UNSAFE, "src/evil.rs": function("evil")}, parents=(entry.base_sha, pull.head)
    )
    git.move(entry.ref, evil)
    entry.head_sha = evil
    for delivery in talk.unheard():
        if delivery.event == "merge_group":
            payload = dict(delivery.payload)
            payload["merge_group"] = {**payload["merge_group"], "head_sha": evil}
            from bot.events import route

            talk.carry_out(*route("merge_group", payload))
    assert talk.check_at(evil).conclusion == "failure"
    assert "src/evil.rs" in said(talk.check_at(evil).summary)


def test_a_merge_group_is_refused_once_an_approval_of_its_member_is_dismissed(talk: Conversation) -> None:
    pull = talk.opens()
    review = pull.review(by=talk.bob)
    talk.settle()
    pull.dismiss(review, talk.alice)
    talk.settle()
    (head,) = _queued(talk, pull)
    assert talk.check_at(head).conclusion == "failure"


def test_pull_requests_that_were_open_before_the_app_came_are_looked_at(begin: Begin) -> None:
    talk = begin(POLICY, installed=False)
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.sandbox.checks(pull.head) == []
    talk.acme.install()
    talk.settle()
    assert talk.says(pull) == "in_progress"
    assert requested(pull)


def test_a_repository_that_is_given_to_the_app_later_is_looked_at(begin: Begin) -> None:
    talk = begin(POLICY, installed=False)
    first = talk.acme.repository("first", {"src/lib.rs": SAFE})
    installation = first.install()
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.sandbox.checks(pull.head) == []
    assert installation is talk.ring.install()
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_after_the_app_is_taken_away_nothing_is_tried_in_vain(talk: Conversation) -> None:
    pull = talk.opens()
    pull.review(by=talk.bob)
    deliveries = talk.unheard()
    talk.acme.uninstall()
    for delivery in deliveries:
        talk.hear(delivery)
    assert talk.says(pull) == "in_progress"


def test_a_repository_that_is_deleted_meanwhile_is_passed_over(talk: Conversation) -> None:
    pull = talk.opens()
    pull.review(by=talk.bob)
    deliveries = talk.unheard()
    talk.ring.delete()
    before = len(talk.sandbox.checks(pull.head))
    for delivery in deliveries:
        talk.hear(delivery)
    assert len(talk.sandbox.checks(pull.head)) == before


def test_a_push_to_the_default_branch_counts_what_is_there_for_auditors(talk: Conversation) -> None:
    talk.ring.commit("main", {"src/lib.rs": UNSAFE})
    talk.settle()
    (entry,) = [each for each in talk.ledger.entries() if each.event == "inventory"]
    assert entry.body["sites"] == 1


def test_a_closed_pull_request_is_not_judged_any_more_and_a_reopened_one_is(talk: Conversation) -> None:
    pull = talk.opens()
    pull.close()
    pull.review(by=talk.bob)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    pull.reopen()
    talk.settle()
    assert talk.says(pull) == "success"


def test_the_audit_log_of_all_that_is_unbroken(talk: Conversation) -> None:
    pull = talk.opens()
    talk.says_to(pull, talk.bob, "@cratewarden veto wait")
    talk.approves(pull, talk.bob)
    pull.close()
    talk.settle()
    assert talk.ledger.find_fault() is None
    events = [entry.event for entry in talk.ledger.entries()]
    assert events.count("verdict") >= 3
    assert {"push", "assign", "veto", "cover", "forget"} <= set(events)
