"""Text for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from bot.model import AuditReport, ReviewReport
from bot.render.display import Display
from bot.render.terminal import audit as audit_page
from bot.render.terminal.review import Page
from bot.render.terminal.rows import written


def review(report: ReviewReport, display: Display) -> str:
    """The review, with the verdict first and the next steps last."""
    return written(Page(report, display).rows(), display)


def audit(report: AuditReport, display: Display) -> Iterator[str]:
    """The audit; long lists are cut and say so."""
    yield written(audit_page.rows(report, display), display)
