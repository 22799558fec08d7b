"""Comments, reactions and labels."""

from __future__ import annotations

from typing import Any

from bot.sandbox.acts.history import record
from bot.sandbox.acts.pulls import tell as tell_pull
from bot.sandbox.events import emit
from bot.sandbox.model import Account, App, Comment, Issue, Label, Pull, Reaction, Repository
from bot.sandbox.registry import Refusal, invalid
from bot.sandbox.shapes.issues import comment_json, issue_json, label_json
from bot.sandbox.state import State

# GitHub's limit in characters for the body of a comment.
BODY = 65536


def add(state: State, issue: Issue, user: Account, body: str, app: App | None = None) -> Comment:
    """A new comment.

    Raises:
        Refusal: it is empty or too long.
    """
    _check(body)
    now = state.now()
    comment = Comment(state.new_id(), issue, user, body, now, now, app)
    issue.comments.append(comment)
    issue.updated_at = now
    _tell(state, comment, "created", user)
    return comment


def edit(state: State, comment: Comment, actor: Account, body: str) -> None:
    """Change a comment.

    Raises:
        Refusal: it is empty or too long.
    """
    _check(body)
    before, comment.body = comment.body, body
    comment.updated_at = state.now()
    _tell(state, comment, "edited", actor, changes={"body": {"from": before}})


def delete(state: State, comment: Comment, actor: Account) -> None:
    """Delete a comment."""
    comment.issue.comments.remove(comment)
    _tell(state, comment, "deleted", actor)


def react(state: State, comment: Comment, actor: Account, content: str) -> tuple[Reaction, bool]:
    """React to a comment; gives the reaction, and whether it is new."""
    for one in comment.reactions:
        if one.user is actor and one.content == content:
            return one, False
    reaction = Reaction(state.new_id(), actor, content, state.now())
    comment.reactions.append(reaction)
    return reaction, True


def find_label(repository: Repository, name: str) -> Label | None:
    """A label of a repository; names compare without regard to case."""
    return repository.labels.get(name.lower())


def create_label(
    state: State, repository: Repository, name: str, color: str = "ededed", description: str | None = None
) -> Label:
    """A new label.

    Raises:
        Refusal: there is one of this name.
    """
    if find_label(repository, name):
        fault = {"resource": "Label", "code": "already_exists", "field": "name"}
        raise Refusal(422, "Validation Failed", [fault])
    label = Label(state.new_id(), name, color, description)
    repository.labels[name.lower()] = label
    return label


def add_labels(state: State, issue: Issue, names: list[str], actor: Account) -> None:
    """Label an issue; labels that the repository lacks are made, as GitHub does."""
    for name in names:
        label = find_label(issue.repository, name) or create_label(state, issue.repository, name)
        if label not in issue.labels:
            issue.labels.append(label)
            _tell_label(state, issue, "labeled", label, actor)


def remove_label(state: State, issue: Issue, name: str, actor: Account) -> None:
    """Take a label off.

    Raises:
        Refusal: the issue does not have it.
    """
    label = find_label(issue.repository, name)
    if label is None or label not in issue.labels:
        raise Refusal(404, "Label does not exist")
    issue.labels.remove(label)
    _tell_label(state, issue, "unlabeled", label, actor)


def _check(body: str) -> None:
    if not body.strip():
        raise invalid("IssueComment", "body", "Body cannot be blank")
    if len(body) > BODY:
        raise invalid("IssueComment", "body", f"body is too long (maximum is {BODY} characters)")


def _tell_label(state: State, issue: Issue, action: str, label: Label, actor: Account) -> None:
    record(state, issue, action, actor, label={"name": label.name, "color": label.color})
    shown = label_json(state, issue.repository, label)
    if isinstance(issue, Pull):
        tell_pull(state, issue, action, actor, label=shown)
    else:
        facts: dict[str, Any] = {"issue": issue_json(state, issue), "label": shown}
        emit(state, "issues", action, actor, repository=issue.repository, **facts)


def _tell(state: State, comment: Comment, action: str, actor: Account, **parts: Any) -> None:
    emit(
        state,
        "issue_comment",
        action,
        actor,
        repository=comment.issue.repository,
        issue=issue_json(state, comment.issue),
        comment=comment_json(state, comment),
        **parts,
    )
