"""Writes an issue's history."""

from __future__ import annotations

from typing import Any

from bot.sandbox.model import Account, Happening, Issue
from bot.sandbox.state import State


def record(
    state: State, issue: Issue, event: str, actor: Account, *, commit: str | None = None, **detail: Any
) -> Happening:
    """Add an event to the history of an issue or pull request, which was updated by it."""
    happening = Happening(state.new_id(), event, actor, state.now(), commit, detail)
    issue.history.append(happening)
    issue.updated_at = happening.created_at
    return happening
