"""Webhooks as a receiver sees them."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket

from bot.sandbox.pull_requests import PullRequest
from tests.bot.sandbox.conftest import UNSAFE, Receiver, Scene


def opened(scene: Scene) -> PullRequest:
    scene.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=scene.alice)
    return scene.ring.open_pull(head="patch", by=scene.alice)


def test_a_webhook_is_signed_over_its_very_bytes(scene: Scene, receiver: Receiver) -> None:
    scene.world.deliver_to(receiver.url)
    opened(scene)
    scene.world.settle()
    last = receiver.heard[-1]
    secret = scene.world.app.webhook_secret.encode()
    expected = "sha256=" + hmac.new(secret, last.body, hashlib.sha256).hexdigest()
    assert last.headers["X-Hub-Signature-256"] == expected
    assert last.headers["X-GitHub-Event"] == "pull_request"
    assert last.headers["X-GitHub-Delivery"] == scene.world.deliveries[-1].guid
    assert last.headers["Content-Type"] == "application/json"
    assert last.headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert last.headers["X-GitHub-Hook-Installation-Target-ID"] == str(scene.world.app.id)
    assert json.loads(last.body)["installation"]["id"] == scene.installation.id


def test_webhooks_arrive_in_the_order_in_which_things_happened(scene: Scene, receiver: Receiver) -> None:
    scene.world.deliver_to(receiver.url)
    since = len(scene.world.deliveries)
    opened(scene).comment(scene.bob, "hm")
    scene.world.settle()
    assert [one.headers["X-GitHub-Event"] for one in receiver.heard] == [
        "push",
        "check_suite",
        "pull_request",
        "issue_comment",
    ]
    assert [one.headers["X-GitHub-Delivery"] for one in receiver.heard] == [
        one.guid for one in scene.world.deliveries[since:]
    ]


def test_a_webhook_goes_where_its_app_listened_when_the_thing_happened(
    scene: Scene, receiver: Receiver
) -> None:
    scene.world.settle()
    with scene.world.state.lock:  # nothing is on its way before the address is there
        opened(scene)
        scene.world.deliver_to(receiver.url)
    scene.world.settle()
    assert receiver.heard == []


def test_a_refused_webhook_is_not_sent_again_until_somebody_asks(scene: Scene, receiver: Receiver) -> None:
    scene.world.deliver_to(receiver.url)
    receiver.status = 503
    pull = opened(scene)
    scene.world.settle()
    sent = len(receiver.heard)
    delivery = scene.world.deliveries[-1]
    assert (delivery.attempts, delivery.status) == (1, 503)
    receiver.status = 202
    pull.comment(scene.bob, "hm")
    scene.world.settle()
    assert len(receiver.heard) == sent + 1
    scene.world.redeliver(delivery.guid)
    scene.world.settle()
    assert (delivery.attempts, delivery.status) == (2, 202)
    again = receiver.heard[-1]
    assert (again.headers["X-GitHub-Delivery"], again.body) == (delivery.guid, delivery.body)


def test_a_receiver_that_is_not_there_counts_as_a_failure(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    scene.world.deliver_to(f"http://127.0.0.1:{port}/")
    opened(scene)
    scene.world.settle()
    assert scene.world.deliveries[-1].status == 502


def test_a_dropped_delivery_is_unknown_even_to_github(scene: Scene, receiver: Receiver) -> None:
    scene.world.deliver_to(receiver.url)
    pull = opened(scene)
    scene.world.settle()
    sent = len(receiver.heard)
    scene.world.drop_next_delivery()
    pull.comment(scene.bob, "lost")
    pull.comment(scene.bob, "found")
    scene.world.settle()
    assert len(receiver.heard) == sent + 1
    lost = scene.world.deliveries[-2]
    listed = scene.ask("GET", "/app/hook/deliveries?per_page=100", scene.jwt()).value
    assert lost.guid not in {one["guid"] for one in listed}


def test_what_the_app_does_is_told_with_its_bot_as_sender(scene: Scene) -> None:
    pull = opened(scene)
    repo = scene.github().get_repo("acme/ring")
    repo.create_check_run("cratewarden", pull.head, status="in_progress").edit(conclusion="success")
    repo.get_issue(pull.number).create_comment("Hello")
    told = scene.world.deliveries[-3:]
    assert [(one.event, one.action) for one in told] == [
        ("check_run", "created"),
        ("check_run", "completed"),
        ("issue_comment", "created"),
    ]
    assert {one.payload["sender"]["type"] for one in told} == {"Bot"}
    assert told[-1].payload["comment"]["performed_via_github_app"]["slug"] == "cratewarden"


def test_an_app_hears_only_what_it_subscribed_to_and_may_read(scene: Scene) -> None:
    quiet = scene.world.create_app("quiet", permissions={"metadata": "read"}, events=("push",))
    narrow = scene.world.create_app(
        "narrow", permissions={"metadata": "read", "contents": "read"}, events=("push",)
    )
    scene.ring.install(quiet)
    scene.ring.install(narrow)
    opened(scene)
    told: dict[str, list[str]] = {"quiet": [], "narrow": []}
    for delivery in scene.world.deliveries:
        if delivery.app.slug in told:
            told[delivery.app.slug].append(delivery.event)
    assert told == {"quiet": ["installation"], "narrow": ["installation", "push"]}


def test_people_who_come_and_go_are_told(scene: Scene) -> None:
    since = len(scene.world.deliveries)
    scene.team.add(scene.alice)
    scene.team.remove(scene.alice)
    scene.world.remove_member(scene.acme, scene.bob)
    scene.team.grant(scene.ring, "none")
    scene.ring.collaborator(scene.alice, "triage")
    scene.ring.collaborator(scene.alice, "write")
    scene.ring.collaborator(scene.alice, "none")
    scene.team.delete()
    scene.ring.uninstall()
    assert [f"{one.event}.{one.action}" for one in scene.world.deliveries[since:]] == [
        "organization.member_added",
        "membership.added",
        "membership.removed",
        "membership.removed",
        "organization.member_removed",
        "team.removed_from_repository",
        "member.added",
        "member.edited",
        "member.removed",
        "team.deleted",
        "installation_repositories.removed",
    ]


def test_a_branch_that_comes_and_goes_is_pushed(scene: Scene) -> None:
    scene.ring.commit("short", {"a": "a"})
    scene.ring.push("short", None)
    pushes = [one.payload for one in scene.world.deliveries if one.event == "push"]
    assert [(one["created"], one["deleted"]) for one in pushes] == [(True, False), (False, True)]
    assert pushes[0]["commits"][0]["added"] == ["a"]
    assert pushes[1]["head_commit"] is None


def test_an_issue_is_not_a_pull_request(scene: Scene) -> None:
    issue = scene.ring.open_issue(scene.alice, "Why?")
    scene.ring.comment(issue, scene.bob, "@cratewarden help")
    payload = scene.world.deliveries[-1].payload
    assert "pull_request" not in payload["issue"]
    assert scene.ask("GET", f"/repos/acme/ring/pulls/{issue.number}", scene.token()).status == 404
    assert scene.ask("GET", f"/repos/acme/ring/issues/{issue.number}", scene.token()).status == 200
