"""What follows when a ref moves: webhooks, check suites, pull requests that get new commits or are merged by it."""

from __future__ import annotations

from bot.sandbox.acts.checks import suite_for
from bot.sandbox.acts.pulls import mark_merged, synchronize
from bot.sandbox.events import emit, hears
from bot.sandbox.model import Account, Json, Move, Repository
from bot.sandbox.objects import NOTHING
from bot.sandbox.shapes.checks import hook_suite_json
from bot.sandbox.shapes.commits import hook_commit_json
from bot.sandbox.shapes.links import html
from bot.sandbox.state import State

# GitHub's limit for the commits in one webhook (docs: "push").
COMMITS = 2048


def move(state: State, repository: Repository, ref: str, sha: str | None, actor: Account) -> None:
    """Point a ref somewhere, and let everything follow."""
    before = repository.git.refs(ref).get(ref)
    if before != sha:
        repository.git.move(ref, sha)
        moved(state, repository, ref, before, sha, actor)


def moved(
    state: State, repository: Repository, ref: str, before: str | None, after: str | None, actor: Account
) -> None:
    """A ref (full name) has moved from one commit to another; None stands for not being there."""
    kind, _, name = ref.removeprefix("refs/").partition("/")
    if kind not in {"heads", "tags"}:
        return
    _tell_push(state, repository, ref, before, after, actor)
    if kind != "heads":
        return
    _record(state, repository, ref, before, after, actor)
    if after is not None:
        _request_suites(state, repository, name, before, after, actor)
    for pull in list(state.all_pulls()):
        if pull.state != "open":
            continue
        if pull.source is repository and pull.head_ref == name and after is not None:
            synchronize(state, pull, after, actor)
        elif (
            pull.repository is repository
            and pull.base_ref == name
            and after is not None
            and repository.git.contains(pull.head_sha, after)
        ):
            mark_merged(state, pull, actor, after)


def _record(
    state: State, repository: Repository, ref: str, before: str | None, after: str | None, actor: Account
) -> None:
    """Keep it for the repository's activity."""
    if before is None or after is None:
        kind = "branch_deletion" if after is None else "branch_creation"
    else:
        kind = "push" if repository.git.contains(before, after) else "force_push"
    move = Move(state.new_id(), ref, before or NOTHING, after or NOTHING, kind, actor, state.now())
    repository.moves.append(move)


def _tell_push(
    state: State, repository: Repository, ref: str, before: str | None, after: str | None, actor: Account
) -> None:
    git = repository.git
    commits = []
    if after is not None and ref.startswith("refs/heads/"):
        start = before
        if start is None and (trunk := git.branch(repository.default_branch)) and trunk != after:
            start = git.merge_base(trunk, after)
        commits = git.read_commits(git.between(start, after)[-COMMITS:])
    touched = git.touched([one.sha for one in commits] + ([after] if after else []))
    shown = [hook_commit_json(state, repository, one, touched[one.sha]) for one in commits]
    head = hook_commit_json(state, repository, git.read_commit(after), touched[after]) if after else None
    forced = bool(before and after and not git.contains(before, after))
    emit(
        state,
        "push",
        None,
        actor,
        repository=repository,
        ref=ref,
        before=before or NOTHING,
        after=after or NOTHING,
        created=before is None,
        deleted=after is None,
        forced=forced,
        base_ref=None,
        compare=html(
            state, f"/{repository.full_name}/compare/{(before or NOTHING)[:12]}...{(after or NOTHING)[:12]}"
        ),
        commits=shown,
        head_commit=head,
        pusher={"name": actor.login, "email": actor.emails[0] if actor.emails else None},
    )
    if before is None or after is None:
        kind, _, name = ref.removeprefix("refs/").partition("/")
        facts: Json = {"ref": name, "ref_type": "branch" if kind == "heads" else "tag", "pusher_type": "user"}
        if before is None:
            facts |= {"master_branch": repository.default_branch, "description": None}
        emit(state, "create" if before is None else "delete", None, actor, repository=repository, **facts)


def _request_suites(
    state: State, repository: Repository, branch: str, before: str | None, after: str, actor: Account
) -> None:
    """GitHub asks every App with write access to checks for a suite at each push."""
    for installation in state.installations_on(repository):
        app = installation.app
        if app.permissions.get("checks") != "write" or not hears(app, "check_suite"):
            continue
        if any(one.app is app and one.head_sha == after for one in repository.suites):
            continue
        suite = suite_for(state, repository, app, after, branch=branch, before=before)
        emit(
            state,
            "check_suite",
            "requested",
            actor,
            repository=repository,
            only=app,
            check_suite=hook_suite_json(state, suite),
        )
