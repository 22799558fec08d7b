"""Who may give which command, at the time it is carried out."""

from __future__ import annotations

from bot.commands.model import Command, RefusedError, Room, Who
from bot.commands.wording import sentence_of
from bot.render.prose import say


def is_insider(room: Room) -> bool:
    """Whether the App listens at all: to the author, to people in a pool, to people who may push."""
    return room.author == room.pull.author or is_steerer(room)


def is_steerer(room: Room) -> bool:
    """Whether the comment's author is in a pool or may push."""
    return room.author in room.members or room.can_write(room.author)


def check(command: Command, room: Room) -> None:
    """Let an insider's command pass.

    Raises:
        RefusedError: the comment's author may not give it.
    """
    allowed = True
    if command.who is Who.STEERER:
        allowed = is_steerer(room)
    elif command.who in {Who.MEMBER, Who.REVIEWER}:
        allowed = room.author in room.members
    if not allowed:
        raise RefusedError(say(f"commands.not-{command.who}"))
    if command.who is Who.REVIEWER and not room.scene().counts(room.author):
        obstacle = room.scene().obstacle(room.author)
        raise RefusedError(sentence_of(obstacle) if obstacle else say("commands.not-reviewer"))
