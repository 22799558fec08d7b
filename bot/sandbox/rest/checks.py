"""Check runs, check suites, statuses and code scanning uploads."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib

from bot.sandbox.acts import checks as acts
from bot.sandbox.model import CheckRun, CheckSuite, Json, Sarif, Status
from bot.sandbox.paging import page_numbers, paged
from bot.sandbox.registry import Answer, Call, Refusal, endpoint, not_found
from bot.sandbox.shapes.checks import annotation_json, check_json, status_json, suite_json
from bot.sandbox.shapes.links import repo_api
from bot.sandbox.shapes.repositories import short_repository_json

_READ, _WRITE = ("checks", "read"), ("checks", "write")
_RUN = "/repos/{owner}/{repo}/check-runs/{check_run_id}"
_SUITE = "/repos/{owner}/{repo}/check-suites/{check_suite_id}"
# GitHub's limit in bytes for an upload, unpacked here so that a bomb stays small.
SARIF = 64 << 20


def _run(call: Call) -> CheckRun:
    number = call.number("check_run_id")
    for one in call.repo.checks:
        if one.id == number:
            return one
    raise not_found()


def _own(call: Call) -> CheckRun:
    run = _run(call)
    if run.suite.app is not call.caller.app:
        raise Refusal(
            403, "Invalid app_id `" + str(run.suite.app.id) + "` - check run can only be modified by its app"
        )
    return run


def _suite(call: Call) -> CheckSuite:
    number = call.number("check_suite_id")
    for one in call.repo.suites:
        if one.id == number:
            return one
    raise not_found()


@endpoint("POST", "/repos/{owner}/{repo}/check-runs", _WRITE)
def create_run(call: Call) -> Answer:
    """A new check run; only Apps may."""
    if call.caller.app is None:
        raise Refusal(403, "You must authenticate via a GitHub App.")
    run = acts.create_run(call.state, call.repo, call.caller.app, call.body)
    return Answer(check_json(call.state, run), 201)


@endpoint("PATCH", _RUN, _WRITE)
def update_run(call: Call) -> Answer:
    """Change one; only the App that made it may."""
    run = _own(call)
    acts.update_run(call.state, run, call.body)
    return Answer(check_json(call.state, run))


@endpoint("GET", _RUN, _READ)
def get_run(call: Call) -> Answer:
    """One of them."""
    return Answer(check_json(call.state, _run(call)))


@endpoint("GET", _RUN + "/annotations", _READ)
def list_annotations(call: Call) -> Answer:
    """All annotations that were appended to it."""
    run = _run(call)
    return paged(call, run.annotations, lambda one: annotation_json(call.state, run, one))


@endpoint("POST", _RUN + "/rerequest", _WRITE)
def rerequest_run(call: Call) -> Answer:
    """Ask its App to check again."""
    acts.rerequest_run(call.state, _run(call), call.actor)
    return Answer({}, 201)


@endpoint("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", _READ)
def list_runs(call: Call) -> Answer:
    """The check runs of a commit; the newest of each name and App unless all are asked for."""
    sha = _sha(call)
    return _runs(call, call.state.check_runs(call.repo, sha))


@endpoint("GET", _SUITE + "/check-runs", _READ)
def list_suite_runs(call: Call) -> Answer:
    """The check runs of a suite."""
    suite = _suite(call)
    return _runs(call, [one for one in reversed(call.repo.checks) if one.suite is suite])


def _runs(call: Call, runs: list[CheckRun]) -> Answer:
    query = call.query
    if query.get("filter", "latest") == "latest":
        newest: dict[tuple[int, str], CheckRun] = {}
        for one in runs:
            newest.setdefault((one.suite.id, one.name), one)
        runs = list(newest.values())
    runs = [
        one
        for one in runs
        if query.get("check_name", one.name) == one.name
        and query.get("app_id", str(one.suite.app.id)) == str(one.suite.app.id)
        and query.get("status", one.status) == one.status
    ]
    return paged(call, runs, lambda one: check_json(call.state, one), "check_runs")


@endpoint("GET", "/repos/{owner}/{repo}/commits/{ref}/check-suites", _READ)
def list_suites(call: Call) -> Answer:
    """The check suites of a commit."""
    sha = _sha(call)
    wanted = call.query.get("app_id")
    found = [one for one in call.repo.suites if one.head_sha == sha and wanted in (None, str(one.app.id))]
    return paged(call, found, lambda one: suite_json(call.state, one), "check_suites")


@endpoint("GET", _SUITE, _READ)
def get_suite(call: Call) -> Answer:
    """One of them."""
    return Answer(suite_json(call.state, _suite(call)))


@endpoint("POST", _SUITE + "/rerequest", _WRITE)
def rerequest_suite(call: Call) -> Answer:
    """Ask its App to check everything again."""
    acts.rerequest_suite(call.state, _suite(call), call.actor)
    return Answer({}, 201)


def _sha(call: Call) -> str:
    ref, git = call.path["ref"], call.repo.git
    sha = git.branch(ref) or git.resolve(ref)
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {ref}")
    return sha


# --- statuses ---


@endpoint("POST", "/repos/{owner}/{repo}/statuses/{sha}", ("statuses", "write"))
def create_status(call: Call) -> Answer:
    """A status on a commit; anybody with write access may, under any name."""
    sha = call.path["sha"]
    if call.repo.git.kind(sha) != "commit":
        raise Refusal(422, f"No commit found for SHA: {sha}")
    status = Status(
        id=call.state.new_id(),
        sha=sha,
        state=call.text("state"),
        context=call.text("context", "default"),
        description=call.body.get("description"),
        target_url=call.body.get("target_url"),
        creator=call.actor,
        created_at=call.state.now(),
    )
    call.repo.statuses.append(status)
    return Answer(_status(call, status), 201)


def _status(call: Call, status: Status) -> Json:
    return status_json(call.state, status, repo_api(call.state, call.repo, f"/statuses/{status.sha}"))


@endpoint("GET", "/repos/{owner}/{repo}/commits/{ref}/statuses", ("statuses", "read"))
def list_statuses(call: Call) -> Answer:
    """All statuses of a commit, newest first."""
    sha = _sha(call)
    found = [one for one in reversed(call.repo.statuses) if one.sha == sha]
    return paged(call, found, lambda one: _status(call, one))


@endpoint("GET", "/repos/{owner}/{repo}/commits/{ref}/status", ("statuses", "read"))
def get_combined_status(call: Call) -> Answer:
    """The newest status of each name, and what they come to together."""
    sha = _sha(call)
    newest = {one.context: one for one in call.repo.statuses if one.sha == sha}
    states = {one.state for one in newest.values()}
    overall = "failure" if states & {"failure", "error"} else "pending"
    if states == {"success"}:
        overall = "success"
    page, size = page_numbers(call)
    shown = [_status(call, one) for one in newest.values()]
    return Answer(
        {
            "state": overall,
            "statuses": shown[(page - 1) * size : page * size],
            "sha": sha,
            "total_count": len(shown),
            "repository": short_repository_json(call.state, call.repo),
            "commit_url": repo_api(call.state, call.repo, f"/commits/{sha}"),
            "url": repo_api(call.state, call.repo, f"/commits/{sha}/status"),
        }
    )


# --- code scanning ---


@endpoint("POST", "/repos/{owner}/{repo}/code-scanning/sarifs", ("security_events", "write"))
def upload_sarif(call: Call) -> Answer:
    """An analysis: SARIF, packed with gzip and written in base64."""
    commit, ref = call.text("commit_sha"), call.text("ref")
    if call.repo.git.kind(commit) != "commit" or not ref.startswith("refs/"):
        raise Refusal(400, "commit_sha or ref is invalid")
    document = _unpacked(call.text("sarif"))
    sarif = Sarif(call.state.new_guid(), commit, ref, document, call.state.now())
    call.repo.sarifs.append(sarif)
    shown = {
        "id": sarif.id,
        "url": repo_api(call.state, call.repo, f"/code-scanning/sarifs/{sarif.id}"),
    }
    return Answer(shown, 202)


@endpoint("GET", "/repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}", ("security_events", "read"))
def get_sarif(call: Call) -> Answer:
    """What became of an upload."""
    if all(one.id != call.path["sarif_id"] for one in call.repo.sarifs):
        raise not_found()
    analyses = repo_api(call.state, call.repo, f"/code-scanning/analyses?sarif_id={call.path['sarif_id']}")
    return Answer({"processing_status": "complete", "analyses_url": analyses})


def _unpacked(text: str) -> Json:
    try:
        packed = base64.b64decode(text, validate=True)
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        data = unpacker.decompress(packed, SARIF)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise Refusal(413, "The sarif payload is too large")
        document = json.loads(data)
    except (binascii.Error, zlib.error, gzip.BadGzipFile, ValueError) as error:
        raise Refusal(400, "sarif field is not valid: it must be gzipped and base64 encoded") from error
    if not isinstance(document, dict) or document.get("version") != "2.1.0" or "runs" not in document:
        raise Refusal(400, "sarif is not a SARIF 2.1.0 document")
    return document
