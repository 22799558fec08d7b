"""Reads the templates: every sentence that people see comes through here, as Markdown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from analyzers.model import Finding, Note, Reason, UnanalysedReason
from bot.render.escape import code, visible

if TYPE_CHECKING:
    from jinja2 import Environment


_INERT = re.compile(r"[A-Za-z0-9_.+@:>-][A-Za-z0-9_.+@:> -]*", re.ASCII)


class Markup(str):
    """Markdown of our own making. Templates show every other string as a code span, so none can be forgotten."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """What to say about something: one sentence, and the Markdown that tells what to do about it."""

    message: str
    help: str

    @property
    def fix(self) -> str:
        """The first paragraph of the help as a sentence: the smallest thing that helps."""
        return blocks(self.help)[0].text.rstrip(":.") + "."


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("templates") / name).read_text(encoding="utf-8"))


def say(name: str, /, **values: str | int) -> str:
    """The phrase of that dotted name in ``phrases.toml`` with the values put in.

    A phrase that depends on a number has the forms ``one`` and ``other``; ``count`` chooses.

    Raises:
        KeyError: there is no such phrase, or it needs another value.
    """
    phrase: Any = _table("phrases.toml")
    for key in name.split("."):
        phrase = phrase[key]
    if isinstance(phrase, dict):
        phrase = phrase["one" if values["count"] == 1 else "other"]
    shown = {key: f"{value:,}" if isinstance(value, int) else value for key, value in values.items()}
    return str(phrase).format(**shown)


def own_rules() -> frozenset[str]:
    """The names of the rules that are in every policy without being written there."""
    return frozenset(_table("phrases.toml")["own-rules"])


def heads(name: str) -> list[str]:
    """The column heads of that dotted name in ``phrases.toml``."""
    section, _, key = name.partition(".")
    return [str(head) for head in _table("phrases.toml")[section][key]]


def reason(id: Reason) -> str:
    """The sentence for a reason."""
    return str(_table("reasons.toml")[id.value])


def note(told: Note) -> str:
    """The sentence of a note as Markdown, everything of others but numbers in it as code, with the place to look at."""
    values = {
        name: value if value.isascii() and value.isdigit() else code(value) for name, value in told.values
    }
    text = str(_table("notes.toml")[told.id]).format(**values)
    if not told.path:
        return text
    place = code(f"{told.path}:{told.line}" if told.line else told.path)
    return f"{text.removesuffix('.')} ({place})."


def unanalysed(id: UnanalysedReason, figures: str = "") -> Advice:
    """What could not be judged, with its figures in parentheses, and what to do about it."""
    entry = _table("unanalysed.toml")[id.value]
    what = str(entry["what"])
    return Advice(f"{what.removesuffix('.')} ({figures})." if figures else what, entry["do"])


def finding(found: Finding) -> Advice:
    """The message of a finding with its facts, and its help, from ``findings/<id>.md``."""
    # What a code block of the template may hold as it is: names and versions, and nothing that could end the block.
    values = dict(value for each in found.notes for value in each.values)
    plain = {name: Markup(value) for name, value in values.items() if _INERT.fullmatch(value)}
    template = markdown_template(f"findings/{found.id}.md")
    text = template(kind=found.kind, item=found.item, plain=plain)
    message, _, help_text = text.partition("\n")
    return Advice(" ".join((message, *map(note, found.notes))), help_text.strip())


def link(page: str, anchor: str = "") -> str:
    """A page of ``links.toml`` as a path in the project's repository."""
    return str(_table("links.toml")[page]) + (f"#{anchor}" if anchor else "")


def home() -> str | None:
    """The address of the project's repository; None unless whoever publishes it has set it."""
    address = _table("links.toml").get("home")
    return None if address is None else str(address)


@cache
def markdown_template(name: str) -> Callable[..., str]:
    """The Markdown template's render function; strings that are not `Markup` come out as code spans."""
    return _environment(_as_code).get_template(name).render


def markdown_source(text: str) -> Callable[..., str]:
    """The same for a part of a template, given as text."""
    return _environment(_as_code).from_string(text).render


@cache
def html_template(name: str) -> Callable[..., str]:
    """The HTML template's render function; strings are escaped and made visible."""
    return _environment(_as_visible).get_template(name).render


def _environment(finalize: Callable[[object], object]) -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FunctionLoader(lambda path: (files("templates") / path).read_text(encoding="utf-8")),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default_for_string=False),
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _as_code(value: object) -> object:
    return code(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _as_visible(value: object) -> object:
    return visible(value) if type(value) is str else value


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the lines of a fenced code block, of Markdown written by us."""

    text: str
    is_code: bool


def blocks(markdown: str) -> list[Block]:
    """The paragraphs and code blocks of Markdown that uses nothing else; paragraphs are joined into one line."""
    found: list[Block] = []
    lines: list[str] = []
    fenced = False
    for line in [*markdown.splitlines(), ""]:
        if line.startswith("```"):
            fenced, closing = not fenced, fenced
        elif fenced or line:
            lines.append(line)
            continue
        else:
            closing = False
        if lines:
            found.append(Block(("\n" if closing else " ").join(lines), closing))
        lines = []
    return found


def inline(paragraph: str) -> list[tuple[bool, str]]:
    """The parts of a paragraph of ours in order: whether it is code, and its text."""
    return [(at % 2 == 1, part) for at, part in enumerate(paragraph.split("`")) if part]
