"""Pull requests and reviews."""

from __future__ import annotations

from bot.sandbox.clock import stamp, stamp_or_none
from bot.sandbox.model import Account, Json, Pull, Repository, Review
from bot.sandbox.shapes.accounts import account_json, team_json
from bot.sandbox.shapes.issues import label_json
from bot.sandbox.shapes.links import issue_html, repo_api
from bot.sandbox.shapes.repositories import repository_json
from bot.sandbox.state import State, node_id


def pull_json(state: State, pull: Pull) -> Json:
    """A pull request in a list. ``head.repo`` is null once the fork is gone."""
    repository = pull.repository
    url = repo_api(state, repository, f"/pulls/{pull.number}")
    issue = repo_api(state, repository, f"/issues/{pull.number}")
    page = issue_html(state, pull)
    statuses = repo_api(state, repository, f"/statuses/{pull.head_sha}")
    return {
        "id": pull.pull_id,
        "node_id": node_id("PR", pull.pull_id),
        "url": url,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue,
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "active_lock_reason": None,
        "title": pull.title,
        "user": account_json(state, pull.user),
        "body": pull.body,
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "closed_at": stamp_or_none(pull.closed_at),
        "merged_at": stamp_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_commit,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [account_json(state, one) for one in pull.requested_users],
        "requested_teams": [team_json(state, one) for one in pull.requested_teams],
        "labels": [label_json(state, repository, one) for one in pull.labels],
        "milestone": None,
        "draft": pull.draft,
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": repo_api(state, repository, "/pulls/comments{/number}"),
        "comments_url": f"{issue}/comments",
        "statuses_url": statuses,
        "head": _side(state, pull.head_owner, pull.source, pull.head_ref, pull.head_sha),
        "base": _side(state, repository.owner, repository, pull.base_ref, pull.base_sha),
        "author_association": pull.association,
        "auto_merge": None,
        "_links": {
            "self": {"href": url},
            "html": {"href": page},
            "issue": {"href": issue},
            "comments": {"href": f"{issue}/comments"},
            "review_comments": {"href": f"{url}/comments"},
            "review_comment": {"href": repo_api(state, repository, "/pulls/comments{/number}")},
            "commits": {"href": f"{url}/commits"},
            "statuses": {"href": statuses},
        },
    }


def full_pull_json(state: State, pull: Pull) -> Json:
    """A pull request asked for by number, and as webhooks show it: with counts and mergeability."""
    git = pull.repository.git
    base = git.merge_base(pull.base_sha, pull.head_sha)
    files = git.changed_files(base, pull.head_sha)
    mergeable = None
    if pull.state == "open":
        tip = git.branch(pull.base_ref) or pull.base_sha
        mergeable = git.merged_tree(tip, pull.head_sha) is not None
    return pull_json(state, pull) | {
        "merged": pull.merged_at is not None,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": {None: "unknown", True: "clean", False: "dirty"}[mergeable],
        "merged_by": account_json(state, pull.merged_by) if pull.merged_by else None,
        "comments": len(pull.comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(git.between(pull.base_sha, pull.head_sha)),
        "additions": sum(one.additions for one in files),
        "deletions": sum(one.deletions for one in files),
        "changed_files": len(files),
    }


def short_pull_json(state: State, pull: Pull) -> Json:
    """A pull request inside check runs and suites."""
    source = pull.source or pull.repository
    return {
        "id": pull.pull_id,
        "number": pull.number,
        "url": repo_api(state, pull.repository, f"/pulls/{pull.number}"),
        "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": _named(state, source)},
        "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": _named(state, pull.repository)},
    }


def review_json(state: State, review: Review) -> Json:
    """A review."""
    pull = review.pull
    page = f"{issue_html(state, pull)}#pullrequestreview-{review.id}"
    url = repo_api(state, pull.repository, f"/pulls/{pull.number}")
    return {
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": account_json(state, review.user),
        "body": review.body,
        "state": review.state,
        "html_url": page,
        "pull_request_url": url,
        "author_association": review.association,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "submitted_at": stamp(review.submitted_at),
        "commit_id": review.commit,
    }


def hook_review_json(state: State, review: Review) -> Json:
    """A review as webhooks show it: its state in small letters, and when it last changed."""
    return review_json(state, review) | {
        "state": review.state.lower(),
        "body": review.body or None,
        "updated_at": stamp(review.submitted_at),
    }


def _side(state: State, owner: Account | None, repository: Repository | None, ref: str, sha: str) -> Json:
    label = f"{owner.login}:{ref}" if owner else f"unknown:{ref}"
    return {
        "label": label,
        "ref": ref,
        "sha": sha,
        "user": account_json(state, owner) if owner else None,
        "repo": repository_json(state, repository) if repository else None,
    }


def _named(state: State, repository: Repository) -> Json:
    return {"id": repository.id, "url": repo_api(state, repository), "name": repository.name}
