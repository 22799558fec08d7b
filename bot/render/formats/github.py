"""Workflow commands, which GitHub Actions shows as annotations on the pull request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.model import Change, ChangeClass, Finding, Severity, Unanalysed
from bot.model import ReviewReport, State
from bot.render import outline, prose
from bot.render.display import Display
from bot.render.escape import command_data, command_property, inert_lines, visible
from bot.render.sarif.results import unseen_text

# GitHub shows ten annotations of each type for a step and drops the others without a word.
MOST_OF_A_TYPE = 10
_TYPES = ("error", "warning", "notice")
_TYPE_OF = {Severity.NOTE: "notice", Severity.WARN: "warning", Severity.BLOCK: "error"}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message at a place; ``end_line`` and ``column`` are 0 where the whole line or file is meant."""

    type: str
    path: str
    line: int
    column: int
    end_line: int
    title: str
    message: str


def review(report: ReviewReport, display: Display) -> str:
    """The most important annotations of each type, then the verdict as a plain line of the log."""
    del display
    told = list(_annotations(report))
    shown: list[Annotation] = []
    cut = 0
    for kind in _TYPES:
        of_kind = [one for one in told if one.type == kind]
        # Where anything is left out, the last notice says so.
        room = MOST_OF_A_TYPE - (kind == "notice" and (cut > 0 or len(of_kind) > MOST_OF_A_TYPE))
        shown.extend(of_kind[:room])
        cut += len(of_kind[room:])
    lines = [_command(one) for one in shown]
    if cut:
        lines.append(f"::notice title=cratewarden::{command_data(prose.say('left-out.github', count=cut))}")
    first, others = outline.verdict(report)
    lines.append(inert_lines(" ".join([first, *others, *outline.steps(report)])))
    return "\n".join(lines) + "\n"


def _annotations(report: ReviewReport) -> Iterator[Annotation]:
    """All annotations; within a type in the order of importance."""
    analysis = outline.ordered(report.analysis)
    entries, _ = outline.entries(report)
    loud = "error" if report.decision.state is State.BLOCKED else "warning"
    yield from (_unanalysed(item, loud) for item in analysis.unanalysed)
    yield from (_finding(found) for found in analysis.findings if found.severity is Severity.BLOCK)
    yield from (_change(entry.change) for entry in entries if entry.asked)
    yield from (_finding(found) for found in analysis.findings if found.severity is not Severity.BLOCK)


def _change(change: Change) -> Annotation:
    site = change.site
    text = " ".join([outline.sentence(change), *outline.facts(change)])
    title = f"{site.kind} {change.change}"
    # The lines of a removed site are those of the base side, which the annotated commit does not have.
    place = (0, 0, 0) if change.change is ChangeClass.REMOVED else (site.line, site.column, site.end_line)
    return Annotation("warning", change.path, *place, title=title, message=text)


def _finding(found: Finding) -> Annotation:
    told = prose.finding(found)
    text = f"{told.message}\n{told.fix}"
    place = (found.path, found.line, found.column, found.end_line)
    return Annotation(_TYPE_OF[found.severity], *place, title=found.id, message=text)


def _unanalysed(item: Unanalysed, type: str) -> Annotation:
    title = prose.say("headings.unanalysed")
    return Annotation(type, item.path, item.line or 1, 0, 0, title, unseen_text(item))


def _command(one: Annotation) -> str:
    places = {"file": visible(one.path), "line": one.line, "col": one.column, "endLine": one.end_line}
    given = {name: value for name, value in places.items() if value} | {"title": one.title}
    properties = ",".join(f"{name}={command_property(str(value))}" for name, value in given.items())
    text = "\n".join(visible(line) for line in one.message.split("\n"))
    return f"::{one.type} {properties}::{command_data(text)}"
