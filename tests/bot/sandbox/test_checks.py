"""Check runs, suites, the merge queue and code scanning."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from bot.sandbox.pull_requests import PullRequest
from tests.bot.sandbox.conftest import SAFE, UNSAFE, Scene


@pytest.fixture
def pull(scene: Scene) -> PullRequest:
    scene.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=scene.alice)
    return scene.ring.open_pull(head="patch", by=scene.alice)


def note(line: int) -> dict[str, Any]:
    return {
        "path": "src/lib.rs",
        "start_line": line,
        "end_line": line,
        "annotation_level": "warning",
        "message": f"unsafe {line}",
    }


def notes(count: int) -> dict[str, Any]:
    return {"title": "T", "summary": "S", "annotations": [note(line + 1) for line in range(count)]}


def test_fifty_annotations_at_a_time_add_up(scene: Scene, pull: PullRequest) -> None:
    repo = scene.github().get_repo("acme/ring")
    run = repo.create_check_run("cratewarden", pull.head, external_id="d1", output=notes(50))
    run.edit(output=notes(3))
    assert run.output.annotations_count == 53
    assert [one.start_line for one in run.get_annotations()][-4:] == [50, 1, 2, 3]
    said = scene.ask("PATCH", f"/repos/acme/ring/check-runs/{run.id}", scene.token(), {"output": notes(51)})
    assert said.status == 422
    assert len(pull.checks()[0].annotations) == 53


def test_only_apps_make_check_runs_and_only_their_own_app_changes_them(
    scene: Scene, pull: PullRequest
) -> None:
    scene.ring.collaborator(scene.alice)
    body = {"name": "cratewarden", "head_sha": pull.head, "conclusion": "success"}
    assert scene.ask("POST", "/repos/acme/ring/check-runs", scene.alice.token, body).status == 403
    other = scene.world.create_app("other")
    scene.ring.install(other)
    scene.github().get_repo("acme/ring").create_check_run("cratewarden", pull.head)
    foreign = scene.world.checks(pull.head)[0]
    foreign.suite.app = other
    path = f"/repos/acme/ring/check-runs/{foreign.id}"
    assert scene.ask("PATCH", path, scene.token(), {"conclusion": "success"}).status == 403


def test_the_list_of_a_commit_has_the_newest_of_each_name(scene: Scene, pull: PullRequest) -> None:
    repo = scene.github().get_repo("acme/ring")
    old = repo.create_check_run("cratewarden", pull.head, status="in_progress")
    new = repo.create_check_run("cratewarden", pull.head, conclusion="success")
    commit = repo.get_commit(pull.head)
    assert [one.id for one in commit.get_check_runs(check_name="cratewarden")] == [new.id]
    assert {one.id for one in commit.get_check_runs(filter="all")} == {old.id, new.id}
    mine = f"/repos/acme/ring/commits/{pull.head}/check-runs?app_id={scene.world.app.id}"
    assert scene.ask("GET", mine, scene.token()).value["total_count"] == 1
    assert scene.ask("GET", f"{mine}7", scene.token()).value["total_count"] == 0
    assert [one.app.slug for one in commit.get_check_suites()] == ["cratewarden"]


def test_a_completed_run_needs_a_conclusion_and_an_existing_commit(scene: Scene, pull: PullRequest) -> None:
    path, token = "/repos/acme/ring/check-runs", scene.token()
    body = {"name": "x", "head_sha": pull.head, "status": "completed"}
    assert scene.ask("POST", path, token, body).status == 422
    assert scene.ask("POST", path, token, {"name": "x", "head_sha": "1" * 40}).status == 422
    assert pull.checks() == []


def test_a_person_asks_for_the_check_again_and_presses_its_button(scene: Scene, pull: PullRequest) -> None:
    actions = [{"label": "Recheck", "description": "Look again", "identifier": "recheck"}]
    scene.github().get_repo("acme/ring").create_check_run(
        "cratewarden", pull.head, conclusion="failure", actions=actions
    )
    pull.rerequest_check(by=scene.bob)
    last = scene.world.deliveries[-1]
    assert (last.event, last.action, last.payload["check_run"]["status"]) == (
        "check_run",
        "rerequested",
        "queued",
    )
    pull.press("recheck", by=scene.bob)
    assert scene.world.deliveries[-1].payload["requested_action"] == {"identifier": "recheck"}
    suite = pull.checks()[0].suite.id
    assert scene.ask("POST", f"/repos/acme/ring/check-suites/{suite}/rerequest", scene.token()).status == 201
    assert scene.world.deliveries[-1].event == "check_suite"


QUEUE = """query($first: Int, $after: String) { repository(owner: "acme", name: "ring") { mergeQueue(branch: "main") {
  entries(first: $first, after: $after) { pageInfo { hasNextPage endCursor }
    nodes { position state headCommit { oid } baseCommit { oid } pullRequest { number headRefOid } } } } } }"""


def test_the_merge_queue_makes_real_groups_and_merges_them_in_order(scene: Scene, pull: PullRequest) -> None:
    scene.ring.require_check("cratewarden", app=scene.world.app)
    scene.ring.commit("docs", {"README.md": "# Ring\n"}, author=scene.alice)
    second = scene.ring.open_pull(head="docs", by=scene.alice)
    repo = scene.github().get_repo("acme/ring")
    for one in (pull, second):
        repo.create_check_run("cratewarden", one.head, conclusion="success")
    before = scene.ring.head()
    first_group, second_group = scene.ring.enqueue(pull), scene.ring.enqueue(second)
    assert second_group.base_sha == first_group.head_sha
    assert first_group.ref == f"refs/heads/gh-readonly-queue/main/pr-{pull.number}-{before}"
    asked = [one for one in scene.world.deliveries if one.event == "merge_group"]
    assert [one.payload["merge_group"]["head_sha"] for one in asked] == [
        first_group.head_sha,
        second_group.head_sha,
    ]
    pages, cursor = [], None
    for _ in range(2):
        _, data = scene.github().requester.graphql_query(QUEUE, {"first": 1, "after": cursor})
        entries = data["data"]["repository"]["mergeQueue"]["entries"]
        pages += entries["nodes"]
        cursor = entries["pageInfo"]["endCursor"]
    assert [(one["position"], one["pullRequest"]["number"]) for one in pages] == [
        (1, pull.number),
        (2, second.number),
    ]
    assert pages[1]["baseCommit"]["oid"] == first_group.head_sha
    repo.create_check_run("cratewarden", second_group.head_sha, conclusion="success")
    assert scene.ring.head() == before
    repo.create_check_run("cratewarden", first_group.head_sha, conclusion="success")
    assert scene.ring.head() == second_group.head_sha
    assert (pull.pull.state, second.pull.state) == ("closed", "closed")


def test_a_failed_group_leaves_the_queue_and_those_behind_are_built_anew(
    scene: Scene, pull: PullRequest
) -> None:
    scene.ring.require_check("cratewarden")
    scene.ring.commit("docs", {"README.md": "# Ring\n"}, author=scene.alice)
    second = scene.ring.open_pull(head="docs", by=scene.alice)
    repo = scene.github().get_repo("acme/ring")
    for one in (pull, second):
        repo.create_check_run("cratewarden", one.head, conclusion="success")
    first_group, _ = scene.ring.enqueue(pull), scene.ring.enqueue(second)
    repo.create_check_run("cratewarden", first_group.head_sha, conclusion="failure")
    (left,) = scene.ring.repository.queue
    assert (left.pull, left.base_sha) == (second.pull, scene.ring.head())
    reasons = [one.payload.get("reason") for one in scene.world.deliveries if one.action == "destroyed"]
    assert reasons == ["invalidated", "invalidated"]
    scene.ring.dequeue(second)
    assert scene.ring.repository.queue == []


def sarif(document: object) -> str:
    return base64.b64encode(gzip.compress(json.dumps(document).encode())).decode()


def test_an_analysis_is_unpacked_and_kept(scene: Scene, pull: PullRequest) -> None:
    body = {
        "commit_sha": pull.head,
        "ref": "refs/pull/1/head",
        "sarif": sarif({"version": "2.1.0", "runs": []}),
    }
    path, token = "/repos/acme/ring/code-scanning/sarifs", scene.token()
    said = scene.ask("POST", path, token, body)
    assert said.status == 202
    assert scene.ask("GET", f"{path}/{said.value['id']}", token).value["processing_status"] == "complete"
    assert [one.document["runs"] for one in scene.ring.sarifs] == [[]]
    for wrong in ("%%%", base64.b64encode(b"{}").decode(), sarif({"version": "1"})):
        assert scene.ask("POST", path, token, body | {"sarif": wrong}).status == 400


def test_statuses_add_up(scene: Scene, pull: PullRequest) -> None:
    path = f"/repos/acme/ring/statuses/{pull.head}"
    assert scene.ask("POST", path, scene.token(), {"state": "success"}).status == 403
    body = {"state": "success", "context": "ci"}
    assert scene.ask("POST", path, scene.bob.token, body).status == 201
    said = scene.ask("GET", f"/repos/acme/ring/commits/{pull.head}/status", scene.token()).value
    assert (said["state"], said["total_count"]) == ("success", 1)
    assert SAFE
