"""What stands in the way of reading a repository."""

from __future__ import annotations


class GitError(Exception):
    """What stands in the way, in one line that says what to do next."""


class NoRepositoryError(GitError):
    """There is no repository at a path, or no git to read one with."""
