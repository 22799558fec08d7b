"""Every endpoint is GitHub's own, and every reading one answers as described."""

from __future__ import annotations

import pytest

from bot.sandbox.registry import Endpoint, endpoints
from bot.sandbox.world import Sandbox, SandboxError
from tests.bot.sandbox.conftest import UNSAFE, Scene
from tests.bot.sandbox.description import UNDESCRIBED, Description, anonymous, described, operation


def test_every_endpoint_is_described_by_github() -> None:
    ours = {(one.method, anonymous(one.template)) for one in endpoints()}
    assert ours - described() == UNDESCRIBED


def test_no_two_endpoints_are_the_same() -> None:
    names = [(one.method, anonymous(one.template)) for one in endpoints()]
    assert len(names) == len(set(names))


def test_an_answer_that_breaks_the_description_is_found() -> None:
    known = operation("GET", "/repos/{o}/{r}/check-runs/{id}")
    assert known is not None
    assert known.answer is not None
    with pytest.raises(ValueError, match="head_sha"):
        known.answer.validate_json(b'{"id": 1}', strict=True)
    body = operation("POST", "/repos/{o}/{r}/check-runs")
    assert body is not None
    assert body.body is not None
    notes = '{"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}'
    given = '{"name": "x", "head_sha": "y", "output": {"summary": "s", "title": "t", "annotations": [%s]}}'
    with pytest.raises(ValueError, match="50"):
        body.body.validate_json(given % ",".join([notes] * 51), strict=True)


def test_a_sandbox_that_broke_the_description_fails_when_it_stops(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = Sandbox.start(tmp_path_factory.mktemp("hub"), validator=Description())
    world.state.violations.append("GET /nothing is not described")
    with pytest.raises(SandboxError, match="GET /nothing"):
        world.stop()


def test_a_webhook_that_breaks_the_description_is_found() -> None:
    assert Description().webhook("pull_request", "opened", b"{}")
    assert Description().webhook("no_such_event", None, b"{}") == [
        "webhook no_such_event None is not described"
    ]


def test_every_reading_endpoint_answers_as_described(scene: Scene) -> None:
    """One request to each, by whoever may; the fixture fails if an answer is not as described."""
    world, ring, token = scene.world, scene.ring, scene.token()
    ring.require_check("cratewarden", app=world.app)
    ring.fork(scene.alice).commit("patch", {"src/lib.rs": UNSAFE}, author=scene.alice)
    pull = ring.open_pull(head="alice:patch", by=scene.alice)
    pull.request_reviewer(scene.bob, scene.team)
    pull.label("unsafe", by=scene.bob)
    comment = pull.comment(scene.alice, "Hello")
    review = pull.review(by=scene.carol, state="CHANGES_REQUESTED", body="No.")
    pull.dismiss(review, scene.bob)
    pull.retarget("main")
    other = ring.commit("other", {"other": "x"})
    ring.status(other, "ci", "success", scene.bob)
    repo = scene.github().get_repo("acme/ring")
    run = repo.create_check_run(
        "cratewarden", other, conclusion="success", output={"title": "T", "summary": "S"}
    )
    second = ring.open_pull(head="other", by=scene.bob)
    second.draft_again()
    second.ready()
    second.edit(title="Another title")
    second.close()
    second.reopen()
    second.merge(scene.bob)
    world.state.lock.acquire()
    blob = ring.repository.git.entry(other, "README.md")
    world.state.lock.release()
    assert blob is not None
    values = {
        "owner": "acme", "repo": "ring", "org": "acme", "username": "bob", "team_slug": "unsafe-reviewers",
        "branch": "main", "path": "src/lib.rs", "basehead": "main...alice:patch", "pull_number": pull.number,
        "issue_number": pull.number, "comment_id": comment.id, "review_id": review.id, "name": "unsafe",
        "check_run_id": run.id, "check_suite_id": run.check_suite.id, "commit_sha": other, "tree_sha": "main",
        "file_sha": blob.sha, "installation_id": scene.installation.id, "app_slug": "cratewarden",
        "account_id": scene.bob.account.id, "org_id": scene.acme.account.id, "team_id": scene.team.team.id,
    }  # fmt: skip
    special = {"/repos/{owner}/{repo}/pulls/{pull_number}/merge": {"pull_number": second.number}}
    refs = {"ref/{ref}": "heads/main", "matching-refs/{ref}": "heads", "commits/{ref}": other}
    for one in endpoints():
        if one.method != "GET" or "{sarif_id}" in one.template or "{delivery_id}" in one.template:
            continue
        ref = next((name for part, name in refs.items() if part in one.template), "")
        path = one.template.format(**(values | {"ref": ref} | special.get(one.template, {})))
        said = scene.ask("GET", path, credential(scene, one, token))
        missing = one.template == "/users/{username}/installation"  # bob has not installed it
        assert said.status == 404 if missing else said.status in {200, 204}, (path, said.value)
    for kind in ("events", "timeline"):
        said = scene.ask("GET", f"/repos/acme/ring/issues/{second.number}/{kind}", token)
        assert "merged" in {one["event"] for one in said.value}


def credential(scene: Scene, endpoint: Endpoint, token: str) -> str:
    if endpoint.by == "app":
        return scene.jwt()
    if endpoint.template == "/user":
        return scene.bob.token
    return token


def test_people_and_teams_are_read_with_nested_members(scene: Scene) -> None:
    acme = scene.github().get_organization("acme")
    team = acme.get_team_by_slug("unsafe-reviewers")
    assert sorted(one.login for one in team.get_members()) == ["bob", "carol"]
    assert [one.slug for one in team.get_teams()] == ["kernel"]
    assert team.get_team_membership("carol").state == "active"
    repo = scene.github().get_repo("acme/ring")
    rights = {who: repo.get_collaborator_permission(who) for who in ("bob", "carol", "alice", "staff")}
    assert rights == {"bob": "write", "carol": "write", "alice": "read", "staff": "admin"}
    assert repo.get_collaborator_role_name("bob") == "write"
