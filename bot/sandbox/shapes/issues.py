"""Issues, labels, comments, reactions and an issue's history."""

from __future__ import annotations

from collections import Counter

from bot.sandbox.clock import stamp, stamp_or_none
from bot.sandbox.model import Comment, Happening, Issue, Json, Label, Pull, Reaction, Repository
from bot.sandbox.shapes.accounts import account_json
from bot.sandbox.shapes.apps import app_json
from bot.sandbox.shapes.links import issue_html, repo_api
from bot.sandbox.state import State, node_id

_REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def label_json(state: State, repository: Repository, label: Label) -> Json:
    """A label."""
    return {
        "id": label.id,
        "node_id": node_id("LA", label.id),
        "url": repo_api(state, repository, f"/labels/{label.name}"),
        "name": label.name,
        "description": label.description,
        "color": label.color,
        "default": False,
        "archived_at": None,
        "archived_by": None,
    }


def issue_json(state: State, issue: Issue) -> Json:
    """An issue, or the issue that a pull request is."""
    repository = issue.repository
    url = repo_api(state, repository, f"/issues/{issue.number}")
    shown: Json = {
        "id": issue.id,
        "node_id": node_id("I", issue.id),
        "url": url,
        "repository_url": repo_api(state, repository),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": issue_html(state, issue),
        "number": issue.number,
        "state": issue.state,
        "state_reason": "completed" if issue.state == "closed" and not isinstance(issue, Pull) else None,
        "title": issue.title,
        "body": issue.body,
        "user": account_json(state, issue.user),
        "labels": [label_json(state, repository, one) for one in issue.labels],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": False,
        "active_lock_reason": None,
        "comments": len(issue.comments),
        "created_at": stamp(issue.created_at),
        "updated_at": stamp(issue.updated_at),
        "closed_at": stamp_or_none(issue.closed_at),
        "author_association": issue.association,
        "reactions": reaction_counts([], f"{url}/reactions"),
        "performed_via_github_app": None,
    }
    if isinstance(issue, Pull):
        page = issue_html(state, issue)
        shown |= {
            "node_id": node_id("PR", issue.pull_id),
            "draft": issue.draft,
            "pull_request": {
                "url": repo_api(state, repository, f"/pulls/{issue.number}"),
                "html_url": page,
                "diff_url": f"{page}.diff",
                "patch_url": f"{page}.patch",
                "merged_at": stamp_or_none(issue.merged_at),
            },
        }
    return shown


def full_issue_json(state: State, issue: Issue) -> Json:
    """An issue asked for by number."""
    closer = account_json(state, issue.closed_by) if issue.closed_by else None
    return issue_json(state, issue) | {"closed_by": closer}


def comment_json(state: State, comment: Comment) -> Json:
    """A comment of an issue or pull request."""
    issue = comment.issue
    url = repo_api(state, issue.repository, f"/issues/comments/{comment.id}")
    return {
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "url": url,
        "html_url": f"{issue_html(state, issue)}#issuecomment-{comment.id}",
        "issue_url": repo_api(state, issue.repository, f"/issues/{issue.number}"),
        "body": comment.body,
        "user": account_json(state, comment.user),
        "created_at": stamp(comment.created_at),
        "updated_at": stamp(comment.updated_at),
        "author_association": state.association(issue.repository, comment.user, issue),
        "performed_via_github_app": app_json(state, comment.app) if comment.app else None,
        "reactions": reaction_counts(comment.reactions, f"{url}/reactions"),
    }


def reaction_json(state: State, reaction: Reaction) -> Json:
    """A reaction."""
    return {
        "id": reaction.id,
        "node_id": node_id("REA", reaction.id),
        "user": account_json(state, reaction.user),
        "content": reaction.content,
        "created_at": stamp(reaction.created_at),
    }


def reaction_counts(reactions: list[Reaction], url: str) -> Json:
    """How often each reaction was given."""
    counts = Counter(one.content for one in reactions)
    return {"url": url, "total_count": len(reactions), **{name: counts[name] for name in _REACTIONS}}


def happening_json(state: State, issue: Issue, happening: Happening) -> Json:
    """One event of an issue's history, as lists of events and the timeline show it."""
    commit = happening.commit
    return {
        "id": happening.id,
        "node_id": node_id("EV", happening.id),
        "url": repo_api(state, issue.repository, f"/issues/events/{happening.id}"),
        "actor": account_json(state, happening.actor),
        "event": happening.event,
        "commit_id": commit,
        "commit_url": repo_api(state, issue.repository, f"/commits/{commit}") if commit else None,
        "created_at": stamp(happening.created_at),
        "performed_via_github_app": None,
        **happening.detail,
    }
