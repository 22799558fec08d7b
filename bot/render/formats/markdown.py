"""Markdown for a comment on the pull request, within the room that GitHub gives a comment."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from bot.model import ReviewReport
from bot.render import outline, prose
from bot.render.comment import Block, blocks, fitted, size
from bot.render.display import Display
from bot.render.escape import code
from bot.render.outline import sorted_unanalysed
from bot.render.prose import Markup, say

if TYPE_CHECKING:
    from bot.render.checklist import PublishingView

# GitHub's limit is 65,536 characters; as many bytes are never more than that.
MOST_BYTES = 65_536
# Room for the sentences that say what was left out, and for the heading of the folded list.
_REMARKS = 1024
_STEPS = 10
_UNSEEN = 20


def review(report: ReviewReport, display: Display) -> str:
    """The comment; what there is no room for is counted instead: first code, then whole changes."""
    told = blocks(report, display)
    room = MOST_BYTES - _REMARKS - size(_filled(report, [], []))
    texts = fitted(told, room)
    kept = [(block, text) for block, text in zip(told, texts, strict=True) if text]
    remarks = []
    if len(kept) < len(told):
        remarks.append(say("left-out.markdown", count=len(told) - len(kept)))
    elif any(text is not block.full for block, text in kept):
        remarks.append(say("left-out.markdown-code"))
    return _filled(report, kept, remarks)


def checklist(view: PublishingView, display: Display) -> str:
    """The checklists as the comment has them, without its marker."""
    del display
    from bot.render.checklist import page

    return page(view)


def _filled(report: ReviewReport, kept: list[tuple[Block, str]], remarks: list[str]) -> str:
    verdict, others = outline.verdict(report)
    told = [(block, text) for block, text in kept if block.path is not None]
    steps, unseen = outline.steps(report), _unseen(report)
    filled = prose.markdown_template("comments/review.md.j2")(
        verdict=Markup(verdict),
        others=Markup(" ".join(others)),
        steps=_listed(steps, _STEPS),
        files=[
            {"path": path, "blocks": [Markup(text) for _, text in group]}
            for path, group in groupby(told, key=lambda pair: pair[0].path)
        ],
        unseen=_listed(unseen, _UNSEEN),
        quiet=[Markup(text) for block, text in kept if block.path is None],
        remarks=[Markup(remark) for remark in remarks],
    )
    return filled.rstrip("\n") + "\n"


def _unseen(report: ReviewReport) -> list[str]:
    lines = []
    for item in sorted_unanalysed(report.analysis.unanalysed):
        told = prose.unanalysed(item.reason, code(item.detail, 80) if item.detail else "")
        where = code(f"{item.path}:{item.line}" if item.line else item.path, 160)
        lines.append(f"{where}: {told.message} {told.help}")
    return lines


def _listed(lines: Iterable[str], most: int) -> list[Markup]:
    listed = [Markup(line) for line in lines]
    if len(listed) <= most:
        return listed
    return [*listed[:most], Markup(say("left-out.listed", count=len(listed) - most))]
