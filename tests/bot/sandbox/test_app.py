"""The App as GitHub knows it: signatures, tokens, permissions, deliveries, setup."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from github import Auth, GithubException

from bot.sandbox.clock import Clock
from bot.sandbox.world import Sandbox
from tests.bot.sandbox.conftest import SAFE, UNSAFE, Receiver, Scene


def signed(scene: Scene, **claims: Any) -> str:
    now = int(time.time())
    said = {"iat": now - 60, "exp": now + 540, "iss": str(scene.world.app.id)} | claims
    return jwt.encode(said, scene.world.app.private_key, algorithm="RS256")


def test_pygithub_signs_in_as_the_app_and_finds_its_installation(scene: Scene) -> None:
    integration = scene.integration()
    assert integration.get_app().slug == "cratewarden"
    assert integration.get_repo_installation("acme", "ring").id == scene.installation.id
    assert integration.get_org_installation("acme").id == scene.installation.id
    assert [one.id for one in integration.get_installations()] == [scene.installation.id]


def test_a_client_id_may_sign_too(scene: Scene) -> None:
    token = signed(scene, iss=scene.world.app.client_id)
    assert scene.ask("GET", "/app", token).status == 200


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        pytest.param({"exp": 4_000_000_000}, "too far in the future", id="holds for years"),
        pytest.param({"exp": 1_600_000_000}, "'exp'", id="expired"),
        pytest.param({"iat": 4_000_000_000}, "'iat'", id="issued in the future"),
        pytest.param({"iat": "now"}, "'iat'", id="issued at a word"),
        pytest.param({"iss": "7"}, "Integration not found", id="another app's number"),
    ],
)
def test_a_wrong_signature_is_refused_with_githubs_words(
    scene: Scene, claims: dict[str, Any], message: str
) -> None:
    said = scene.ask("GET", "/app", signed(scene, **claims))
    assert said.status in {401, 404}
    assert message in said.value["message"]


def test_a_signature_with_another_key_is_refused(scene: Scene) -> None:
    other = scene.world.create_app("other")
    now = int(time.time())
    claims = {"iat": now - 60, "exp": now + 60, "iss": str(scene.world.app.id)}
    forged = jwt.encode(claims, other.private_key, algorithm="RS256")
    assert scene.ask("GET", "/app", forged).status == 401


def test_a_token_is_for_an_hour_and_then_the_app_needs_a_new_one(scene: Scene) -> None:
    token = scene.token()
    assert scene.ask("GET", "/repos/acme/ring", token).status == 200
    scene.world.clock.advance(minutes=59)
    assert scene.ask("GET", "/repos/acme/ring", token).status == 200
    scene.world.clock.advance(minutes=1)
    said = scene.ask("GET", "/repos/acme/ring", token)
    assert (said.status, said.value["message"]) == (401, "Bad credentials")
    assert scene.ask("GET", "/repos/acme/ring", scene.token()).status == 200


def test_a_narrowed_token_may_no_more_than_was_asked_for(scene: Scene) -> None:
    scene.acme.repository("other", {"a": "a"}, private=True)
    token = scene.token(permissions={"contents": "read"}, repositories=["ring"])
    assert scene.ask("GET", "/repos/acme/ring/branches/main", token).status == 200
    said = scene.ask("POST", "/repos/acme/ring/labels", token, {"name": "x", "color": "aaaaaa"})
    assert (said.status, said.value["message"]) == (403, "Resource not accessible by integration")
    assert scene.ask("GET", "/repos/acme/other", token).status == 404


def test_a_token_cannot_have_more_than_the_app_was_granted(scene: Scene) -> None:
    path = f"/app/installations/{scene.installation.id}/access_tokens"
    said = scene.ask("POST", path, scene.jwt(), {"permissions": {"contents": "write"}})
    assert said.status == 422


def test_a_repository_outside_the_installation_is_not_there_if_private_and_readonly_if_public(
    scene: Scene,
) -> None:
    scene.acme.repository("hidden", {"a": "a"}, private=True)
    scene.acme.repository("open", {"a": "a"})
    token = scene.token()
    assert scene.ask("GET", "/repos/acme/hidden", token).status == 404
    assert scene.ask("GET", "/repos/acme/open", token).status == 200
    assert scene.ask("POST", "/repos/acme/open/labels", token, {"name": "x"}).status == 403


def test_tokens_end_when_the_app_is_uninstalled(scene: Scene) -> None:
    token = scene.token()
    scene.acme.uninstall()
    assert scene.ask("GET", "/repos/acme/ring", token).status == 401
    assert scene.world.deliveries[-1].action == "deleted"
    assert scene.ask("GET", "/repos/acme/ring/installation", scene.jwt()).status == 404


def test_an_organisation_wide_installation_hears_of_new_repositories(scene: Scene) -> None:
    scene.acme.install()
    scene.acme.repository("later", {"a": "a"})
    last = scene.world.deliveries[-1]
    assert (last.event, last.action) == ("installation_repositories", "added")
    assert [one["name"] for one in last.payload["repositories_added"]] == ["later"]
    assert scene.ask("GET", "/repos/acme/later/installation", scene.jwt()).status == 200


def test_failed_deliveries_are_found_by_cursor_and_sent_again(scene: Scene, receiver: Receiver) -> None:
    scene.world.deliver_to(receiver.url)
    receiver.status = 500
    for number in range(5):
        scene.ring.open_issue(scene.alice, f"question {number}")
        scene.ring.commit(f"branch-{number}", {"a": str(number)})
    scene.world.settle()
    first = scene.ask("GET", "/app/hook/deliveries?per_page=3&status=failure", scene.jwt())
    following = re.findall(r'<([^>]+)>; rel="next"', first.headers["Link"])[0]
    second = scene.ask("GET", following, scene.jwt())
    ids = [one["id"] for one in first.value + second.value]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 6
    receiver.status = 200
    assert scene.ask("POST", f"/app/hook/deliveries/{ids[0]}/attempts", scene.jwt()).status == 202
    scene.world.settle()
    newest = scene.ask("GET", "/app/hook/deliveries?per_page=1", scene.jwt()).value[0]
    assert (newest["redelivery"], newest["status_code"]) == (True, 200)
    assert newest["guid"] == first.value[0]["guid"]
    whole = scene.ask("GET", f"/app/hook/deliveries/{newest['id']}", scene.jwt()).value
    assert whole["request"]["payload"]["repository"]["full_name"] == "acme/ring"
    scene.world.clock.advance(days=4)
    assert scene.ask("GET", "/app/hook/deliveries", scene.jwt()).value == []


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


def press(url: str, form: dict[str, str]) -> tuple[int, str, str]:
    """What a browser sees, and where it is sent."""
    data = urllib.parse.urlencode(form).encode()
    try:
        with urllib.request.build_opener(_Stay).open(url, data, timeout=10) as page:
            return page.status, page.read().decode(), ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers.get("Location", "")


def test_an_app_is_made_from_a_manifest_and_its_secrets_are_shown_once(scene: Scene) -> None:
    manifest = {
        "name": "warden of <acme>",
        "url": "https://example.com",
        "hook_attributes": {"url": "http://127.0.0.1:9/webhooks/github"},
        "redirect_url": "http://127.0.0.1:9/setup/done",
        "default_permissions": {"checks": "write"},
        "default_events": ["pull_request"],
    }
    page = f"{scene.world.url}/organizations/acme/settings/apps/new?state=s3cret"
    status, shown, _ = press(page, {"manifest": json.dumps(manifest)})
    assert status == 200
    assert "Create GitHub App" in shown
    assert "<acme>" not in shown
    status, _, target = press(page, {"manifest": json.dumps(manifest), "confirm": "1"})
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))
    assert (status, query["state"]) == (302, "s3cret")
    made = scene.ask("POST", f"/app-manifests/{query['code']}/conversions").value
    assert made["owner"]["login"] == "acme"
    assert made["permissions"] == {"checks": "write", "metadata": "read"}
    app = Auth.AppAuth(made["id"], made["pem"])
    assert scene.ask("GET", "/app", app.token).value["slug"] == made["slug"]
    assert scene.ask("POST", f"/app-manifests/{query['code']}/conversions").status == 404


def test_a_manifest_with_mistakes_is_told_so(scene: Scene) -> None:
    page = f"{scene.world.url}/settings/apps/new"
    status, shown, _ = press(page, {"manifest": '{"name": "cratewarden", "url": "x"}', "confirm": "1"})
    assert status == 422
    assert "Name is already taken" in shown
    assert "redirect_url" in shown


def test_a_page_names_the_next_one_and_the_last(scene: Scene) -> None:
    for number in range(7):
        scene.ring.commit(f"b{number}", {"a": str(number)})
    said = scene.ask("GET", "/repos/acme/ring/branches?per_page=3", scene.token())
    assert len(said.value) == 3
    assert 'page=2>; rel="next"' in said.headers["Link"]
    assert 'page=3>; rel="last"' in said.headers["Link"]


def test_an_unchanged_answer_costs_nothing(scene: Scene) -> None:
    token = scene.token()
    first = scene.ask("GET", "/repos/acme/ring", token)
    again = scene.ask("GET", "/repos/acme/ring", token, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.value) == (304, b"")
    assert again.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"]
    assert again.headers["X-GitHub-Request-Id"]


def test_errors_carry_a_message_and_a_link(scene: Scene) -> None:
    said = scene.ask("GET", "/repos/acme/nothing", scene.token())
    assert said.value == {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest",
        "status": "404",
    }


def test_the_same_conversation_gets_the_same_ids_tokens_and_commits(tmp_path: Path) -> None:
    told = []
    for number in range(2):
        clock = Clock(datetime(2026, 11, 21, 9, 30, tzinfo=UTC))
        with Sandbox.start(tmp_path / str(number), clock=clock) as world:
            alice = world.user("alice")
            ring = alice.repository("ring", {"src/lib.rs": SAFE})
            ring.install()
            clock.advance(minutes=1)
            sha = ring.commit("patch", {"src/lib.rs": UNSAFE})
            pull = ring.open_pull(head="patch", by=alice)
            guids = [one.guid for one in world.deliveries]
            told.append((world.app.id, alice.token, sha, pull.pull.merge_commit, guids))
    assert told[0] == told[1]


def test_pygithub_shows_a_refusal_as_an_exception(scene: Scene) -> None:
    scene.ring.commit("patch", {"src/lib.rs": UNSAFE})
    scene.ring.open_pull(head="patch", by=scene.alice)
    with pytest.raises(GithubException) as caught:
        scene.github().get_repo("acme/ring").create_git_ref("refs/heads/x", "0" * 40)
    assert caught.value.status == 403
    assert SAFE != UNSAFE
