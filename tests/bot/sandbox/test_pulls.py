"""Pull requests from their opening to their merge, as people and the App see them."""

from __future__ import annotations

import pytest
from github import GithubException

from bot.sandbox.model import Delivery
from bot.sandbox.objects import Person
from bot.sandbox.pull_requests import PullRequest
from bot.sandbox.registry import Refusal
from tests.bot.sandbox.conftest import SAFE, UNSAFE, Scene


@pytest.fixture
def pull(scene: Scene) -> PullRequest:
    scene.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=scene.alice)
    return scene.ring.open_pull(head="patch", by=scene.alice, title="Faster", body="No checks.")


def heard(scene: Scene, since: int = 0) -> list[str]:
    return [name(one) for one in scene.world.deliveries[since:]]


def name(delivery: Delivery) -> str:
    return f"{delivery.event}.{delivery.action}" if delivery.action else delivery.event


def test_pygithub_reads_a_pull_request_whole(scene: Scene, pull: PullRequest) -> None:
    seen = scene.github().get_repo("acme/ring").get_pull(pull.number)
    assert (seen.title, seen.body, seen.user.login) == ("Faster", "No checks.", "alice")
    assert (seen.mergeable, seen.changed_files, seen.commits) == (True, 1, 1)
    assert (seen.base.sha, seen.head.sha) == (scene.ring.head(), pull.head)
    file = seen.get_files()[0]
    assert (file.filename, file.status, file.additions, file.deletions) == ("src/lib.rs", "modified", 1, 1)
    assert "+    unsafe { *x.get_unchecked(0) }" in file.patch
    assert seen.author_association == "FIRST_TIME_CONTRIBUTOR"


def test_asking_for_reviews_tells_who_asked_and_who_was_asked(scene: Scene, pull: PullRequest) -> None:
    seen = scene.github().get_repo("acme/ring").get_pull(pull.number)
    since = len(scene.world.deliveries)
    seen.create_review_request(reviewers=["bob"], team_reviewers=["kernel"])
    assert (pull.requested_reviewers, pull.requested_teams) == (["bob"], ["kernel"])
    assert heard(scene, since) == ["pull_request.review_requested"] * 2
    sender = scene.world.deliveries[-1].payload["sender"]
    assert (sender["login"], sender["type"]) == ("cratewarden[bot]", "Bot")
    seen.create_review_request(reviewers=["bob"])
    assert len(scene.world.deliveries) == since + 2
    seen.delete_review_request(reviewers=["bob"])
    assert pull.requested_reviewers == []
    events = list(seen.get_issue_events())
    assert [one.event for one in events] == ["review_requested"] * 2 + ["review_request_removed"]
    assert events[0].actor.login == "cratewarden[bot]"
    assert events[0].requested_reviewer.login == "bob"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param({"reviewers": ["alice"]}, "pull request author", id="the author"),
        pytest.param({"reviewers": ["dave"]}, "not a collaborator", id="somebody without access"),
        pytest.param({"reviewers": ["nobody"]}, "not a collaborator", id="somebody who does not exist"),
        pytest.param(
            {"team_reviewers": ["outside"]}, "not a collaborator", id="a team without the repository"
        ),
    ],
)
def test_some_cannot_be_asked_and_then_nobody_is(
    scene: Scene, pull: PullRequest, asked: dict[str, list[str]], said: str
) -> None:
    scene.world.user("dave")
    scene.acme.team("outside", repositories=())
    path = f"/repos/acme/ring/pulls/{pull.number}/requested_reviewers"
    answer = scene.ask("POST", path, scene.token(), {"reviewers": ["bob"]} | asked)
    assert answer.status == 422
    assert said in answer.value["message"]
    assert pull.requested_reviewers == []


def test_a_review_ends_the_request_and_stays_bound_to_its_commit(scene: Scene, pull: PullRequest) -> None:
    pull.request_reviewer(scene.bob, scene.team)
    looked_at = pull.head
    pull.review(by=scene.bob, body="Fine.")
    assert (pull.requested_reviewers, pull.requested_teams) == ([], [])
    pull.push({"src/lib.rs": UNSAFE + "// more\n"})
    seen = scene.github().get_repo("acme/ring").get_pull(pull.number)
    review = seen.get_reviews()[0]
    assert (review.state, review.commit_id, review.user.login) == ("APPROVED", looked_at, "bob")
    assert scene.world.deliveries[-1].payload["before"] == looked_at
    review.dismiss("Look again")
    assert [one.state for one in seen.get_reviews()] == ["DISMISSED"]
    assert name(scene.world.deliveries[-1]) == "pull_request_review.dismissed"
    assert scene.world.deliveries[-1].payload["review"]["state"] == "dismissed"
    assert [one.event for one in pull.timeline][-1] == "review_dismissed"


