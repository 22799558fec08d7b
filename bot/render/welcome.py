"""The welcome to somebody's first pull request: what is asked here, who looks, and how long it takes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from bot.render import prose
from bot.render.escape import code
from bot.render.people import listed
from bot.render.prose import Markup, say

TOPIC = "welcome"
_PACKAGES = 3
_MOST_HOURS = 36
_HOUR, _DAY = 3600, 86_400


@dataclass(frozen=True, slots=True)
class WelcomeView:
    """What there is to tell somebody new.

    ``waiting`` counts what a person has to read, ``holds`` says whether the merge waits for it, ``people`` are those
    who are asked to (logins, and teams as ``organisation/slug``). ``open_items`` counts what the checklist of the
    ``packages`` lists as open. ``time`` is how long people usually take to answer, None where nobody knows.
    """

    author: str
    repository: str
    app: str
    waiting: int = 0
    holds: bool = False
    people: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    time: datetime.timedelta | None = None
    has_mentors: bool = False


def words(view: WelcomeView) -> Mapping[str, str]:
    """What the placeholders of the maintainers' own welcome stand for, as Markdown of ours."""
    return {
        "author": f"@{view.author}",
        "repository": code(view.repository),
        "asked": _asked(view),
        "people": _people(view),
        "time": _time(view.time) if view.people else "",
        "mentor": code(f"@{view.app} mentor"),
        "help": code(f"@{view.app} help"),
    }


def comment(view: WelcomeView, own: str = "", remark: str = "") -> str:
    """The comment, marker first; ``own`` is the maintainers' text with its placeholders filled, ``remark`` for them."""
    filled = prose.markdown_template("comments/welcome.md.j2")(
        own=Markup(own),
        words={name: Markup(text) for name, text in words(view).items()},
        has_mentors=view.has_mentors,
        remark=Markup(remark),
    )
    return filled.rstrip("\n") + "\n"


def _asked(view: WelcomeView) -> str:
    parts = []
    if view.waiting:
        parts.append(say(f"welcome.asked-{'holds' if view.holds else 'advice'}", count=view.waiting))
    if view.packages:
        parts.append(say("welcome.asked-checklist", packages=listed(view.packages, most=_PACKAGES)))
    return " ".join(parts)


def _people(view: WelcomeView) -> str:
    if view.people:
        return say("welcome.people", count=len(view.people), who=listed(view.people))
    return say("welcome.people-none")


def _time(time: datetime.timedelta | None) -> str:
    if time is None:
        return ""
    seconds = time.total_seconds()
    if seconds < _HOUR:
        return say("welcome.time-hour")
    if seconds <= _MOST_HOURS * _HOUR:
        return say("welcome.time-hours", count=round(seconds / _HOUR))
    return say("welcome.time-days", count=round(seconds / _DAY))
