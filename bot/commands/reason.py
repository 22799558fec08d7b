"""The reasons that people give; they stand in the audit log for good."""

from __future__ import annotations

from bot.commands.model import Room
from bot.commands.wording import command, refuse
from bot.render.escape import visible

_LONGEST = 1000
# Somebody copied the example as it stands.
_EXAMPLES = ("REASON", "<reason>")


def reason_of(text: str, room: Room, example: str) -> str:
    """The reason as it is kept; ``example`` is the command as it should be written.

    Raises:
        RefusedError: there is none, or it is too long to be kept as it is.
    """
    # What nobody can see is no reason.
    if text in _EXAMPLES or not any(char.isalnum() and visible(char) == char for char in text):
        raise refuse("no-reason", example=command(room, example))
    if len(text) > _LONGEST:
        raise refuse("reason-too-long", count=_LONGEST)
    return text
