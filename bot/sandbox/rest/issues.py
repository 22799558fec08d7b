"""Issues, comments, reactions, labels and the history of an issue."""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any

from bot.sandbox.acts import comments as acts
from bot.sandbox.clock import stamp
from bot.sandbox.model import Comment, Issue, Json, Label, Pull
from bot.sandbox.paging import paged
from bot.sandbox.registry import Answer, Call, Refusal, endpoint, forbidden, invalid, not_found
from bot.sandbox.shapes.commits import git_commit_json
from bot.sandbox.shapes.issues import (
    comment_json,
    full_issue_json,
    happening_json,
    issue_json,
    label_json,
    reaction_json,
)
from bot.sandbox.shapes.pulls import review_json

_READ = (("issues", "read"), ("pull_requests", "read"))
_WRITE = (("issues", "write"), ("pull_requests", "write"))
_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}"
_COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}"
# Events that stand in the timeline only, not in the list of events.
_TIMELINE_ONLY = frozenset({"commented", "committed", "reviewed"})


def _issue(call: Call) -> Issue:
    issue = call.repo.issues.get(call.number("issue_number"))
    if issue is None:
        raise not_found()
    token = call.caller.token
    if token is not None:  # the permission has to be the one for the kind of issue
        wanted = "pull_requests" if isinstance(issue, Pull) else "issues"
        if token.permissions.get(wanted) is None and token.permissions.get("issues") is None:
            raise forbidden()
    return issue


def _comment(call: Call) -> Comment:
    comment = call.state.comment(call.repo, call.number("comment_id"))
    if comment is None:
        raise not_found()
    return comment


def _own(call: Call) -> Comment:
    """A comment that the caller may change: an own one, or any with write access."""
    comment = _comment(call)
    person = call.caller.token is None and comment.user is not call.actor
    if person and not call.state.may(call.repo, call.actor, "write"):
        raise Refusal(403, "Must have admin rights to Repository.")
    return comment


@endpoint("GET", "/repos/{owner}/{repo}/issues", ("issues", "read"))
def list_issues(call: Call) -> Answer:
    """Issues and pull requests, newest first; by creator on request."""
    wanted, creator = call.query.get("state", "open"), call.query.get("creator", "").lower()
    found = [
        one
        for one in reversed(call.repo.issues.values())
        if wanted in ("all", one.state) and creator in ("", one.user.login.lower())
    ]
    return paged(call, found, lambda one: issue_json(call.state, one))


@endpoint("GET", _ISSUE, *_READ)
def get_issue(call: Call) -> Answer:
    """One of them."""
    return Answer(full_issue_json(call.state, _issue(call)))


# --- comments ---


@endpoint("GET", _ISSUE + "/comments", *_READ)
def list_comments(call: Call) -> Answer:
    """Its comments, oldest first; since a time on request."""
    found = _issue(call).comments
    if since := call.query.get("since"):
        found = [one for one in found if one.updated_at >= datetime.fromisoformat(since)]
    return paged(call, found, lambda one: comment_json(call.state, one))


@endpoint("POST", _ISSUE + "/comments", *_WRITE, level="read")
def create_comment(call: Call) -> Answer:
    """A new comment."""
    app = call.caller.app if call.caller.token else None
    comment = acts.add(call.state, _issue(call), call.actor, call.text("body"), app)
    return Answer(comment_json(call.state, comment), 201)


@endpoint("GET", _COMMENT, *_READ)
def get_comment(call: Call) -> Answer:
    """One comment."""
    return Answer(comment_json(call.state, _comment(call)))


@endpoint("PATCH", _COMMENT, *_WRITE, level="read")
def update_comment(call: Call) -> Answer:
    """Change what it says."""
    comment = _own(call)
    acts.edit(call.state, comment, call.actor, call.text("body"))
    return Answer(comment_json(call.state, comment))


@endpoint("DELETE", _COMMENT, *_WRITE, level="read")
def delete_comment(call: Call) -> Answer:
    """Delete it."""
    acts.delete(call.state, _own(call), call.actor)
    return Answer(status=204)


@endpoint("GET", _COMMENT + "/reactions", *_READ)
def list_reactions(call: Call) -> Answer:
    """Reactions to a comment."""
    return paged(call, _comment(call).reactions, lambda one: reaction_json(call.state, one))


