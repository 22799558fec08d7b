"""Turns reports into what people and programs read: the only reader of ``templates`` and importer of jinja2, rich."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import cast

from bot.model import AuditReport, ReviewReport
from bot.render.display import Display

# The stems of the files in ``formats`` (a test compares), so that the command line can list them at no cost.
REVIEW_FORMATS = ("text", "json", "sarif", "markdown", "github")
AUDIT_FORMATS = ("text", "json", "sarif", "html")

__all__ = ["AUDIT_FORMATS", "REVIEW_FORMATS", "Display", "audit", "audit_parts", "review"]


def review(report: ReviewReport, format: str, display: Display | None = None) -> str:
    """The review as text that ends in a line feed; the same arguments give the same text.

    ``format`` is one of `REVIEW_FORMATS`; what only some formats heed is in ``display``.

    Raises:
        ValueError: there is no such format.
    """
    module = _format(format, REVIEW_FORMATS)
    return cast(str, module.review(report, display or Display()))


def audit(report: AuditReport, format: str, display: Display | None = None) -> str:
    """The audit as text that ends in a line feed; the same arguments give the same text.

    ``format`` is one of `AUDIT_FORMATS`.

    Raises:
        ValueError: there is no such format.
    """
    return "".join(audit_parts(report, format, display))


def audit_parts(report: AuditReport, format: str, display: Display | None = None) -> Iterator[str]:
    """The same as `audit` in pieces, so that the memory needed does not grow with the repository.

    Raises:
        ValueError: there is no such format.
    """
    module = _format(format, AUDIT_FORMATS)
    return cast(Iterator[str], module.audit(report, display or Display()))


def _format(name: str, known: tuple[str, ...]) -> ModuleType:
    if name not in known:
        raise ValueError(f"no format {name!r}; there is {', '.join(known)}")
    return import_module(f"bot.render.formats.{name}")
