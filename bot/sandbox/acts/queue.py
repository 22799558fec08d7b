"""The merge queue: groups with real merge commits, which merge when their required checks pass."""

from __future__ import annotations

from typing import Any

from bot.sandbox.acts.history import record
from bot.sandbox.acts.pulls import merge_commit, tell, unmet_checks
from bot.sandbox.events import emit
from bot.sandbox.model import Account, Json, Pull, QueueEntry, Repository
from bot.sandbox.registry import Refusal
from bot.sandbox.shapes.commits import simple_commit_json
from bot.sandbox.state import State


def enqueue(state: State, pull: Pull, actor: Account) -> QueueEntry:
    """Put a pull request into its base branch's queue.

    Raises:
        Refusal: it is closed, a draft, in the queue, conflicts, or its own required checks do not pass.
    """
    from bot.sandbox.acts.pushes import moved

    repository, git = pull.repository, pull.repository.git
    if pull.state != "open" or pull.draft or any(one.pull is pull for one in repository.queue):
        raise Refusal(422, "Pull request cannot be added to the merge queue")
    if faults := unmet_checks(repository, pull.base_ref, pull.head_sha):
        raise Refusal(405, " ".join(faults))
    ahead = [one for one in repository.queue if one.base_ref == pull.base_ref]
    base = ahead[-1].head_sha if ahead else git.branch(pull.base_ref) or pull.base_sha
    sha = merge_commit(state, pull, base, actor)
    if sha is None:
        raise Refusal(422, "Pull request has merge conflicts")
    ref = f"refs/heads/gh-readonly-queue/{pull.base_ref}/pr-{pull.number}-{base}"
    git.move(ref, sha)
    entry = QueueEntry(pull, pull.base_ref, base, sha, ref, state.now())
    repository.queue.append(entry)
    record(state, pull, "added_to_merge_queue", actor)
    tell(state, pull, "enqueued", actor)
    moved(state, repository, ref, None, sha, actor)
    _tell(state, entry, "checks_requested", actor)
    return entry


def dequeue(state: State, entry: QueueEntry, actor: Account, reason: str) -> None:
    """Take a group out: ``invalidated`` for a failed check, ``dequeued`` by hand; those behind it are built anew."""
    repository = entry.pull.repository
    behind = repository.queue[repository.queue.index(entry) + 1 :]
    _leave(state, entry, actor, reason)
    record(state, entry.pull, "removed_from_merge_queue", actor)
    said = "CI_FAILURE" if reason == "invalidated" else "MANUAL"
    tell(state, entry.pull, "dequeued", actor, reason=said)
    for one in behind:
        _leave(state, one, actor, "invalidated")
    for one in behind:
        enqueue(state, one.pull, actor)


def settle(state: State, repository: Repository, actor: Account) -> None:
    """Merge from the front of the queue as far as required checks pass; drop groups whose checks fail."""
    from bot.sandbox.acts.pulls import mark_merged
    from bot.sandbox.acts.pushes import moved

    while repository.queue:
        entry = repository.queue[0]
        faults = unmet_checks(repository, entry.base_ref, entry.head_sha)
        if any(one.endswith("failing.") for one in faults):
            dequeue(state, entry, actor, "invalidated")
            continue
        if faults:
            return
        base = f"refs/heads/{entry.base_ref}"
        before = repository.git.branch(entry.base_ref)
        _leave(state, entry, actor, "merged")
        repository.git.move(base, entry.head_sha)
        mark_merged(state, entry.pull, actor, entry.head_sha)
        moved(state, repository, base, before, entry.head_sha, actor)


def group_json(entry: QueueEntry) -> Json:
    """A group as its webhook shows it."""
    return {
        "head_sha": entry.head_sha,
        "head_ref": entry.ref,
        "base_sha": entry.base_sha,
        "base_ref": f"refs/heads/{entry.base_ref}",
        "head_commit": simple_commit_json(entry.pull.repository.git.read_commit(entry.head_sha)),
    }


def _leave(state: State, entry: QueueEntry, actor: Account, reason: str) -> None:
    repository = entry.pull.repository
    repository.queue.remove(entry)
    _tell(state, entry, "destroyed", actor, reason=reason)
    # The branch goes without a webhook of its own; its commits stay, for they may be merged.
    repository.git.move(entry.ref, None)


def _tell(state: State, entry: QueueEntry, action: str, actor: Account, **parts: Any) -> None:
    emit(
        state,
        "merge_group",
        action,
        actor,
        repository=entry.pull.repository,
        merge_group=group_json(entry),
        **parts,
    )
