"""Actions are carried out once, however often they are performed and whatever goes wrong in between."""

from __future__ import annotations

from contextlib import closing

import pytest

from bot.actions import (
    Action,
    Annotation,
    CheckState,
    DismissReview,
    DropComment,
    KeepComment,
    Level,
    PublishCheck,
    React,
    RequestReviewers,
    SetLabels,
    UploadSarif,
    WithdrawRequests,
)
from bot.github.app import App
from bot.github.errors import RefusedError, TransientError
from tests.bot.stage import QUICK, Stage

MARK = "<!-- cratewarden:review -->"


def check(
    sha: str, state: CheckState = CheckState.IN_PROGRESS, notes: int = 0, **others: str
) -> PublishCheck:
    annotations = tuple(
        Annotation("src/lib.rs", n + 1, n + 1, Level.WARNING, "unsafe block", f"number {n}")
        for n in range(notes)
    )
    return PublishCheck(
        sha, state, others.get("title", "A title"), others.get("summary", "A summary"), "", annotations
    )


def test_performing_again_writes_nothing(stage: Stage) -> None:
    pull = stage.pull()
    review = pull.review(by=stage.bob)
    comment = pull.comment(stage.bob, "@cratewarden recheck")
    stage.acme.team("readers", members=[stage.carol])
    actions: list[Action] = [
        check(pull.head, notes=120),
        KeepComment("review", f"{MARK}\nhello"),
        RequestReviewers((stage.carol.login.upper(),), (f"{stage.acme.login}/readers",)),
        SetLabels(("unsafe", "Needs Review"), ("old",)),
        DismissReview(review.id, "out of date"),
        UploadSarif(pull.head, f"refs/pull/{pull.number}/head", b'{"version": "2.1.0", "runs": []}'),
    ]
    forge = stage.forge()
    forge.perform(pull.number, actions)
    assert stage.written()
    before = stage.count()
    stage.forge().perform(pull.number, actions)
    assert stage.written(before) == []
    stage.forge().perform(pull.number, [React(comment.id, "+1"), React(comment.id, "+1")])
    (run,) = pull.checks("cratewarden")
    assert len(run.annotations) == 120
    assert [one.body for one in pull.comments] == ["@cratewarden recheck", f"{MARK}\nhello"]
    assert len(pull.comments[0].reactions) == 1
    assert pull.requested_reviewers == [stage.carol.login]
    assert pull.requested_teams == ["readers"]
    assert sorted(pull.labels) == ["Needs Review", "unsafe"]
    assert [one.state for one in pull.reviews] == ["DISMISSED"]
    assert len(stage.ring.sarifs) == 1


def test_a_check_goes_from_waiting_to_its_end_in_one_run(stage: Stage) -> None:
    pull = stage.pull()
    forge = stage.forge()
    forge.perform(pull.number, [check(pull.head, notes=3)])
    forge.perform(pull.number, [check(pull.head, CheckState.SUCCESS, notes=4, title="Approved")])
    (run,) = pull.checks("cratewarden")
    assert (run.status, run.conclusion, run.title) == ("completed", "success", "Approved")
    assert [one["message"] for one in run.annotations] == [f"number {n}" for n in range(4)]
    assert [one["identifier"] for one in run.actions] == ["recheck"]


@pytest.mark.parametrize("later", [CheckState.IN_PROGRESS, CheckState.FAILURE, CheckState.NEUTRAL])
def test_a_completed_check_that_no_longer_holds_is_followed_by_a_new_run(
    stage: Stage, later: CheckState
) -> None:
    pull = stage.pull()
    forge = stage.forge()
    forge.perform(pull.number, [check(pull.head, CheckState.SUCCESS, notes=60)])
    forge.perform(pull.number, [check(pull.head, later, notes=60)])
    newest, older = pull.checks("cratewarden")
    shown = newest.status if later is CheckState.IN_PROGRESS else newest.conclusion
    assert shown == later.value
    assert len(newest.annotations) == 60
    assert older.conclusion == "success"
    before = stage.count()
    forge.perform(pull.number, [check(pull.head, later, notes=60)])
    assert stage.written(before) == []


def test_another_apps_check_of_our_name_is_left_alone(stage: Stage) -> None:
    import github

    other = stage.world.create_app("impostor")
    stage.acme.install(other)
    pull = stage.pull()
    number = next(
        one.id for one in stage.world.state.installations.values()
        if one.app is other and one.account is stage.acme.account
    )  # fmt: skip
    auth = github.Auth.AppAuth(other.id, other.private_key).get_installation_auth(number)
    with github.Github(base_url=stage.world.api_url, auth=auth) as theirs:
        repository = theirs.get_repo(stage.ring.full_name)
        repository.create_check_run("cratewarden", pull.head, status="completed", conclusion="success")
    stage.forge().perform(pull.number, [check(pull.head)])
    assert sorted((run.suite.app.slug, run.status) for run in pull.checks("cratewarden")) == [
        ("cratewarden", "in_progress"),
        ("impostor", "completed"),
    ]


