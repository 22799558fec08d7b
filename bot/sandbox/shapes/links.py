"""Addresses inside the sandbox, laid out as on GitHub Enterprise Server."""

from __future__ import annotations

from bot.sandbox.model import Issue, Pull, Repository
from bot.sandbox.state import State


def api(state: State, path: str) -> str:
    """A REST address; the path starts with a slash."""
    return f"{state.url}/api/v3{path}"


def repo_api(state: State, repository: Repository, path: str = "") -> str:
    """A REST address below a repository."""
    return api(state, f"/repos/{repository.full_name}{path}")


def html(state: State, path: str) -> str:
    """The address of a page for people."""
    return f"{state.url}{path}"


def issue_html(state: State, issue: Issue) -> str:
    """The page of an issue or pull request."""
    kind = "pull" if isinstance(issue, Pull) else "issues"
    return html(state, f"/{issue.repository.full_name}/{kind}/{issue.number}")
