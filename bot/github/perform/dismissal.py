"""Approvals that no longer cover everything."""

from __future__ import annotations

from bot.actions import DismissReview
from bot.github.answers import ReviewAnswer
from bot.github.perform.room import Room


def dismiss(room: Room, action: DismissReview) -> None:
    """Dismiss an approval that still is one; a veto is never taken away."""
    path = f"{room.pull}/reviews/{action.review}"
    if room.api.get(path, ReviewAnswer).state == "APPROVED":
        body = {"message": action.message, "event": "DISMISS"}
        room.api.send("PUT", f"{path}/dismissals", body, type(None))