def test_authors_cannot_approve_themselves(scene: Scene, pull: PullRequest) -> None:
    path = f"/repos/acme/ring/pulls/{pull.number}/reviews"
    said = scene.ask("POST", path, scene.alice.token, {"event": "APPROVE"})
    assert said.status == 422
    assert said.value["errors"] == ["Can not approve your own pull request"]
    with pytest.raises(Refusal):
        pull.review(by=scene.alice, state="CHANGES_REQUESTED")
    pull.review(by=scene.alice, state="COMMENTED")


def test_a_fork_has_its_own_branch_and_the_pull_request_outlives_it(scene: Scene) -> None:
    fork = scene.ring.fork(scene.alice)
    fork.commit("patch", {"src/lib.rs": UNSAFE}, author=scene.alice)
    pull = scene.ring.open_pull(head="alice:patch", by=scene.alice)
    sha = pull.push({"src/lib.rs": UNSAFE + "// two\n"})
    repo = scene.github().get_repo("acme/ring")
    assert repo.get_pull(pull.number).head.repo.full_name == "alice/ring"
    assert heard(scene)[-1] == "pull_request.synchronize"
    scene.ring.delete_fork(scene.alice)
    said = scene.ask("GET", f"/repos/acme/ring/pulls/{pull.number}", scene.token()).value
    assert (said["head"]["repo"], said["head"]["sha"]) == (None, sha)
    assert repo.get_commit(sha).sha == sha
    assert [one.number for one in repo.get_pulls(state="open", head="alice:patch")] == [pull.number]


def test_a_forced_push_a_new_base_and_a_draft_are_told_and_kept(scene: Scene, pull: PullRequest) -> None:
    scene.ring.commit("stable", {"CHANGES": "1"})
    other = scene.ring.commit("scratch", {"src/lib.rs": SAFE + "// aside\n"})
    since = len(scene.world.deliveries)
    pull.force_push(other)
    pull.retarget("stable")
    pull.draft_again()
    pull.ready()
    pull.close()
    pull.reopen()
    assert [one for one in heard(scene, since) if one.startswith("pull_request")] == [
        "pull_request.synchronize",
        "pull_request.edited",
        "pull_request.converted_to_draft",
        "pull_request.ready_for_review",
        "pull_request.closed",
        "pull_request.reopened",
    ]
    edited = next(one for one in scene.world.deliveries if one.action == "edited")
    assert edited.payload["changes"]["base"]["ref"] == {"from": "main"}
    said = scene.ask("GET", f"/repos/acme/ring/issues/{pull.number}/timeline", scene.token()).value
    assert {one["event"] for one in said} == {
        "committed",
        "head_ref_force_pushed",
        "base_ref_changed",
        "convert_to_draft",
        "ready_for_review",
        "closed",
        "reopened",
    }


def test_comments_are_made_changed_reacted_to_folded_and_deleted(scene: Scene, pull: PullRequest) -> None:
    seen = scene.github().get_repo("acme/ring").get_pull(pull.number)
    comment = seen.create_issue_comment("<!-- cratewarden: x -->\nHello")
    assert pull.comments[0].app is scene.world.app
    comment.edit("Bye")
    assert scene.world.deliveries[-1].payload["changes"]["body"]["from"].endswith("Hello")
    comment.create_reaction("eyes")
    assert [one.content for one in comment.get_reactions()] == ["eyes"]
    assert comment.minimize("OUTDATED")
    assert pull.comments[0].minimized == "outdated"
    assert comment.unminimize()
    comment.delete()
    assert pull.comments == []
    assert heard(scene)[-3:] == ["issue_comment.created", "issue_comment.edited", "issue_comment.deleted"]


def test_somebody_elses_comment_needs_write_access_to_change(scene: Scene, pull: PullRequest) -> None:
    comment = pull.comment(scene.bob, "@cratewarden help")
    path = f"/repos/acme/ring/issues/comments/{comment.id}"
    dave = scene.world.user("dave")
    assert scene.ask("PATCH", path, dave.token, {"body": "x"}).status == 403
    assert scene.ask("PATCH", path, scene.carol.token, {"body": "x"}).status == 200
    assert scene.world.deliveries[-1].payload["sender"]["login"] == "carol"
    assert scene.world.deliveries[-1].payload["comment"]["user"]["login"] == "bob"


