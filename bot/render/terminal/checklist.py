"""A publishing checklist as a person at a terminal reads it: the few things to do first, with what to paste."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.publishing.model import Checked, Checklist, Verdict
from bot.render import prose
from bot.render.checklist import PublishingView, grouped, headline
from bot.render.checklist_advice import advice, place_of, title
from bot.render.display import Display
from bot.render.terminal.rows import Row, Span, wrapped
from bot.render.terminal.rows import advice as paragraphs

FIRST = 5
"""How many items are told at once: more than that nobody reads."""
_MOST_EDITS = 3
_MOST_PLACES = 10
_LONG = 7
_STYLES = {"reject": "block", "warn": "warn", "advise": "note", "ask": "note"}


def rows(view: PublishingView, display: Display) -> Iterator[Row]:
    """All rows: every package with its headline, what to do first, and what can wait by name only."""
    for at, one in enumerate(view.checklists):
        if at:
            yield []
        yield from _package(view, one, display)


def _package(view: PublishingView, one: Checklist, display: Display) -> Iterator[Row]:
    yield [Span(_bare(headline(one)), "title")]
    left = len(one.items) if display.verbose else FIRST
    waiting: list[Checked] = []
    questions: list[Checked] = []
    for group in grouped(one):
        told = group.items[:left] if group.name != "ask" or display.verbose else ()
        (questions if group.name == "ask" else waiting).extend(group.items[len(told) :])
        left -= len(told)
        if told:
            yield []
            yield [Span(prose.say(f"checklist.group.{group.name}", count=len(group.items)), "title")]
        for item in told:
            yield from _item(view, item, display, _STYLES[group.name])
    if display.verbose:
        yield from _fine(one, view)
    elif waiting or questions:
        yield []
        yield from _later(waiting, questions, display)


def _item(view: PublishingView, item: Checked, display: Display, style: str) -> Iterator[Row]:
    told, place = advice(item, view.texts), item.place
    where = f" ({place.path}:{place.line})" if place.line else f" ({place.path})" if place.path else ""
    yield []
    yield from wrapped(f"{_bare(told.message)}{where}", display.width, "  ", Span(f"{told.title}: ", style))
    yield from paragraphs(told.own or told.fix, display.width, "    ")
    for edit in item.result.edits[: None if display.verbose else _MOST_EDITS]:
        yield from wrapped(_bare(place_of(edit)), display.width, "    ")
        lines = edit.text.split("\n")
        most = len(lines) if display.verbose else _LONG
        yield from ([Span(f"        {line}", "plus")] for line in lines[:most])
        if len(lines) > most:
            yield [Span("        …", "dim")]
    if display.verbose:
        yield from _more(item, told.why, display)


def _more(item: Checked, why: str, display: Display) -> Iterator[Row]:
    """Why it matters, all evidence, and the rule."""
    yield from paragraphs(why, display.width, "    ")
    places = item.result.places[1 : _MOST_PLACES + 1]
    for place in places:
        where = f"{place.path}:{place.line}" if place.line else place.path
        yield [Span(f"    {where}", "path"), Span(f"  {place.note}" if place.note else "")]
    if len(item.result.places) > _MOST_PLACES + 1:
        count = len(item.result.places) - _MOST_PLACES - 1
        yield [Span("    " + prose.say("left-out.text", count=count), "dim")]
    yield [Span(f"    {item.authority}", "dim")]


def _later(waiting: list[Checked], questions: list[Checked], display: Display) -> Iterator[Row]:
    """What is not told in full, by name."""
    for phrase, items in (("then", waiting), ("questions", questions)):
        if items:
            names = ", ".join(title(item.id).lower() for item in items)
            yield from wrapped(prose.say(f"checklist.{phrase}", names=names), display.width, "")
    yield from wrapped(prose.say("checklist.all"), display.width, "")


def _fine(one: Checklist, view: PublishingView) -> Iterator[Row]:
    fine = [item for item in one.items if item.verdict is Verdict.PASS]
    if fine:
        yield []
        yield [Span(prose.say("checklist.passed", count=len(fine)), "title")]
    for item in fine:
        told = advice(item, view.texts)
        yield [Span("  "), Span(f"{told.title}: ", "plus"), Span(_bare(told.message))]


def _bare(markdown: str) -> str:
    """Our own Markdown without the marks of code spans, which a terminal shows as they are."""
    return "".join(part.strip("`") for _, part in prose.inline(markdown))
