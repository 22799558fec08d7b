"""``cratewarden serve``: the App in one process."""

from __future__ import annotations

from argparse import Namespace

from bot.cli.settings import settings, user_errors


def run_serve(options: Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    given = settings(options)
    from bot.web.app import compose
    from bot.web.server import serve

    with user_errors():
        return serve(given, compose)
