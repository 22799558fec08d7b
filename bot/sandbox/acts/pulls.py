"""Pull requests: open, new commits, edits, drafts, close, reopen, merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.sandbox.acts.history import record
from bot.sandbox.events import emit
from bot.sandbox.model import Account, Issue, Pull, Repository, RequiredCheck
from bot.sandbox.objects import Person
from bot.sandbox.registry import Refusal, invalid, not_found
from bot.sandbox.shapes.issues import issue_json
from bot.sandbox.shapes.pulls import full_pull_json
from bot.sandbox.state import State

# What lets a required check pass (docs: "About protected branches", required status checks).
PASSING = frozenset({"success", "neutral", "skipped"})


def tell(state: State, pull: Pull, action: str, sender: Account, **parts: Any) -> None:
    """The webhook `pull_request`."""
    emit(
        state,
        "pull_request",
        action,
        sender,
        repository=pull.repository,
        number=pull.number,
        pull_request=full_pull_json(state, pull),
        **parts,
    )


def open_issue(state: State, repository: Repository, user: Account, title: str, body: str | None) -> Issue:
    """A new issue that is no pull request."""
    repository.number += 1
    now = state.now()
    issue = Issue(state.new_id(), repository, repository.number, title, body, user, now, now)
    issue.association = state.association(repository, user, issue)
    repository.issues[issue.number] = issue
    emit(state, "issues", "opened", user, repository=repository, issue=issue_json(state, issue))
    return issue


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a new pull request says: the branch ``head`` of ``source`` is to go into ``base``."""

    source: Repository
    head: str
    base: str
    title: str
    body: str | None = None
    draft: bool = False


def open_pull(state: State, repository: Repository, user: Account, proposal: Proposal) -> Pull:
    """A new pull request.

    Raises:
        Refusal: a branch is missing, there is nothing between them, or the same one is open already.
    """
    source, head, base = proposal.source, proposal.head, proposal.base
    head_sha = source.git.branch(head)
    base_sha = repository.git.branch(base)
    if head_sha is None:
        raise invalid("PullRequest", "head", "head is invalid")
    if base_sha is None:
        raise invalid("PullRequest", "base", "base is invalid")
    for other in state.pulls(repository):
        if other.state == "open" and (other.source, other.head_ref, other.base_ref) == (source, head, base):
            said = f"A pull request already exists for {source.owner.login}:{head}."
            raise Refusal(
                422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": said}]
            )
    repository.number += 1
    number = repository.number
    _bring(repository, source, head_sha, number)
    if repository.git.contains(head_sha, base_sha):
        repository.number -= 1
        repository.git.move(f"refs/pull/{number}/head", None)
        said = f"No commits between {base} and {head}"
        raise Refusal(
            422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": said}]
        )
    now = state.now()
    pull = Pull(
        id=state.new_id(),
        repository=repository,
        number=number,
        title=proposal.title,
        body=proposal.body,
        user=user,
        created_at=now,
        updated_at=now,
        pull_id=state.new_id(),
        source=source,
        head_owner=source.owner,
        head_ref=head,
        head_sha=head_sha,
        base_ref=base,
        base_sha=base_sha,
        draft=proposal.draft,
    )
    pull.association = state.association(repository, user, pull)
    repository.issues[number] = pull
    refresh_merge(state, pull)
    tell(state, pull, "opened", user)
    return pull


def synchronize(state: State, pull: Pull, head_sha: str, actor: Account) -> None:
    """The head branch has moved."""
    before = pull.head_sha
    if before == head_sha or pull.source is None:
        return
    forced = not pull.source.git.contains(before, head_sha) if pull.source.git.resolve(before) else True
    _bring(pull.repository, pull.source, head_sha, pull.number)
    pull.head_sha = head_sha
    pull.base_sha = pull.repository.git.branch(pull.base_ref) or pull.base_sha
    if forced:
        record(state, pull, "head_ref_force_pushed", actor, commit=head_sha)
    pull.updated_at = state.now()
    refresh_merge(state, pull)
    tell(state, pull, "synchronize", actor, before=before, after=head_sha)


def edit(
    state: State,
    pull: Pull,
    actor: Account,
    *,
    title: str | None = None,
    body: str | None = None,
    base: str | None = None,
) -> None:
    """Change what a pull request says, or the branch it wants to go into.

    Raises:
        Refusal: there is no such base branch.
    """
    changes: dict[str, Any] = {}
    if title is not None and title != pull.title:
        changes["title"] = {"from": pull.title}
        record(state, pull, "renamed", actor, rename={"from": pull.title, "to": title})
        pull.title = title
    if body is not None and body != pull.body:
        changes["body"] = {"from": pull.body or ""}
        pull.body = body
    if base is not None and base != pull.base_ref:
        tip = pull.repository.git.branch(base)
        if tip is None:
            raise invalid("PullRequest", "base", f"Proposed base branch '{base}' was not found")
        changes["base"] = {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}
        pull.base_ref, pull.base_sha = base, tip
        record(state, pull, "base_ref_changed", actor)
        refresh_merge(state, pull)
    if changes:
        pull.updated_at = state.now()
        tell(state, pull, "edited", actor, changes=changes)


def set_draft(state: State, pull: Pull, actor: Account, *, draft: bool) -> None:
    """Ready for review, or a draft again."""
    if pull.draft != draft:
        pull.draft = draft
        action = "converted_to_draft" if draft else "ready_for_review"
        record(state, pull, "convert_to_draft" if draft else "ready_for_review", actor)
        tell(state, pull, action, actor)


def close(state: State, pull: Pull, actor: Account) -> None:
    """Close without a merge."""
    if pull.state == "open":
        _close(state, pull, actor)
        tell(state, pull, "closed", actor)


