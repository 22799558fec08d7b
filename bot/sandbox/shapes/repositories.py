"""Repositories."""

from __future__ import annotations

from bot.sandbox.clock import stamp
from bot.sandbox.model import LEVELS, Account, Json, Repository
from bot.sandbox.shapes.accounts import account_json
from bot.sandbox.shapes.links import html, repo_api
from bot.sandbox.state import State, node_id

_TEMPLATES = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def short_repository_json(state: State, repository: Repository) -> Json:
    """A repository as part of a search result, an installation or a fork's parent (*minimal repository*)."""
    page = html(state, f"/{repository.full_name}")
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": account_json(state, repository.owner),
        "html_url": page,
        "description": None,
        "fork": repository.parent is not None,
        "url": repo_api(state, repository),
        **{name: repo_api(state, repository, rest) for name, rest in _TEMPLATES.items()},
    }


def repository_json(state: State, repository: Repository, viewer: Account | None = None) -> Json:
    """A repository inside lists, pull requests and webhooks; with a viewer, what that one may do."""
    page = html(state, f"/{repository.full_name}")
    shown = short_repository_json(state, repository) | {
        "created_at": stamp(repository.created_at),
        "updated_at": stamp(repository.created_at),
        "pushed_at": stamp(repository.created_at),
        "git_url": f"git://{state.url.partition('//')[2]}/{repository.full_name}.git",
        "ssh_url": f"git@{state.url.partition('//')[2]}:{repository.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "homepage": None,
        "size": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": "Rust",
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": True,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": sum(one.parent is repository for one in state.live_repositories()),
        "mirror_url": None,
        "archived": False,
        "disabled": False,
        "open_issues_count": sum(one.state == "open" for one in repository.issues.values()),
        "license": None,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": "private" if repository.private else "public",
        "forks": 0,
        "open_issues": sum(one.state == "open" for one in repository.issues.values()),
        "watchers": 0,
        "default_branch": repository.default_branch,
    }
    if viewer is not None:
        level = LEVELS.index(state.level(repository, viewer))
        words = {
            "pull": "read",
            "triage": "triage",
            "push": "write",
            "maintain": "maintain",
            "admin": "admin",
        }
        shown["permissions"] = {word: level >= LEVELS.index(needed) for word, needed in words.items()}
    return shown


def full_repository_json(state: State, repository: Repository, viewer: Account | None) -> Json:
    """A repository asked for by name."""
    shown = repository_json(state, repository, viewer) | {
        "temp_clone_token": None,
        "allow_squash_merge": True,
        "allow_merge_commit": True,
        "allow_rebase_merge": True,
        "allow_auto_merge": False,
        "delete_branch_on_merge": False,
        "subscribers_count": 0,
        "network_count": 0,
    }
    if repository.parent is not None and not repository.parent.deleted:
        shown["parent"] = shown["source"] = repository_json(state, repository.parent)
    if repository.owner.kind == "Organization":
        shown["organization"] = account_json(state, repository.owner)
    return shown


def installed_repository_json(repository: Repository) -> Json:
    """A repository in a webhook about installations: five facts only."""
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
    }
