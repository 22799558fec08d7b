"""Turns reports into what people and programs read: the only reader of ``templates`` and importer of jinja2, rich."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, cast

from bot.model import AuditReport, ReviewReport
from bot.render.display import Display

if TYPE_CHECKING:
    from bot.actions import Annotation, PublishCheck
    from bot.render.checklist import PublishingView
    from bot.render.view import EditedPolicy, Group, Verdicted

# The stems of the files in ``formats`` (a test compares), so that the command line can list them at no cost.
REVIEW_FORMATS = ("text", "json", "sarif", "markdown", "github")
AUDIT_FORMATS = ("text", "json", "sarif", "html")
CHECKLIST_FORMATS = ("text", "json", "markdown")

__all__ = [
    "AUDIT_FORMATS",
    "CHECKLIST_FORMATS",
    "REVIEW_FORMATS",
    "Display",
    "audit",
    "audit_parts",
    "check_run",
    "checklist_comment",
    "checklists",
    "dismissal",
    "group_check_run",
    "policy_annotations",
    "policy_comment",
    "reply",
    "review",
    "sticky_comment",
    "unread_check",
]


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


def checklists(view: PublishingView, format: str, display: Display | None = None) -> str:
    """The checklists of packages as text that ends in a line feed; the same arguments give the same text.

    Raises:
        ValueError: there is no such format.
    """
    module = _format(format, CHECKLIST_FORMATS)
    return cast(str, module.checklist(view, display or Display()))


def _format(name: str, known: tuple[str, ...]) -> ModuleType:
    if name not in known:
        raise ValueError(f"no format {name!r}; there is {', '.join(known)}")
    return import_module(f"bot.render.formats.{name}")


def check_run(view: Verdicted) -> PublishCheck:
    """The check run of a pull request's head."""
    from bot.render import check

    return check.check_run(view)


def unread_check(sha: str, reason: str) -> PublishCheck:
    """The check run while the code of a head could not be read."""
    from bot.render import check

    return check.unread_check(sha, reason)


def sticky_comment(view: Verdicted) -> str | None:
    """The one comment on a pull request (topic ``review``), marker first; None when nothing needs saying."""
    from bot.render import sticky

    return sticky.comment(view)


def dismissal(view: Verdicted) -> str:
    """What is said where the App dismisses an approval that no longer covers everything."""
    from bot.render import people

    return people.dismissal(view)


def group_check_run(group: Group) -> PublishCheck:
    """The check run of a merge group."""
    from bot.render import queue

    return queue.group_check_run(group)


def checklist_comment(view: PublishingView) -> str | None:
    """The one comment about publishing (topic ``checklist``), marker first; None where there is no package."""
    from bot.render import checklist

    return checklist.comment(view)


def policy_comment(edit: EditedPolicy) -> str | None:
    """The comment on an edit of the policy (topic ``policy``), marker first; None where nothing is edited."""
    from bot.render import policy_edit

    return policy_edit.policy_comment(edit)


def policy_annotations(edit: EditedPolicy) -> tuple[Annotation, ...]:
    """Remarks on the lines of the edited policy files."""
    from bot.render import policy_edit

    return policy_edit.policy_annotations(edit)


def reply(comment: int, author: str, pull_address: str, answer: str) -> str:
    """The answer (topic ``reply-ID``) to the comment of that id, marker first; ``answer`` is inert Markdown."""
    from bot.render import answer as answers

    return answers.reply(comment, author, pull_address, answer)
