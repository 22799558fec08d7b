"""Whom to ask about a pull request, and why them: pure functions over what is known of people."""

from __future__ import annotations

from bot.reviewers.model import MENTORING, History, Pick, Plan, Why
from bot.reviewers.plan import plan

__all__ = ["MENTORING", "History", "Pick", "Plan", "Why", "plan"]
