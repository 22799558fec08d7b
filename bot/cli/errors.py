"""What a user can put right, apart from git and policies."""

from __future__ import annotations


class UserError(Exception):
    """A mistake in how the command was called, in one line that says what to do."""