def test_long_texts_are_cut_to_what_github_takes(stage: Stage) -> None:
    pull = stage.pull()
    text = "```rust\n" + "é let x = 1;\n" * 20_000 + "```\n"
    long = check(pull.head, title="t" * 400, summary=text)
    stage.forge().perform(pull.number, [long, KeepComment("review", f"{MARK}\n{text}")])
    run, comment = pull.check(), pull.comments[0]
    assert run is not None
    assert run.summary is not None
    for said in (run.summary, comment.body):
        assert len(said.encode()) <= 65_535
        assert "left out" in said.rsplit("```", 1)[1]
    before = stage.count()
    stage.forge().perform(pull.number, [long, KeepComment("review", f"{MARK}\n{text}")])
    assert stage.written(before) == []


def test_nothing_is_written_to_a_commit_that_was_left(stage: Stage) -> None:
    pull = stage.pull()
    left = pull.head
    pull.push({"src/b.rs": "b\n"}, by=stage.alice)
    before = stage.count()
    stage.forge().perform(pull.number, [KeepComment("review", f"{MARK}\nold"), check(left)])
    assert stage.written(before) == []


def test_a_push_in_between_ends_the_writing(stage: Stage) -> None:
    pull = stage.pull()
    forge = stage.forge()
    slow = stage.world.disturb("slow", "POST", "/repos/*/check-runs", seconds=0.4)
    import threading

    pusher = threading.Timer(0.2, lambda: pull.push({"src/b.rs": "b\n"}, by=stage.alice))
    pusher.start()
    forge.perform(pull.number, [check(pull.head), KeepComment("review", f"{MARK}\nold")])
    pusher.join()
    assert slow.hits == 1
    assert pull.comments == []


def test_a_merge_groups_commit_is_checked_without_a_pull_request(stage: Stage) -> None:
    pull = stage.pull()
    entry = stage.ring.enqueue(pull)
    stage.forge().perform(0, [check(entry.head_sha, CheckState.SUCCESS)])
    (run,) = stage.world.checks(entry.head_sha)
    assert run.conclusion == "success"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 502, "when": "after"}, id="made, and the answer was lost"),
        pytest.param({"status": 502, "when": "before"}, id="not made"),
        pytest.param({"status": 503, "when": "after", "times": 2}, id="lost twice"),
    ],
)
@pytest.mark.parametrize("path", ["/repos/*/comments", "/repos/*/check-runs"])
def test_what_is_made_is_made_once_although_answers_are_lost(
    stage: Stage, path: str, fault: dict[str, object]
) -> None:
    pull = stage.pull()
    stage.world.fail("POST", path, **fault)  # type: ignore[arg-type]
    stage.forge().perform(pull.number, [check(pull.head, notes=60), KeepComment("review", f"{MARK}\nhello")])
    assert [one.body for one in pull.comments] == [f"{MARK}\nhello"]
    (run,) = pull.checks("cratewarden")
    assert len(run.annotations) == 60


def test_a_dropped_connection_makes_nothing_twice(stage: Stage) -> None:
    pull = stage.pull()
    stage.world.disturb("reset", "POST", "/repos/*/comments", when="after")
    stage.world.disturb("hang", "POST", "/repos/*/check-runs", seconds=0.1, when="after")
    stage.forge().perform(pull.number, [check(pull.head), KeepComment("review", f"{MARK}\nhello")])
    assert len(pull.comments) == 1
    assert len(pull.checks("cratewarden")) == 1


def test_batches_of_annotations_whose_answers_are_lost_are_not_appended_twice(stage: Stage) -> None:
    pull = stage.pull()
    stage.world.fail("PATCH", "/repos/*/check-runs/*", status=502, when="after", times=9)
    with pytest.raises(TransientError):
        stage.forge().perform(pull.number, [check(pull.head, notes=130)])
    stage.world.faults.clear()
    stage.forge().perform(pull.number, [check(pull.head, notes=130)])
    (run,) = pull.checks("cratewarden")
    assert sorted(one["start_line"] for one in run.annotations) == list(range(1, 131))


def test_of_two_comments_the_older_stays(stage: Stage) -> None:
    pull = stage.pull()
    forge = stage.forge()
    forge.perform(pull.number, [KeepComment("review", f"{MARK}\none")])
    first = pull.comments[0].id
    with stage.world.state.lock:
        from bot.sandbox.acts.comments import add

        twin = add(stage.world.state, pull.pull, stage.world.app.bot, f"{MARK}\ntwin")
        twin.app = stage.world.app
    forge.perform(pull.number, [KeepComment("review", f"{MARK}\ntwo")])
    assert [(one.id, one.body) for one in pull.comments] == [(first, f"{MARK}\ntwo")]


