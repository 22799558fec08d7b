"""Pull requests, their commits and files, and merging."""

from __future__ import annotations

from bot.sandbox.acts.pulls import Proposal, close, edit, find_pull, merge, open_pull, reopen
from bot.sandbox.model import Pull
from bot.sandbox.paging import paged
from bot.sandbox.registry import Answer, Call, Refusal, endpoint, invalid, not_found
from bot.sandbox.shapes.commits import commit_json, file_json
from bot.sandbox.shapes.pulls import full_pull_json, pull_json

_READ, _WRITE = ("pull_requests", "read"), ("pull_requests", "write")
# GitHub's limits for the lists of one pull request (docs: "Pull requests").
COMMITS = 250
FILES = 3000


def _pull(call: Call) -> Pull:
    return find_pull(call.repo, call.number("pull_number"))


@endpoint("GET", "/repos/{owner}/{repo}/pulls", _READ)
def list_pulls(call: Call) -> Answer:
    """Pull requests, newest first unless asked otherwise."""
    query = call.query
    wanted = query.get("state", "open")
    found = [
        one
        for one in call.state.pulls(call.repo)
        if wanted in ("all", one.state)
        and query.get("base", one.base_ref) == one.base_ref
        and ("head" not in query or query["head"] == f"{_head_owner(one)}:{one.head_ref}")
    ]
    by_update = query.get("sort") == "updated"
    descending = query.get("direction", "asc" if "sort" in query and not by_update else "desc") == "desc"
    found.sort(
        key=lambda one: (one.updated_at if by_update else one.created_at, one.number), reverse=descending
    )
    return paged(call, found, lambda one: pull_json(call.state, one))


def _head_owner(pull: Pull) -> str:
    return pull.head_owner.login if pull.head_owner else "unknown"


@endpoint("POST", "/repos/{owner}/{repo}/pulls", _WRITE, level="read")
def create_pull(call: Call) -> Answer:
    """Open one; ``head`` is a branch, or ``owner:branch`` of a fork."""
    owner, _, branch = call.text("head").rpartition(":")
    source = call.repo
    if owner and owner.lower() != call.repo.owner.login.lower():
        forks = [
            one
            for one in call.state.live_repositories()
            if one.parent is call.repo and one.owner.login.lower() == owner.lower()
        ]
        if not forks:
            raise invalid("PullRequest", "head", "head is invalid")
        source = forks[0]
    if not call.text("title"):
        raise invalid("PullRequest", "title", "title is missing", code="missing_field")
    pull = open_pull(
        call.state,
        call.repo,
        call.actor,
        Proposal(
            source,
            branch,
            call.text("base"),
            call.text("title"),
            call.body.get("body"),
            draft=bool(call.body.get("draft")),
        ),
    )
    return Answer(full_pull_json(call.state, pull), 201)


@endpoint("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", _READ)
def get_pull(call: Call) -> Answer:
    """One pull request, or its difference when that media type is asked for."""
    pull = _pull(call)
    accept = call.headers.get("accept", "")
    if "diff" in accept or "patch" in accept:
        git = call.repo.git
        base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
        data = git.run("diff", "--no-color", "--no-ext-diff", base, pull.head_sha, "--")
        return Answer(raw=data, media_type="application/vnd.github.v3.diff; charset=utf-8")
    return Answer(full_pull_json(call.state, pull))


@endpoint("PATCH", "/repos/{owner}/{repo}/pulls/{pull_number}", _WRITE)
def update_pull(call: Call) -> Answer:
    """Change title, body, base or state."""
    pull, body = _pull(call), call.body
    edit(
        call.state,
        pull,
        call.actor,
        title=body.get("title"),
        body=body.get("body"),
        base=body.get("base"),
    )
    if body.get("state") == "closed":
        close(call.state, pull, call.actor)
    elif body.get("state") == "open":
        reopen(call.state, pull, call.actor)
    return Answer(full_pull_json(call.state, pull))


@endpoint("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/commits", _READ)
def list_commits(call: Call) -> Answer:
    """Its commits, oldest first; no more than 250 are ever listed."""
    pull, git = _pull(call), call.repo.git
    found = git.between(pull.base_sha, pull.head_sha, COMMITS)
    git.read_commits(found)  # all at once, so that each is known below
    return paged(call, found, lambda one: commit_json(call.state, call.repo, git.read_commit(one)))


@endpoint("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files", _READ)
def list_files(call: Call) -> Answer:
    """Its changed files; no more than 3,000 are ever listed."""
    pull, git = _pull(call), call.repo.git
    base = git.merge_base(pull.base_sha, pull.head_sha)
    found = git.changed_files(base, pull.head_sha)[:FILES]
    return paged(call, found, lambda one: file_json(call.state, call.repo, one, pull.head_sha))


@endpoint("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/comments", _READ)
def list_review_comments(call: Call) -> Answer:
    """Comments on lines: the sandbox has none."""
    _pull(call)
    return Answer([])


@endpoint("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", _READ)
def check_merged(call: Call) -> Answer:
    """204 for a merged pull request, 404 for others."""
    if _pull(call).merged_at is None:
        raise not_found()
    return Answer(status=204)


@endpoint("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", ("contents", "write"))
def merge_pull(call: Call) -> Answer:
    """Merge; 405 while a required check does not pass."""
    if call.body.get("merge_method", "merge") != "merge":
        raise Refusal(405, "Only merge commits are allowed on this repository.")
    sha = merge(call.state, _pull(call), call.actor, expected=call.body.get("sha"))
    return Answer({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})
