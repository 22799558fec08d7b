"""Reactions to comments."""

from __future__ import annotations

from bot.actions import React
from bot.github.perform.room import Room


def react(room: Room, action: React) -> None:
    """React; GitHub keeps one reaction of a kind per account (docs: "Create reaction for an issue comment")."""
    path = f"{room.path}/issues/comments/{action.comment}/reactions"
    room.api.send("POST", path, {"content": action.content}, type(None))
