"""Puts what commands know into Markdown of ours, in which everything of others is inert."""

from __future__ import annotations

from collections.abc import Iterable

from bot.commands.model import RefusedError, Room
from bot.model import ReviewReport
from bot.render.display import Display
from bot.render.escape import code
from bot.render.items import items, short
from bot.render.people import told
from bot.render.prose import say
from bot.render.view import Phrase
from bot.reviewers.model import Why

_LISTED = 50


def phrase_of(why: Why) -> Phrase:
    """A reason as renderers take it."""
    return Phrase(why.id, why.words, tuple(phrase_of(each) for each in why.also))


def sentence_of(why: Why) -> str:
    """A reason in words."""
    return told(phrase_of(why))


def command(room: Room, words: str) -> str:
    """A command as code, so that telling about it does not give it."""
    return code(f"@{room.app} {words}".rstrip())


def refuse(name: str, /, **words: str | int) -> RefusedError:
    """The refusal of that name, to be raised; words are Markdown of ours."""
    return RefusedError(say(f"commands.{name}", **words))


def report_of(room: Room) -> ReviewReport:
    """What was judged, for renderers that show changes."""
    return ReviewReport(room.compared_with, room.pull.head_sha, room.analysis, room.decision)


def list_of(room: Room, fingerprints: Iterable[str]) -> str:
    """The things with these fingerprints as a list, one to a line; what is not known by a place by its name."""
    wanted = tuple(dict.fromkeys(fingerprints))
    made = items(report_of(room), Display(web=room.web or None, names=True), room.edits, wanted)
    known = {item.fingerprint for item in made}
    lines = [item.text for item in made] + [short(name) for name in wanted if name not in known]
    rest = len(lines) - _LISTED
    more = [say("left-out.listed", count=rest)] if rest > 0 else []
    return "\n".join(f"- {line}" for line in (*lines[:_LISTED], *more))
