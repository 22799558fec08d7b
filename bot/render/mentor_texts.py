"""What is wrong with texts of the maintainers' own, told where maintainers see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.render import prose
from bot.render.escape import code, percent
from bot.render.people import in_words
from bot.render.prose import Markup, say

TOPIC = "texts"
_MOST = 20


@dataclass(frozen=True, slots=True, order=True)
class TextMistake:
    """Why a file cannot be used; ``line`` is 1-based, 0 for the whole file. What the message quotes is in backticks."""

    path: str
    line: int
    message: str


def remark(mistakes: Sequence[TextMistake], web: str, commit: str) -> str:
    """A folded remark below a comment that shows the built-in text instead; empty where nothing is wrong."""
    if not mistakes:
        return ""
    title = say("mentor.texts", count=len({mistake.path for mistake in mistakes}))
    return f"<details><summary>{title}</summary>\n\n{_listed(mistakes, web, commit)}\n\n</details>"


def comment(mistakes: Sequence[TextMistake], web: str, commit: str) -> str:
    """The comment on a pull request that edits such files, marker first."""
    filled = prose.markdown_template("comments/mentor-texts.md.j2")(
        title=Markup(say("mentor.texts-here", count=len({mistake.path for mistake in mistakes}))),
        lines=Markup(_listed(mistakes, web, commit)),
    )
    return filled.rstrip("\n") + "\n"


def _listed(mistakes: Sequence[TextMistake], web: str, commit: str) -> str:
    lines = [f"- {_line(mistake, web, commit)}" for mistake in mistakes[:_MOST]]
    if len(mistakes) > _MOST:
        lines.append(f"- {say('left-out.listed', count=len(mistakes) - _MOST)}")
    return "\n".join(lines)


def _line(mistake: TextMistake, web: str, commit: str) -> str:
    anchor = f"#L{mistake.line}" if mistake.line else ""
    shown = code(f"{mistake.path}:{mistake.line}" if mistake.line else mistake.path, 160)
    # `?plain=1`, since GitHub shows Markdown without its lines.
    place = f"[{shown}]({web}/blob/{commit}/{percent(mistake.path)}?plain=1{anchor})"
    return say("mentor.texts-own", place=place, message=in_words(mistake.message))
