"""Text for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.model import AuditReport, ReviewReport
from bot.render.display import Display
from bot.render.terminal import audit as audit_page
from bot.render.terminal.review import Page
from bot.render.terminal.rows import written

if TYPE_CHECKING:
    from bot.render.checklist import PublishingView


def review(report: ReviewReport, display: Display) -> str:
    """The review, with the verdict first and the next steps last."""
    return written(Page(report, display).rows(), display)


def audit(report: AuditReport, display: Display) -> Iterator[str]:
    """The audit; long lists are cut and say so."""
    yield written(audit_page.rows(report, display), display)


def checklist(view: PublishingView, display: Display) -> str:
    """The checklists: what to do first, and how."""
    from bot.render.terminal import checklist as checklist_page

    return written(checklist_page.rows(view, display), display)