@endpoint("POST", _COMMENT + "/reactions", *_WRITE, level="read")
def create_reaction(call: Call) -> Answer:
    """React; 200 and not 201 if one has reacted so before."""
    content = call.text("content")
    if content not in {"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}:
        raise invalid("Reaction", "content", "content is not included in the list")
    reaction, new = acts.react(call.state, _comment(call), call.actor, content)
    return Answer(reaction_json(call.state, reaction), 201 if new else 200)


@endpoint("DELETE", _COMMENT + "/reactions/{reaction_id}", *_WRITE, level="read")
def delete_reaction(call: Call) -> Answer:
    """Take a reaction back."""
    comment, number = _comment(call), call.number("reaction_id")
    kept = [one for one in comment.reactions if one.id != number]
    if len(kept) == len(comment.reactions):
        raise not_found()
    comment.reactions = kept
    return Answer(status=204)


# --- labels ---


@endpoint("GET", "/repos/{owner}/{repo}/labels", *_READ)
def list_repo_labels(call: Call) -> Answer:
    """The labels of a repository."""
    return paged(call, list(call.repo.labels.values()), functools.partial(label_json, call.state, call.repo))


@endpoint("POST", "/repos/{owner}/{repo}/labels", *_WRITE)
def create_repo_label(call: Call) -> Answer:
    """A new one."""
    name, color = call.text("name"), call.text("color", "ededed")
    if len(color) != 6:
        raise invalid("Label", "color", "is invalid")
    label = acts.create_label(call.state, call.repo, name, color, call.body.get("description"))
    return Answer(label_json(call.state, call.repo, label), 201)


@endpoint("GET", "/repos/{owner}/{repo}/labels/{name}", *_READ)
def get_repo_label(call: Call) -> Answer:
    """One of them."""
    return Answer(label_json(call.state, call.repo, _label(call)))


@endpoint("PATCH", "/repos/{owner}/{repo}/labels/{name}", *_WRITE)
def update_repo_label(call: Call) -> Answer:
    """Change name, colour or description."""
    label = _label(call)
    del call.repo.labels[label.name.lower()]
    label.name = call.text("new_name", label.name)
    label.color = call.text("color", label.color)
    label.description = call.body.get("description", label.description)
    call.repo.labels[label.name.lower()] = label
    return Answer(label_json(call.state, call.repo, label))


def _label(call: Call) -> Label:
    label = acts.find_label(call.repo, call.path["name"])
    if label is None:
        raise not_found()
    return label


def _labels_answer(call: Call, issue: Issue) -> Answer:
    return Answer([label_json(call.state, call.repo, one) for one in issue.labels])


@endpoint("GET", _ISSUE + "/labels", *_READ)
def list_labels(call: Call) -> Answer:
    """The labels of an issue or pull request."""
    return paged(call, _issue(call).labels, functools.partial(label_json, call.state, call.repo))


@endpoint("POST", _ISSUE + "/labels", *_WRITE, level="triage")
def add_labels(call: Call) -> Answer:
    """Add labels; the body is an object or a bare list (docs: "Labels")."""
    issue = _issue(call)
    acts.add_labels(call.state, issue, _label_names(call), call.actor)
    return _labels_answer(call, issue)


@endpoint("PUT", _ISSUE + "/labels", *_WRITE, level="triage")
def set_labels(call: Call) -> Answer:
    """Have exactly these labels."""
    issue, names = _issue(call), _label_names(call)
    for label in list(issue.labels):
        if label.name.lower() not in {name.lower() for name in names}:
            acts.remove_label(call.state, issue, label.name, call.actor)
    acts.add_labels(call.state, issue, names, call.actor)
    return _labels_answer(call, issue)


@endpoint("DELETE", _ISSUE + "/labels/{name}", *_WRITE, level="triage")
def remove_label(call: Call) -> Answer:
    """Take one off."""
    issue = _issue(call)
    acts.remove_label(call.state, issue, call.path["name"], call.actor)
    return _labels_answer(call, issue)


@endpoint("DELETE", _ISSUE + "/labels", *_WRITE, level="triage")
def remove_labels(call: Call) -> Answer:
    """Take all off."""
    issue = _issue(call)
    for label in list(issue.labels):
        acts.remove_label(call.state, issue, label.name, call.actor)
    return Answer(status=204)


def _label_names(call: Call) -> list[str]:
    given = call.body.get("labels") or call.body.get("") or []
    return [str(one["name"] if isinstance(one, dict) else one) for one in given]


# --- history ---


@endpoint("GET", _ISSUE + "/events", *_READ)
def list_events(call: Call) -> Answer:
    """What happened to it, oldest first."""
    issue = _issue(call)
    return paged(call, issue.history, lambda one: happening_json(call.state, issue, one))


@endpoint("GET", _ISSUE + "/timeline", *_READ)
def list_timeline(call: Call) -> Answer:
    """The same together with commits, comments and reviews."""
    return paged(call, timeline(call, _issue(call)), lambda one: one)


def timeline(call: Call, issue: Issue) -> list[Json]:
    """All that stands on an issue's page, in order of time."""
    state = call.state
    rows: list[tuple[str, int, Json]] = [
        (stamp(one.created_at), one.id, happening_json(state, issue, one)) for one in issue.history
    ]
    for comment in issue.comments:
        shown: dict[str, Any] = comment_json(state, comment) | {"event": "commented"}
        rows.append((shown["created_at"], comment.id, shown | {"actor": shown["user"]}))
    if isinstance(issue, Pull):
        for review in issue.reviews:
            shown = review_json(state, review) | {"event": "reviewed", "state": review.state.lower()}
            rows.append((shown["submitted_at"], review.id, shown))
        git = issue.repository.git
        for place, commit in enumerate(git.read_commits(git.between(issue.base_sha, issue.head_sha))):
            shown = git_commit_json(state, issue.repository, commit) | {"event": "committed"}
            rows.append((stamp(commit.committed_at), place, shown))
    return [row[2] for row in sorted(rows, key=lambda row: row[:2])]
