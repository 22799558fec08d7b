"""Faults on order, and what PyGithub makes of them."""

from __future__ import annotations

import time
import urllib.error

import pytest
from github import GithubException, GithubRetry, RateLimitExceededException

from bot.sandbox.pull_requests import PullRequest
from tests.bot.sandbox.conftest import UNSAFE, Scene


@pytest.fixture
def pull(scene: Scene) -> PullRequest:
    scene.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=scene.alice)
    return scene.ring.open_pull(head="patch", by=scene.alice)


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_an_error_strikes_as_often_as_ordered_and_nothing_happens_then(
    scene: Scene, pull: PullRequest, status: int
) -> None:
    token, path = scene.token(), f"/repos/acme/ring/issues/{pull.number}/comments"
    fault = scene.world.fail("POST", "*/comments", status=status, times=2)
    answers = [scene.ask("POST", path, token, {"body": "x"}).status for _ in range(3)]
    assert answers == [status, status, 201]
    assert fault.hits == 2
    assert len(pull.comments) == 1
    assert [one.status for one in scene.world.requests if one.path == path] == answers


def test_an_answer_can_be_lost_after_its_effect(scene: Scene, pull: PullRequest) -> None:
    scene.world.fail("POST", "*/comments", when="after")
    retry = GithubRetry(total=2, backoff_factor=0)
    issue = scene.github(retry=retry).get_repo("acme/ring").get_issue(pull.number)
    issue.create_comment("twice")
    assert [one.body for one in pull.comments] == ["twice", "twice"]


def test_the_secondary_limit_is_waited_for(scene: Scene, pull: PullRequest) -> None:
    scene.world.limit("secondary", "GET", "/repos/acme/ring/pulls/*", seconds=1)
    repo = scene.github(retry=GithubRetry(total=2)).get_repo("acme/ring")
    started = time.monotonic()
    assert repo.get_pull(pull.number).number == pull.number
    assert 0.9 < time.monotonic() - started < 10


def test_the_primary_limit_is_shown_with_its_reset(scene: Scene) -> None:
    scene.world.limit("primary", "GET", "/repos/*", seconds=3000)
    with pytest.raises(RateLimitExceededException) as caught:
        scene.github().get_repo("acme/ring")
    assert caught.value.headers is not None
    assert caught.value.headers["x-ratelimit-remaining"] == "0"


@pytest.mark.parametrize("kind", ["reset", "hang"])
def test_a_connection_breaks_without_an_answer(scene: Scene, pull: PullRequest, kind: str) -> None:
    token = scene.token()
    path = f"/repos/acme/ring/issues/{pull.number}/comments"
    scene.world.disturb(
        "reset" if kind == "reset" else "hang", "POST", "*/comments", seconds=0.2, when="after"
    )
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        scene.ask("POST", path, token, {"body": "said all the same"})
    assert [one.body for one in pull.comments] == ["said all the same"]
    assert scene.world.requests[-1].status == 0


def test_a_connection_that_breaks_before_has_no_effect(scene: Scene, pull: PullRequest) -> None:
    token = scene.token()
    scene.world.disturb("reset", "POST", "*/comments")
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        scene.ask("POST", f"/repos/acme/ring/issues/{pull.number}/comments", token, {"body": "x"})
    assert pull.comments == []


def test_a_list_can_end_too_early_without_saying_so(scene: Scene) -> None:
    for number in range(6):
        scene.ring.commit(f"b{number}", {"a": str(number)})
    scene.world.disturb("truncate", "GET", "*/branches")
    said = scene.ask("GET", "/repos/acme/ring/branches?per_page=4", scene.token())
    assert len(said.value) == 2
    assert said.headers["Link"] is None


def test_an_answer_can_be_late(scene: Scene) -> None:
    token = scene.token()
    scene.world.disturb("slow", "GET", "/repos/acme/ring", seconds=0.3)
    started = time.monotonic()
    assert scene.ask("GET", "/repos/acme/ring", token).status == 200
    assert time.monotonic() - started >= 0.3


def test_pygithub_gives_up_without_a_retry_policy(scene: Scene) -> None:
    scene.world.fail("GET", "/repos/*", status=503)
    with pytest.raises(GithubException) as caught:
        scene.github().get_repo("acme/ring")
    assert caught.value.status == 503
