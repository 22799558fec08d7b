"""The checklist as a comment on a pull request, with what could not be checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import Failure
from bot.render import prose
from bot.render.checklist import PublishingView
from bot.render.checklist import comment as publishing_comment
from bot.render.escape import code
from bot.render.prose import say

TOPIC = "checklist"
_UNREAD = 10


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """The checklists, the folders of packages that could not be checked and why, and how many were left out.

    ``remark`` is Markdown of ours for the maintainers.
    """

    publishing: PublishingView
    unread: tuple[tuple[str, Failure], ...] = ()
    left_out: int = 0
    remark: str = ""


def comment(view: ChecklistView) -> str:
    """The comment, marker first."""
    parts = [publishing_comment(view.publishing) or f"<!-- cratewarden:{TOPIC} -->", *_notes(view)]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _notes(view: ChecklistView) -> Iterator[str]:
    if not (view.publishing.checklists or view.unread):
        yield say("mentor.no-package")
    for folder, failure in view.unread[:_UNREAD]:
        reason = prose.unanalysed(failure.reason).message
        yield say("mentor.unread", package=code(folder, 160), reason=reason)
    rest = view.left_out + len(view.unread[_UNREAD:])
    if rest:
        yield say("mentor.more", count=rest)
    yield view.remark
