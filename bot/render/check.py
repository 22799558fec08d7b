"""The check run of a pull request's head."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.model import Analysis, Change
from bot.actions import CheckState, PublishCheck
from bot.model import Decision, Mode, ReviewReport
from bot.render import headline, line_remarks, outline, prose
from bot.render.comment import SHORT, place_of
from bot.render.display import Display
from bot.render.escape import cell, code
from bot.render.items import fitting
from bot.render.prose import Markup, say
from bot.render.situation import all_items, situation
from bot.render.view import Verdicted

ROOM = 60_000
"""Bytes of a summary or text; GitHub refuses more than 65,535 characters."""
_SHARE = 20_000


def check_run(view: Verdicted) -> PublishCheck:
    """The check run ``cratewarden`` for the head; where it speaks for a sibling too, it says so."""
    remarks, unshown = line_remarks.of_head(view.analysis, view.decision)
    return PublishCheck(
        sha=view.pull.head_sha,
        state=view.published,
        title=headline.title(view),
        summary=_summary(view, unshown),
        text=table(view.report, view.display),
        annotations=() if view.decision.mode is Mode.OFF else remarks,
        details_url=view.details_url,
    )


def unread_check(sha: str, reason: str) -> PublishCheck:
    """The check run while the code of a head could not be read; ``reason`` is one line for people."""
    return PublishCheck(
        sha=sha,
        state=CheckState.IN_PROGRESS,
        title=say("unread.title"),
        summary=say("unread.summary", reason=code(reason)) + "\n",
    )


def _summary(view: Verdicted, unshown: int) -> str:
    seen = situation(view)
    waiting = outline.asked_fingerprints(view.decision)
    told = [*all_items(view, waiting | {hold.fingerprint for hold in view.decision.holds})]
    filled = prose.markdown_template("checks/summary.md.j2")(
        seen=seen,
        changes=_lines([item.text for item in told if item.is_code and item.fingerprint in waiting]),
        others=_lines([item.text for item in told if not item.is_code]),
        unshown=Markup(say("check.annotations", count=unshown)) if unshown else "",
    )
    return filled.rstrip("\n") + "\n"


def _lines(texts: list[str]) -> list[Markup]:
    return [Markup(line) for line in fitting(texts, _SHARE)]


def table(report: ReviewReport, display: Display) -> str:
    """Every change in a row, or that there are none; those that do not fit are counted."""
    analysis = outline.ordered(report.analysis)
    if not analysis.changes:
        return "" if analysis.unanalysed else say("check.no-changes") + "\n"
    columns = prose.heads("check.columns")
    rows = [_row(columns), _row(["---"] * len(columns))]
    room = ROOM
    for at, row in enumerate(_rows(report, display, analysis, report.decision)):
        room -= len(row.encode()) + 1
        if room < 0:
            rows += ["", say("check.rows", count=len(analysis.changes) - at)]
            break
        rows.append(row)
    return "\n".join(rows) + "\n"


def _rows(report: ReviewReport, display: Display, analysis: Analysis, decision: Decision) -> Iterator[str]:
    waiting, approved = outline.asked_fingerprints(decision), outline.approved_fingerprints(decision)
    held = {hold.fingerprint for hold in decision.holds}
    for change in analysis.changes:
        name = change.fingerprint
        states = {"waits": waiting, "held": held, "approved": approved}
        state = next((word for word, names in states.items() if name in names), "unasked")
        yield _row(
            [
                change.change.value,
                cell(change.site.kind),
                _place(report, display, change),
                cell(change.site.item) if change.site.item else "",
                cell(name[:SHORT]),
                say(f"check.{state}"),
            ]
        )


def _place(report: ReviewReport, display: Display, change: Change) -> str:
    return f"{cell(change.path)} {place_of(report, display, change)}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
