"""``cratewarden checklist``: what stands between a package and crates.io."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable

from analyzers.publishing.model import Checklist, Severity, Verdict
from bot.checklist import read_path
from bot.cli import NOTHING_TO_ASK, REVIEW_NEEDED
from bot.cli.output import display, write
from bot.render import checklists
from bot.render.checklist import PublishingView

_ORDER = tuple(Severity)


def run_checklist(options: Namespace) -> int:
    """Check and print; the exit status tells whether something fails that is as severe as ``--fail-on``."""
    packages = read_path(options.path, options.base)
    lists = packages.checklists()
    view = PublishingView(lists, texts=packages.texts)
    write(options, [checklists(view, options.format, display(options))])
    return REVIEW_NEEDED if _fails(lists, options.fail_on) else NOTHING_TO_ASK


def _fails(lists: Iterable[Checklist], limit: str) -> bool:
    if limit == "never":
        return False
    counting = _ORDER[: _ORDER.index(Severity(limit)) + 1]
    return any(
        item.verdict is Verdict.FAIL and item.severity in counting for one in lists for item in one.items
    )
