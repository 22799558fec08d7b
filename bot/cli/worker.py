"""``cratewarden worker``: one more process that works."""

from __future__ import annotations

from argparse import Namespace

from bot.cli.settings import settings, user_errors


def run_worker(options: Namespace) -> int:
    """Work until SIGTERM or SIGINT."""
    given = settings(options)
    from bot.web.app import compose
    from bot.web.server import work_only

    with user_errors():
        return work_only(given, compose)
