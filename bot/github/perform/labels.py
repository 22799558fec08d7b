"""Labels of the pull request."""

from __future__ import annotations

import urllib.parse

from bot.actions import SetLabels
from bot.github.answers import Label
from bot.github.errors import RefusedError
from bot.github.perform.room import Room
from bot.ports import GoneError
from bot.render.prose import say

# The colour of a label that we make: a warning, not an error.
COLOUR = "d4a72c"


def settle(room: Room, action: SetLabels) -> None:
    """Add what is missing, remove what must not be there; names compare without regard to case."""
    there = {label.name.lower(): label.name for label in room.api.pages(f"{room.issue}/labels", Label)}
    missing = [name for name in dict.fromkeys(action.add) if name.lower() not in there]
    for name in missing:
        _have(room, name)
    if missing:
        room.api.send("POST", f"{room.issue}/labels", {"labels": missing}, type(None))
    for name in dict.fromkeys(action.remove):
        if name.lower() in there:
            _take_off(room, there[name.lower()])


def _have(room: Room, name: str) -> None:
    """Make a label that the repository lacks. Where we may not, adding it makes a plain one, or fails by itself."""
    quoted = urllib.parse.quote(name, safe="")
    try:
        room.api.get(f"{room.path}/labels/{quoted}", Label)
    except GoneError:
        body = {"name": name, "color": COLOUR, "description": say("github.label-description")}
        try:
            room.api.send("POST", f"{room.path}/labels", body, type(None))
        except RefusedError as refused:
            # 422: somebody else has made it meanwhile; 403: not ours to make.
            if refused.status not in {403, 422}:
                raise


def _take_off(room: Room, name: str) -> None:
    try:
        room.api.send("DELETE", f"{room.issue}/labels/{urllib.parse.quote(name, safe='')}", None, type(None))
    except GoneError:
        return  # somebody else was quicker
