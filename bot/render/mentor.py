"""The comment about a mentor: who helps, why this person, and what to look at first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzers.publishing.model import Checked, Checklist
from bot.model import ReviewReport
from bot.render import prose
from bot.render.checklist_advice import advice
from bot.render.display import Display
from bot.render.escape import code, percent
from bot.render.items import items
from bot.render.people import told
from bot.render.prose import Markup, say
from bot.render.view import Phrase

TOPIC = "mentor"


@dataclass(frozen=True, slots=True)
class MentorView:
    """A mentor who was asked.

    ``first_items`` and ``first_changes`` (fingerprints in the report) are what to look at first. ``web`` is the
    address of the repository's page.
    """

    person: str
    why: Phrase
    author: str
    report: ReviewReport
    web: str
    first_items: tuple[tuple[Checklist, Checked], ...] = ()
    first_changes: tuple[str, ...] = ()


def comment(view: MentorView) -> str:
    """The comment, marker first."""
    filled = prose.markdown_template("comments/mentor.md.j2")(
        person=Markup(code(view.person)),
        author=Markup(code(view.author)),
        why=Markup(told(view.why)),
        items=[Markup(line) for line in _items(view)],
        changes=[Markup(line) for line in _changes(view)],
    )
    return filled.rstrip("\n") + "\n"


def _items(view: MentorView) -> Iterable[str]:
    for one, item in view.first_items:
        # Only the title: the checklist itself says the rest.
        title, place = advice(item, {}).title, _place(view, item)
        package = code(one.name or one.path, 64)
        yield say("mentor.item-at" if place else "mentor.item", package=package, title=title, place=place)


def _place(view: MentorView, item: Checked) -> str:
    path, line = item.place.path, item.place.line
    if not path:
        return ""
    anchor = f"#L{line}" if line else ""
    shown = code(f"{path}:{line}" if line else path, 160)
    return f"[{shown}]({view.web}/blob/{view.report.head}/{percent(path)}{anchor})"


def _changes(view: MentorView) -> Iterable[str]:
    made = {
        item.fingerprint: item.text
        for item in items(view.report, Display(web=view.web), (), view.first_changes)
    }
    return [made[name] for name in view.first_changes if name in made]
