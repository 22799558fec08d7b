"""What the checklist says about an item: ``checklist/<item-id>.md``, or the maintainers' own text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from analyzers.publishing.model import Checked, Edit, Verdict
from bot.render.escape import code, fence, visible
from bot.render.prose import markdown_source, say

MOST_OWN = 4000
"""Characters of a text of the maintainers' own; the rest is left out."""
_HEADING = re.compile(r"^## (.+)\n", re.MULTILINE)
_MARKER = re.compile(r"<!--\s*cratewarden", re.IGNORECASE)
_LANGUAGES = {"toml": "toml", "rs": "rust", "yml": "yaml", "yaml": "yaml", "md": "markdown"}


@dataclass(frozen=True, slots=True)
class Advice:
    """Markdown about one item: what was found in one sentence, the smallest fix, and why it matters to users.

    ``fix`` is empty where there is nothing to do. ``own`` is the maintainers' text, which stands for fix and why.
    """

    title: str
    message: str
    fix: str = ""
    why: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class _Page:
    """A template: its title, and its sections by the problems they are about."""

    title: str
    sections: Mapping[str, Callable[..., str]]


def advice(checked: Checked, texts: Mapping[str, str]) -> Advice:
    """What to say about an item; ``texts`` are the maintainers' own, by the items' ids.

    Raises:
        KeyError: the template has no section for the problem.
    """
    page, result = _page(checked.id), checked.result
    fine = result.verdict is Verdict.PASS
    section = "pass" if fine and result.problem not in page.sections else result.problem
    message, _, fix = page.sections[section](**result.values).strip().partition("\n\n")
    message = " ".join(message.split())
    if fine:
        return Advice(page.title, message)
    return Advice(page.title, message, fix.strip(), page.sections["why"]().strip(), _own(texts, checked.id))


def title(id: str) -> str:
    """What an item is called."""
    return _page(id).title


def suggestion(edit: Edit) -> str:
    """An edit as a fenced block, which nothing in it can end."""
    return fence(edit.text.split("\n"), _LANGUAGES.get(edit.path.rpartition(".")[2], "text"))


def plain(checked: Checked, texts: Mapping[str, str]) -> str:
    """What to do about an item as a text for programs: the fix, what to paste, and why."""
    told = advice(checked, texts)
    if checked.verdict is Verdict.PASS:
        return ""
    pasted = "\n\n".join(f"{place_of(edit)}\n\n{suggestion(edit)}" for edit in checked.result.edits)
    return "\n\n".join(part for part in (told.own or told.fix, pasted, "" if told.own else told.why) if part)


def place_of(edit: Edit) -> str:
    """Where an edit goes, in words; the path is made visible and stands as code."""
    how = "top" if edit.how == "behind" and edit.line == 0 else edit.how
    return say(f"checklist.edit.{how}", path=code(edit.path), line=str(edit.line))


def _own(texts: Mapping[str, str], id: str) -> str:
    """The maintainers' text, in which no marker of ours can stand: comments are found by it."""
    text = texts.get(id, "").strip()
    lines = (visible(line) for line in text[:MOST_OWN].splitlines())
    return _MARKER.sub("&lt;!-- cratewarden", "\n".join(lines))


@cache
def _page(id: str) -> _Page:
    text = (files("templates") / "checklist" / f"{id}.md").read_text(encoding="utf-8")
    head, *parts = _HEADING.split(text)
    sections: dict[str, Callable[..., str]] = {}
    for names, body in zip(parts[::2], parts[1::2], strict=True):
        for name in names.split(", "):
            sections[name] = markdown_source(body)
    return _Page(head.removeprefix("# ").strip(), sections)
