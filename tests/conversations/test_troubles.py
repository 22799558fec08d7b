"""GitHub's bad days: errors, limits, time-outs, deliveries that come twice, out of order or not at all."""

from __future__ import annotations

import itertools

import pytest

from bot.sandbox.model import Delivery
from bot.sandbox.pull_requests import PullRequest
from tests.conversations.cast import SAFE, UNSAFE, Begin, Conversation, function, requested, restless

WRITES = (
    ("POST", "*/check-runs"),
    ("POST", "*/requested_reviewers"),
    ("POST", "*/issues/*/comments"),
    ("POST", "*/issues/*/labels"),
    ("POST", "*/repos/*/labels"),
)


def _state(talk: Conversation, pull: PullRequest) -> tuple[object, ...]:
    """What counts at the end, whatever led to it."""
    return (
        talk.says(pull),
        talk.check(pull).title,
        sorted(pull.labels),
        talk.sticky(pull).replace(pull.head, "HEAD"),
        sorted(talk.answers(pull)),
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_every_write_may_fail_once_and_nothing_is_missing_or_there_twice(
    talk: Conversation, when: str
) -> None:
    for method, path in WRITES:
        talk.sandbox.fail(method, path, status=502, when=when)  # type: ignore[arg-type]
    pull = talk.opens()
    assert talk.retries or when == "after"
    assert len(talk.sandbox.checks(pull.head)) == 1
    assert talk.sticky(pull)
    assert len(requested(pull)) == 1
    assert len([one for one in pull.timeline if one.event == "review_requested"]) == 1
    assert sorted(pull.labels) == ["needs-unsafe-review", "unsafe"]


def test_a_change_of_the_check_or_comment_that_fails_is_made_later(talk: Conversation) -> None:
    pull = talk.opens()
    talk.sandbox.fail("PATCH", "*/check-runs/*", status=502)
    talk.sandbox.fail("PATCH", "*/comments/*", status=502)
    talk.sandbox.fail("DELETE", "*/labels/*", status=502)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"
    assert pull.labels == ["unsafe"]
    assert len(talk.sandbox.checks(pull.head)) == 1


@pytest.mark.parametrize("kind", ["primary", "secondary"])
def test_rate_limits_delay_and_lose_nothing(talk: Conversation, kind: str) -> None:
    talk.sandbox.limit(kind, "POST", "*/check-runs", seconds=3)  # type: ignore[arg-type]
    talk.sandbox.limit(kind, "GET", "*/reviews", seconds=3)  # type: ignore[arg-type]
    pull = talk.opens()
    assert talk.retries
    assert talk.says(pull) == "in_progress"
    assert talk.sticky(pull)


@pytest.mark.parametrize("kind", ["hang", "reset"])
def test_connections_that_hang_or_break_delay_and_lose_nothing(talk: Conversation, kind: str) -> None:
    talk.sandbox.disturb(kind, "GET", "*/reviews", seconds=6)  # type: ignore[arg-type]
    talk.sandbox.disturb(kind, "POST", "*/check-runs", seconds=6, when="after")  # type: ignore[arg-type]
    talk.sandbox.disturb(kind, "POST", "*/comments", seconds=6, when="after")  # type: ignore[arg-type]
    pull = talk.opens()
    assert talk.says(pull) == "in_progress"
    assert len(talk.sandbox.checks(pull.head)) == 1
    assert talk.sticky(pull)


def test_a_check_that_could_not_be_written_never_leaves_an_older_green_one_for_another_commit(
    talk: Conversation,
) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    pull.push({"src/lib.rs": UNSAFE + function("second")})
    talk.sandbox.fail("POST", "*/check-runs", status=502, times=99)
    (delivery,) = [each for each in talk.unheard() if each.event == "pull_request"]
    with pytest.raises(AssertionError, match="failed"):
        talk.hear(delivery)
    assert talk.sandbox.checks(pull.head) == []


def test_every_delivery_that_comes_twice_changes_nothing_anybody_sees(begin: Begin) -> None:
    talk = begin()
    pull = talk.opens()
    talk.says_to(pull, talk.bob, "@cratewarden veto wait\n@cratewarden explain")
    talk.says_to(pull, talk.alice, "@cratewarden nonsense")
    talk.says_to(pull, talk.bob, "@cratewarden release")
    talk.says_to(pull, talk.bob, "@cratewarden reroll")
    talk.pushes(pull, UNSAFE + function("second"))
    talk.says_to(pull, talk.carol, "@cratewarden waive all fine")
    mine = [each for each in talk.sandbox.deliveries if talk.acme.login in str(each.payload)]
    before, entries = talk.page(pull), len(list(talk.ledger.entries()))
    for delivery in mine:
        talk.hear(delivery)
    talk.ignore()
    assert talk.page(pull) == before
    assert len(list(talk.ledger.entries())) == entries


def _acts(talk: Conversation) -> tuple[PullRequest, list[Delivery]]:
    """A short story, none of which the App has heard of yet."""
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    pull.review(by=talk.bob)
    talk.sandbox.clock.advance(seconds=5)
    pull.push({"src/lib.rs": UNSAFE + function("second")})
    talk.sandbox.clock.advance(seconds=5)
    pull.review(by=talk.carol)
    return pull, talk.unheard()


@pytest.mark.parametrize("pushes", [1, 9])
def test_what_is_pushed_while_the_app_looks_is_looked_at_too(talk: Conversation, pushes: int) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    left = [pull.push] * pushes

    def push() -> None:
        if left:
            left.pop()({"src/lib.rs": UNSAFE + function("second") + f"// {len(left)}\n"})

    talk.world = restless(talk.world, push)
    pull.rerequest_check(by=talk.alice)
    talk.settle()
    assert bool(talk.retries) == (pushes > 4)
    assert talk.says(pull) == "in_progress"
    assert talk.waiting(pull) == ["src/lib.rs:7"]


def test_deliveries_may_come_in_any_order(begin: Begin) -> None:
    reached = set()
    for order in list(itertools.permutations(range(4)))[::5]:
        talk = begin()
        pull, deliveries = _acts(talk)
        mattering = [each for each in deliveries if each.event.startswith("pull_request")]
        assert len(mattering) == 4
        for at in order:
            talk.hear(mattering[at])
        talk.settle()
        reached.add(repr((talk.says(pull), sorted(pull.labels), len(talk.sandbox.checks(pull.head)))))
    assert reached == {"('success', ['unsafe'], 1)"}


@pytest.mark.parametrize("lost", ["opened", "submitted", "synchronize", "dismissed", "edited", "closed"])
def test_whichever_delivery_is_lost_the_reconciler_finds_it_out(begin: Begin, lost: str) -> None:
    ends = []
    for loses in (False, True):
        talk = begin()
        talk.ring.commit("release", {"README.md": "Release.\n"})
        talk.settle()
        talk.ring.commit("patch", {"src/lib.rs": SAFE + "// A remark.\n"}, author=talk.alice)
        pull = talk.ring.open_pull(head="patch", by=talk.alice)
        _settle_without(talk, lost if loses else "")
        pull.push({"src/lib.rs": UNSAFE})
        _settle_without(talk, lost if loses else "")
        review = pull.review(by=talk.bob)
        _settle_without(talk, lost if loses else "")
        if lost == "dismissed":
            pull.dismiss(review, talk.alice)
        elif lost == "edited":
            pull.retarget("release")
        elif lost == "closed":
            pull.close()
        _settle_without(talk, lost if loses else "")
        talk.reconcile()
        ends.append((*_state(talk, pull)[:3], requested(pull)))
    assert ends[0] == ends[1]


def _settle_without(talk: Conversation, action: str) -> None:
    for delivery in talk.unheard():
        if delivery.payload.get("action") != action:
            talk.hear(delivery)
    talk.settle()


def test_what_github_could_not_deliver_is_sent_again_and_carried_out(talk: Conversation) -> None:
    pull = talk.opens()
    talk.sandbox.deliver_to("http://127.0.0.1:9/nobody-listens")
    pull.comment(talk.bob, "@cratewarden waive all fine")
    talk.sandbox.settle()
    deliveries = talk.unheard()
    failed = talk.stage.app.failed_deliveries(talk.sandbox.clock.now().replace(hour=0))
    talk.stage.app.redeliver(failed[-1].id)
    talk.sandbox.settle()
    talk.sandbox.deliver_to("")
    (again,) = [each for each in deliveries if each.guid == failed[-1].guid]
    assert [attempt.redelivery for attempt in again.tries] == [False, True]
    talk.hear(again)
    talk.settle()
    assert talk.says(pull) == "success"


def test_after_a_job_that_died_between_its_writes_the_next_one_completes_them(talk: Conversation) -> None:
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    (delivery,) = [each for each in talk.unheard() if each.event == "pull_request"]
    for method, path in WRITES:
        talk.sandbox.faults.clear()
        talk.sandbox.fail(method, path, status=502, times=99)
        with pytest.raises(AssertionError, match="failed"):
            talk.hear(delivery)
    talk.sandbox.faults.clear()
    talk.hear(delivery)
    talk.settle()
    assert len(requested(pull)) == 1
    assert len(talk.sandbox.checks(pull.head)) == 1
    assert len([entry for entry in talk.ledger.entries() if entry.event == "assign"]) == 1