def test_the_marker_in_somebody_elses_comment_means_nothing(stage: Stage) -> None:
    pull = stage.pull()
    pull.comment(stage.bob, f"{MARK}\nApproved by everybody")
    stage.forge().perform(pull.number, [KeepComment("review", "hello")])
    stage.forge().perform(pull.number, [DropComment("other")])
    assert [one.body for one in pull.comments] == [f"{MARK}\nApproved by everybody", f"{MARK}\nhello"]
    stage.forge().perform(pull.number, [DropComment("review")])
    assert [one.user.login for one in pull.comments] == [stage.bob.login]
    before = stage.count()
    stage.forge().perform(pull.number, [DropComment("review")])
    assert stage.written(before) == []


def test_a_comment_beyond_the_first_page_is_found(stage: Stage) -> None:
    pull = stage.pull()
    for number in range(101):
        pull.comment(stage.bob, f"number {number}")
    forge = stage.forge()
    forge.perform(pull.number, [KeepComment("review", f"{MARK}\none")])
    forge.perform(pull.number, [KeepComment("review", f"{MARK}\ntwo")])
    assert [one.body for one in pull.comments if MARK in one.body] == [f"{MARK}\ntwo"]


def test_people_who_cannot_be_asked_do_not_keep_others_from_being_asked(stage: Stage) -> None:
    stranger = stage.world.user("stranger")
    pull = stage.pull()
    wanted = (stranger.login, stage.alice.login, stage.bob.login)
    teams = ("elsewhere/team", f"{stage.acme.login}/none")
    refused = stage.forge().perform(pull.number, [RequestReviewers(wanted, teams)])
    assert pull.requested_reviewers == [stage.bob.login]
    assert pull.requested_teams == []
    assert sorted(refused) == sorted((stranger.login, stage.alice.login, *teams))


def test_what_comes_after_somebody_who_cannot_be_asked_is_left_to_be_planned_anew(stage: Stage) -> None:
    pull = stage.pull()
    asked = RequestReviewers((stage.world.user("stranger").login,))
    comment = KeepComment("review", f"{MARK}\nstranger is asked")
    assert stage.forge().perform(pull.number, [asked, comment]) == ("stranger",)
    assert pull.comments == []
    assert stage.forge().perform(pull.number, [RequestReviewers((stage.bob.login,)), comment]) == ()
    assert len(pull.comments) == 1


def test_only_requests_that_are_there_are_withdrawn(stage: Stage) -> None:
    pull = stage.pull()
    pull.request_reviewer(stage.bob, stage.carol, by=stage.alice)
    stage.forge().perform(pull.number, [WithdrawRequests((stage.bob.login, "nobody"))])
    assert pull.requested_reviewers == [stage.carol.login]


def test_a_veto_is_never_dismissed(stage: Stage) -> None:
    pull = stage.pull()
    veto = pull.review(by=stage.bob, state="CHANGES_REQUESTED")
    before = stage.count()
    stage.forge().perform(pull.number, [DismissReview(veto.id, "out of date"), DismissReview(99, "gone")])
    assert stage.written(before) == []
    assert [one.state for one in pull.reviews] == ["CHANGES_REQUESTED"]


def test_a_label_that_is_there_in_other_letters_is_there(stage: Stage) -> None:
    pull = stage.pull()
    pull.label("Unsafe", "OLD", by=stage.bob)
    stage.forge().perform(pull.number, [SetLabels(("unsafe",), ("old",))])
    assert pull.labels == ["Unsafe"]


def test_an_action_whose_target_is_gone_is_passed_over(stage: Stage) -> None:
    pull = stage.pull()
    stage.forge().perform(pull.number, [React(99, "+1"), KeepComment("review", f"{MARK}\nhello")])
    assert len(pull.comments) == 1


def test_what_is_refused_does_not_keep_the_rest_from_being_done(stage: Stage) -> None:
    granted = stage.world.app.permissions
    pull = stage.pull()
    level = granted.pop("checks")
    try:
        with closing(App(stage.app.address, stage.credentials, QUICK)) as app:
            forge = app.forge(stage.installation.id, stage.ring.full_name)
            with pytest.raises(RefusedError, match=r"lacks a permission \(read checks\)") as caught:
                forge.perform(pull.number, [check(pull.head), KeepComment("review", f"{MARK}\nhello")])
    finally:
        granted["checks"] = level
    assert caught.value.status == 403
    assert len(pull.comments) == 1
