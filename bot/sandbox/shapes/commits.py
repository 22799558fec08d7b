"""Commits, changed files and git objects."""

from __future__ import annotations

from bot.sandbox.clock import stamp
from bot.sandbox.model import Json, Repository
from bot.sandbox.objects import ChangedFile, Commit, Person
from bot.sandbox.shapes.accounts import account_json
from bot.sandbox.shapes.links import html, repo_api
from bot.sandbox.state import State, node_id

_UNVERIFIED = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


def user_of(state: State, person: Person) -> Json | None:
    """The account behind a commit's address; None if no account has it."""
    account = state.account_by_email(person.email)
    return account_json(state, account) if account else None


def git_commit_json(state: State, repository: Repository, commit: Commit) -> Json:
    """A commit as an object of git."""
    return {
        "sha": commit.sha,
        "node_id": node_id("C", int(commit.sha[:12], 16)),
        "url": repo_api(state, repository, f"/git/commits/{commit.sha}"),
        "html_url": html(state, f"/{repository.full_name}/commit/{commit.sha}"),
        "author": _identity(commit.author, stamp(commit.authored_at)),
        "committer": _identity(commit.committer, stamp(commit.committed_at)),
        "tree": {
            "sha": commit.tree,
            "url": repo_api(state, repository, f"/git/trees/{commit.tree}"),
        },
        "message": commit.message,
        "parents": [
            {
                "sha": parent,
                "url": repo_api(state, repository, f"/git/commits/{parent}"),
                "html_url": html(state, f"/{repository.full_name}/commit/{parent}"),
            }
            for parent in commit.parents
        ],
        "verification": dict(_UNVERIFIED),
    }


def commit_json(state: State, repository: Repository, commit: Commit) -> Json:
    """A commit as GitHub lists it."""
    url = repo_api(state, repository, f"/commits/{commit.sha}")
    page = html(state, f"/{repository.full_name}/commit/{commit.sha}")
    return {
        "sha": commit.sha,
        "node_id": node_id("C", int(commit.sha[:12], 16)),
        "commit": {
            "author": _identity(commit.author, stamp(commit.authored_at)),
            "committer": _identity(commit.committer, stamp(commit.committed_at)),
            "message": commit.message,
            "tree": {
                "sha": commit.tree,
                "url": repo_api(state, repository, f"/git/trees/{commit.tree}"),
            },
            "url": repo_api(state, repository, f"/git/commits/{commit.sha}"),
            "comment_count": 0,
            "verification": dict(_UNVERIFIED),
        },
        "url": url,
        "html_url": page,
        "comments_url": f"{url}/comments",
        "author": user_of(state, commit.author),
        "committer": user_of(state, commit.committer),
        "parents": [
            {
                "sha": parent,
                "url": repo_api(state, repository, f"/commits/{parent}"),
                "html_url": html(state, f"/{repository.full_name}/commit/{parent}"),
            }
            for parent in commit.parents
        ],
    }


def file_json(state: State, repository: Repository, file: ChangedFile, head: str) -> Json:
    """A changed file (GitHub's *diff entry*)."""
    shown: Json = {
        "sha": file.blob,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": html(state, f"/{repository.full_name}/blob/{head}/{file.path}"),
        "raw_url": html(state, f"/{repository.full_name}/raw/{head}/{file.path}"),
        "contents_url": repo_api(state, repository, f"/contents/{file.path}?ref={head}"),
    }
    if file.patch is not None:
        shown["patch"] = file.patch
    if file.previous is not None:
        shown["previous_filename"] = file.previous
    return shown


def hook_commit_json(
    state: State, repository: Repository, commit: Commit, touched: list[tuple[str, str]]
) -> Json:
    """A commit as the webhook ``push`` shows it; ``touched`` has letters and paths, as git gives them."""
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "distinct": True,
        "message": commit.message,
        "timestamp": stamp(commit.committed_at),
        "url": html(state, f"/{repository.full_name}/commit/{commit.sha}"),
        "author": _hook_identity(state, commit.author),
        "committer": _hook_identity(state, commit.committer),
        "added": [path for letter, path in touched if letter == "A"],
        "removed": [path for letter, path in touched if letter == "D"],
        "modified": [path for letter, path in touched if letter in "MT"],
    }


def simple_commit_json(commit: Commit) -> Json:
    """A commit as check suites and merge groups show it."""
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": stamp(commit.committed_at),
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }


def _identity(person: Person, date: str) -> Json:
    return {"name": person.name, "email": person.email, "date": date}


def _hook_identity(state: State, person: Person) -> Json:
    account = state.account_by_email(person.email)
    known = {"username": account.login} if account else {}
    return {"name": person.name, "email": person.email, **known}