def reopen(state: State, pull: Pull, actor: Account) -> None:
    """Open again what was closed and not merged.

    Raises:
        Refusal: it was merged, or its head repository or branch is gone.
    """
    tip = pull.source.git.branch(pull.head_ref) if pull.source else None
    if pull.merged_at or tip is None:
        raise invalid("PullRequest", "state", "state cannot be changed. The pull request cannot be reopened.")
    if pull.state == "closed":
        pull.state, pull.closed_at, pull.closed_by = "open", None, None
        record(state, pull, "reopened", actor)
        tell(state, pull, "reopened", actor)
        synchronize(state, pull, tip, actor)


def merge(state: State, pull: Pull, actor: Account, *, expected: str | None = None) -> str:
    """Merge with a merge commit; gives its id.

    Raises:
        Refusal: 405 while it may not be merged, 409 if its head is not the expected commit.
    """
    from bot.sandbox.acts.pushes import moved

    repository, git = pull.repository, pull.repository.git
    if not state.may(repository, actor, "write") and actor.kind == "User":
        raise Refusal(403, "Must have push access to repository.")
    if pull.state != "open" or pull.draft:
        raise Refusal(405, "Pull Request is still a draft" if pull.draft else "Pull Request is not mergeable")
    if expected is not None and expected != pull.head_sha:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    if faults := unmet_checks(repository, pull.base_ref, pull.head_sha):
        raise Refusal(405, " ".join(faults))
    tip = git.branch(pull.base_ref) or pull.base_sha
    sha = merge_commit(state, pull, tip, actor)
    if sha is None:
        raise Refusal(405, "Pull Request is not mergeable")
    git.move(f"refs/heads/{pull.base_ref}", sha)
    mark_merged(state, pull, actor, sha)
    moved(state, repository, f"refs/heads/{pull.base_ref}", tip, sha, actor)
    return sha


def merge_commit(state: State, pull: Pull, onto: str, actor: Account) -> str | None:
    """A commit that merges a pull request's head onto a commit; None if they conflict."""
    git = pull.repository.git
    tree = git.merged_tree(onto, pull.head_sha)
    if tree is None:
        return None
    owner = pull.head_owner.login if pull.head_owner else "unknown"
    return git.commit_tree(
        tree,
        [onto, pull.head_sha],
        author=identity(actor),
        message=f"Merge pull request #{pull.number} from {owner}/{pull.head_ref}\n\n{pull.title}\n",
        when=state.now(),
    )


def mark_merged(state: State, pull: Pull, actor: Account, sha: str) -> None:
    """A pull request's head has come into its base branch."""
    if pull.state != "open":
        return
    pull.merged_at, pull.merged_by, pull.merge_commit = state.now(), actor, sha
    record(state, pull, "merged", actor, commit=sha)
    _close(state, pull, actor)
    tell(state, pull, "closed", actor)


def unmet_checks(repository: Repository, branch: str, sha: str) -> list[str]:
    """What GitHub says about each required check of a branch that a commit does not pass."""
    return [
        f'Required status check "{check.context}" is {fault}.'
        for check in repository.required.get(branch, ())
        if (fault := _fault(repository, check, sha))
    ]


def refresh_merge(state: State, pull: Pull) -> None:
    """Keep ``refs/pull/N/merge`` and the id of the test merge commit."""
    tip = pull.repository.git.branch(pull.base_ref) or pull.base_sha
    sha = merge_commit(state, pull, tip, pull.user)
    pull.merge_commit = sha
    ref = f"refs/pull/{pull.number}/merge"
    if sha is not None or pull.repository.git.refs(ref):
        pull.repository.git.move(ref, sha)


def identity(account: Account) -> Person:
    """How an account signs its commits."""
    noreply = f"{account.id}+{account.login}@users.noreply.github.com"
    return Person(account.name or account.login, account.emails[0] if account.emails else noreply)


def find_pull(repository: Repository, number: int) -> Pull:
    """A pull request.

    Raises:
        Refusal: there is none of this number.
    """
    pull = repository.issues.get(number)
    if not isinstance(pull, Pull):
        raise not_found()
    return pull


def _close(state: State, pull: Pull, actor: Account) -> None:
    pull.state, pull.closed_at, pull.closed_by = "closed", state.now(), actor
    record(state, pull, "closed", actor)


def _bring(repository: Repository, source: Repository, head_sha: str, number: int) -> None:
    """Have the commits of a pull request in its own repository, below refs/pull, as on GitHub."""
    if source is not repository and repository.git.kind(head_sha) is None:
        repository.git.take_over(source.git.folder, f"+{head_sha}:refs/pull/{number}/head")
    repository.git.move(f"refs/pull/{number}/head", head_sha)


def _fault(repository: Repository, check: RequiredCheck, sha: str) -> str:
    """Why a required check does not pass: ``expected``, ``in progress``, ``failing``; empty if it does.

    Every App's newest run of the name counts, and the newest status of the name.
    """
    newest = {
        one.suite.app.id: one
        for one in repository.checks
        if one.name == check.context and one.head_sha == sha and check.app_id in (None, one.suite.app.id)
    }
    results = [one.conclusion if one.status == "completed" else one.status for one in newest.values()]
    statuses = [one.state for one in repository.statuses if one.context == check.context and one.sha == sha]
    if check.app_id is None:
        results += statuses[-1:]
    if not results:
        return "expected"
    if any(one in {"queued", "in_progress", "pending", "waiting", "requested"} for one in results):
        return "in progress"
    return "" if all(one in PASSING for one in results) else "failing"