def test_an_unknown_label_is_made_when_it_is_used(scene: Scene, pull: PullRequest) -> None:
    seen = scene.github().get_repo("acme/ring").get_pull(pull.number)
    seen.add_to_labels("unsafe", "needs-unsafe-review")
    assert pull.labels == ["unsafe", "needs-unsafe-review"]
    seen.remove_from_labels("unsafe")
    assert heard(scene)[-3:] == ["pull_request.labeled"] * 2 + ["pull_request.unlabeled"]
    with pytest.raises(GithubException):
        seen.remove_from_labels("unsafe")
    assert scene.github().get_repo("acme/ring").get_label("Unsafe").name == "unsafe"


def test_a_required_check_holds_the_merge_until_it_passes(scene: Scene, pull: PullRequest) -> None:
    scene.ring.require_check("cratewarden", app=scene.world.app)
    path = f"/repos/acme/ring/pulls/{pull.number}/merge"
    assert scene.ask("PUT", path, scene.bob.token, {}).status == 405
    repo = scene.github().get_repo("acme/ring")
    run = repo.create_check_run("cratewarden", pull.head, status="in_progress")
    assert "in progress" in scene.ask("PUT", path, scene.bob.token, {}).value["message"]
    run.edit(conclusion="failure")
    assert "failing" in scene.ask("PUT", path, scene.bob.token, {}).value["message"]
    run.edit(conclusion="neutral")
    assert scene.ask("PUT", path, scene.bob.token, {"sha": "0" * 40}).status == 409
    assert scene.ask("PUT", path, scene.alice.token, {}).status == 403
    assert scene.ask("PUT", path, scene.bob.token, {"sha": pull.head}).value["merged"] is True
    assert scene.ask("GET", path, scene.token()).status == 204
    assert "pull_request.closed" in heard(scene)
    raw = {"Accept": "application/vnd.github.raw+json"}
    said = scene.ask("GET", "/repos/acme/ring/contents/src/lib.rs", scene.token(), headers=raw)
    assert said.value == UNSAFE.encode()


def test_a_status_of_the_same_name_does_not_stand_in_for_the_apps_check(
    scene: Scene, pull: PullRequest
) -> None:
    scene.ring.require_check("cratewarden", app=scene.world.app)
    scene.ring.status(pull.head, "cratewarden", "success", scene.bob)
    with pytest.raises(Refusal, match="expected"):
        pull.merge(scene.bob)


def test_a_push_to_the_base_that_contains_the_head_merges_it(scene: Scene, pull: PullRequest) -> None:
    scene.ring.push("main", pull.head)
    assert pull.pull.merged_at is not None


def test_lists_end_where_githubs_lists_end(scene: Scene) -> None:
    base = scene.ring.head()
    many = {f"f/{number:04}.rs": SAFE for number in range(3001)}
    scene.ring.commit("wide", many)
    wide = scene.ring.open_pull(head="wide", by=scene.alice)
    git = scene.ring.repository.git
    tip = base
    who = Person("A", "a@b.c")
    for number in range(251):
        tip = git.commit_tree(
            git.read_commit(base).tree, [tip], author=who, message=str(number), when=scene.world.clock.now()
        )
    scene.ring.push("deep", tip)
    deep = scene.ring.open_pull(head="deep", by=scene.alice)
    token = scene.token()

    def count(path: str) -> int:
        pages = (scene.ask("GET", f"{path}?per_page=100&page={n}", token).value for n in range(1, 33))
        total = 0
        for page in pages:
            total += len(page)
            if len(page) < 100:
                break
        return total

    assert count(f"/repos/acme/ring/pulls/{wide.number}/files") == 3000
    assert count(f"/repos/acme/ring/pulls/{deep.number}/commits") == 250
    seen = scene.github().get_repo("acme/ring")
    assert seen.get_pull(wide.number).changed_files == 3001
    assert seen.get_pull(deep.number).commits == 251
    said = scene.ask("GET", "/repos/acme/ring/compare/main...wide", token).value
    assert len(said["files"]) == 300
    said = scene.ask("GET", "/repos/acme/ring/compare/main...deep", token).value
    assert (len(said["commits"]), said["total_commits"], said["status"]) == (250, 251, "ahead")


def test_a_conflict_is_not_mergeable_and_does_not_merge(scene: Scene, pull: PullRequest) -> None:
    scene.ring.commit("main", {"src/lib.rs": "pub mod other;\n"})
    assert scene.github().get_repo("acme/ring").get_pull(pull.number).mergeable is False
    with pytest.raises(Refusal, match="not mergeable"):
        pull.merge(scene.bob)


def test_a_commit_knows_its_pull_requests(scene: Scene, pull: PullRequest) -> None:
    repo = scene.github().get_repo("acme/ring")
    assert [one.number for one in repo.get_commit(pull.head).get_pulls()] == [pull.number]
    assert list(repo.get_commit(scene.ring.head()).get_pulls()) == []
