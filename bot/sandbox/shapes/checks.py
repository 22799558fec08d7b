"""Check runs, check suites and statuses."""

from __future__ import annotations

from bot.sandbox.clock import stamp, stamp_or_none
from bot.sandbox.model import CheckRun, CheckSuite, Json, Pull, Status
from bot.sandbox.shapes.accounts import account_json
from bot.sandbox.shapes.apps import app_json
from bot.sandbox.shapes.commits import simple_commit_json
from bot.sandbox.shapes.links import html, repo_api
from bot.sandbox.shapes.pulls import short_pull_json
from bot.sandbox.shapes.repositories import short_repository_json
from bot.sandbox.state import State, node_id


def check_json(state: State, run: CheckRun) -> Json:
    """A check run. Pull requests of forks are not listed, as on GitHub."""
    repository = run.suite.repository
    url = repo_api(state, repository, f"/check-runs/{run.id}")
    page = html(state, f"/{repository.full_name}/runs/{run.id}")
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CR", run.id),
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": page,
        "details_url": run.details_url or run.suite.app.webhook_url or page,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": stamp(run.started_at),
        "completed_at": stamp_or_none(run.completed_at),
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.suite.id},
        "app": app_json(state, run.suite.app),
        "pull_requests": [short_pull_json(state, one) for one in pulls_of(state, run.suite)],
    }


def hook_check_json(state: State, run: CheckRun) -> Json:
    """A check run as webhooks show it: with the heart of its suite."""
    return check_json(state, run) | {"check_suite": _short_suite_json(state, run.suite)}


def suite_json(state: State, suite: CheckSuite) -> Json:
    """A check suite."""
    repository = suite.repository
    url = repo_api(state, repository, f"/check-suites/{suite.id}")
    runs = [one for one in repository.checks if one.suite is suite]
    return _short_suite_json(state, suite) | {
        "repository": short_repository_json(state, repository),
        "head_commit": simple_commit_json(repository.git.read_commit(suite.head_sha)),
        "latest_check_runs_count": len({one.name for one in runs}),
        "check_runs_url": f"{url}/check-runs",
    }


def hook_suite_json(state: State, suite: CheckSuite) -> Json:
    """A check suite as webhooks show it."""
    shown = suite_json(state, suite)
    del shown["repository"]
    return shown


def pulls_of(state: State, suite: CheckSuite) -> list[Pull]:
    """The open pull requests of the repository itself whose head is the suite's commit."""
    repository = suite.repository
    return [
        one
        for one in state.pulls(repository)
        if one.state == "open" and one.head_sha == suite.head_sha and one.source is repository
    ]


def suite_result(suite: CheckSuite) -> tuple[str, str | None]:
    """Status and conclusion of a suite, out of its newest runs of each name."""
    newest = {one.name: one for one in suite.repository.checks if one.suite is suite}
    if not newest:
        return "queued", None
    if any(one.status != "completed" for one in newest.values()):
        return "in_progress", None
    conclusions = {one.conclusion for one in newest.values()}
    order = ("action_required", "failure", "timed_out", "cancelled", "stale", "success", "neutral", "skipped")
    return "completed", next(one for one in order if one in conclusions)


def annotation_json(state: State, run: CheckRun, annotation: Json) -> Json:
    """An annotation as GitHub gives it back."""
    repository = run.suite.repository
    path = annotation["path"]
    return {
        "path": path,
        "blob_href": repo_api(state, repository, f"/contents/{path}?ref={run.head_sha}"),
        "start_line": annotation["start_line"],
        "start_column": annotation.get("start_column"),
        "end_line": annotation["end_line"],
        "end_column": annotation.get("end_column"),
        "annotation_level": annotation["annotation_level"],
        "title": annotation.get("title"),
        "message": annotation["message"],
        "raw_details": annotation.get("raw_details"),
    }


def status_json(state: State, status: Status, url: str) -> Json:
    """A commit status."""
    return {
        "url": url,
        "avatar_url": None,
        "id": status.id,
        "node_id": node_id("SC", status.id),
        "state": status.state,
        "description": status.description,
        "target_url": status.target_url,
        "context": status.context,
        "created_at": stamp(status.created_at),
        "updated_at": stamp(status.created_at),
        "creator": account_json(state, status.creator),
    }


def _short_suite_json(state: State, suite: CheckSuite) -> Json:
    status, conclusion = suite_result(suite)
    return {
        "id": suite.id,
        "node_id": node_id("CS", suite.id),
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": status,
        "conclusion": conclusion,
        "url": repo_api(state, suite.repository, f"/check-suites/{suite.id}"),
        "before": suite.before,
        "after": suite.head_sha,
        "pull_requests": [short_pull_json(state, one) for one in pulls_of(state, suite)],
        "app": app_json(state, suite.app),
        "created_at": stamp(suite.created_at),
        "updated_at": stamp(suite.updated_at),
    }
