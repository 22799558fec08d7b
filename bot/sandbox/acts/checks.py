"""Check runs and suites."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.events import emit
from bot.sandbox.model import Account, App, CheckRun, CheckSuite, Json, Repository
from bot.sandbox.registry import Refusal, invalid
from bot.sandbox.shapes.checks import hook_check_json, hook_suite_json
from bot.sandbox.state import State

# GitHub's limit for the annotations of one request (docs: "Check runs").
ANNOTATIONS = 50


def suite_for(
    state: State,
    repository: Repository,
    app: App,
    sha: str,
    *,
    branch: str | None = None,
    before: str | None = None,
) -> CheckSuite:
    """The App's suite on a commit; made if there is none yet."""
    for suite in repository.suites:
        if suite.app is app and suite.head_sha == sha:
            return suite
    now = state.now()
    if branch is None:
        heads = repository.git.refs("refs/heads/")
        names = [name.removeprefix("refs/heads/") for name, tip in sorted(heads.items()) if tip == sha]
        branch = names[0] if names else None
    suite = CheckSuite(state.new_id(), repository, app, sha, branch, before, now, now)
    repository.suites.append(suite)
    return suite


def create_run(state: State, repository: Repository, app: App, body: Json) -> CheckRun:
    """A new check run out of a request's body.

    Raises:
        Refusal: no such commit, too many annotations, or a completed run without conclusion.
    """
    sha = str(body.get("head_sha", ""))
    if not body.get("name"):
        raise Refusal(422, 'Invalid request.\n\n"name" wasn\'t supplied.')
    if repository.git.kind(sha) != "commit":
        raise Refusal(422, f"No commit found for SHA: {sha}")
    _check_output(body)
    run = CheckRun(
        id=state.new_id(),
        suite=suite_for(state, repository, app, sha),
        name=str(body["name"]),
        head_sha=sha,
        status="queued",
        started_at=state.now(),
    )
    _apply(state, run, body)
    repository.checks.append(run)
    tell(state, run, "created", app.bot)
    _completed(state, run, app.bot, was=None)
    return run


def update_run(state: State, run: CheckRun, body: Json) -> None:
    """Change a run; annotations are added to those it has.

    Raises:
        Refusal: as for a new one.
    """
    _check_output(body)
    was = run.conclusion if run.status == "completed" else None
    _apply(state, run, body)
    _completed(state, run, run.suite.app.bot, was=was)


def rerequest_run(state: State, run: CheckRun, actor: Account) -> None:
    """Somebody pressed "Re-run": the run waits again, and its App is asked."""
    run.status, run.conclusion, run.completed_at = "queued", None, None
    tell(state, run, "rerequested", actor)


def request_action(state: State, run: CheckRun, identifier: str, actor: Account) -> None:
    """Somebody pressed one of the run's buttons."""
    if all(one["identifier"] != identifier for one in run.actions):
        raise invalid("CheckRun", "identifier", "no such action")
    tell(state, run, "requested_action", actor, requested_action={"identifier": identifier})


def rerequest_suite(state: State, suite: CheckSuite, actor: Account) -> None:
    """Somebody pressed "Re-run all checks"."""
    for run in suite.repository.checks:
        if run.suite is suite:
            run.status, run.conclusion, run.completed_at = "queued", None, None
    emit(
        state,
        "check_suite",
        "rerequested",
        actor,
        repository=suite.repository,
        only=suite.app,
        check_suite=hook_suite_json(state, suite),
    )


def tell(state: State, run: CheckRun, action: str, sender: Account, **parts: Any) -> None:
    """The webhook `check_run`; requests of people go to the run's own App only (docs: "check_run")."""
    emit(
        state,
        "check_run",
        action,
        sender,
        repository=run.suite.repository,
        only=run.suite.app if action in {"rerequested", "requested_action"} else None,
        check_run=hook_check_json(state, run),
        **parts,
    )


def _completed(state: State, run: CheckRun, actor: Account, *, was: str | None) -> None:
    from bot.sandbox.acts.queue import settle

    if run.status == "completed" and was != run.conclusion:
        tell(state, run, "completed", actor)
        settle(state, run.suite.repository, actor)


def _check_output(body: Json) -> None:
    output = body.get("output") or {}
    if len(output.get("annotations") or ()) > ANNOTATIONS:
        said = "No more than 50 items are allowed; 51 or more were supplied."
        raise Refusal(422, f"Invalid request.\n\n{said}")
    if body.get("status") == "completed" and not body.get("conclusion"):
        raise Refusal(
            422, 'Invalid request.\n\nNo subschema in "anyOf" matched.\n"conclusion" wasn\'t supplied.'
        )
    for name in ("summary", "text"):
        if len(str(output.get(name) or "")) > 65535:
            raise Refusal(422, f"Invalid request.\n\nOnly 65535 characters are allowed; {name} is longer.")


def _apply(state: State, run: CheckRun, body: Json) -> None:
    for name in ("name", "external_id", "details_url"):
        if body.get(name) is not None:
            setattr(run, name, str(body[name]))
    if body.get("started_at"):
        run.started_at = datetime.fromisoformat(body["started_at"])
    if body.get("status"):
        run.status = str(body["status"])
        if run.status != "completed":
            run.conclusion, run.completed_at = None, None
    if body.get("conclusion"):
        run.status, run.conclusion = "completed", str(body["conclusion"])
        given = body.get("completed_at")
        run.completed_at = datetime.fromisoformat(given) if given else state.now()
    if "actions" in body:
        run.actions = list(body["actions"])
    output = body.get("output") or {}
    for name in ("title", "summary", "text"):
        if name in output:
            setattr(run, name, output[name])
    run.annotations += output.get("annotations") or []
    run.suite.updated_at = state.now()
