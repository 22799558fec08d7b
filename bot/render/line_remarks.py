"""Remarks on the lines of a head, the same whoever has approved: GitHub can add remarks and never take them back."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.model import Analysis, Change, ChangeClass, Finding, Severity, Unanalysed
from bot.actions import Annotation, Level
from bot.model import Decision
from bot.policy import PolicyProblem
from bot.render import outline, prose
from bot.render.escape import visible
from bot.render.sarif.results import unseen_text

MOST = 200
"""How many remarks a head gets: four requests, and more than anybody reads."""
_LONG = 10
_LEVELS = {Severity.NOTE: Level.NOTICE, Severity.WARN: Level.WARNING, Severity.BLOCK: Level.FAILURE}


def of_head(analysis: Analysis, decision: Decision) -> tuple[tuple[Annotation, ...], int]:
    """The most important remarks sorted by place, and how many there was no room for."""
    told = list(dict.fromkeys(_by_importance(outline.ordered(analysis), decision)))
    return tuple(sorted(told[:MOST])), max(len(told) - MOST, 0)


def of_problems(problems: tuple[PolicyProblem, ...], level: Level) -> tuple[Annotation, ...]:
    """Remarks on the lines of a policy file, sorted."""
    title = prose.say("headings.policy")
    made = (_remark(one.file, (one.line, one.line), level, title, one.message) for one in problems)
    return tuple(sorted(set(made)))[:MOST]


def _by_importance(analysis: Analysis, decision: Decision) -> Iterator[Annotation]:
    named = {name for rule in decision.rules for name in rule.fingerprints}
    loud = [found for found in analysis.findings if found.severity is Severity.BLOCK]
    yield from (_finding(found) for found in loud)
    yield from (_unanalysed(item) for item in analysis.unanalysed)
    for change in analysis.changes:
        # The lines of a removed site are those of the base, which the head does not have.
        if change.fingerprint in named and change.change is not ChangeClass.REMOVED:
            yield _change(change)
    yield from (_finding(found) for found in analysis.findings if found.severity is not Severity.BLOCK)


def _change(change: Change) -> Annotation:
    site = change.site
    text = " ".join([outline.sentence(change), *outline.facts(change)])
    return _remark(
        change.path, (site.line, site.end_line), Level.WARNING, f"{site.kind} {change.change}", text
    )


def _finding(found: Finding) -> Annotation:
    told = prose.finding(found)
    text = f"{told.message}\n{told.fix}"
    return _remark(found.path, (found.line, found.end_line), _LEVELS[found.severity], found.id, text)


def _unanalysed(item: Unanalysed) -> Annotation:
    title = prose.say("headings.unanalysed")
    return _remark(item.path, (item.line, item.line), Level.WARNING, title, unseen_text(item))


def _remark(path: str, lines: tuple[int, int], level: Level, title: str, message: str) -> Annotation:
    first, last = max(lines[0], 1), max(lines)
    # GitHub draws a remark below its last line: for a long construct it would stand out of sight of its keyword.
    last = last if first <= last < first + _LONG else first
    text = "\n".join(visible(line) for line in message.split("\n"))
    return Annotation(_sendable(path), first, last, level, visible(title), text)


def _sendable(path: str) -> str:
    """The path itself, made visible only where it is not UTF-8 and no request could carry it."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return visible(path)
    return path
