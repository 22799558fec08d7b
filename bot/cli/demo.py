"""``cratewarden demo``: the App at work on a GitHub of this computer's own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from bot.cli import INTERNAL, INTERRUPTED, NOTHING_TO_ASK
from bot.cli.errors import UserError

if TYPE_CHECKING:
    from bot.demo.tell import Teller

_NEEDED = (
    "alembic", "cryptography", "dbos", "github", "graphql", "jwt", "prometheus_client", "sqlalchemy", "starlette",
    "uvicorn",
)  # fmt: skip
"""Modules of the ``server`` extra. The demo's own imports are tried only once all of them are there."""
_WIDEST = 100
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, an order to end, and a closed terminal: the demo ends in order, and nothing interrupts that."""


def run_demo(options: Namespace) -> int:
    """Play the demo; 3 when the App did not do what is told."""
    _check(options.port)
    from bot.demo.process import ServerError
    from bot.demo.stage import DemoError, raised
    from bot.demo.story import addresses, story
    from bot.signals import Ended, EndSignals

    with EndSignals.noticed(*_ENDING) as signals:
        try:
            with raised(signals, options.port, options.port and options.port + 1) as stage:
                teller = _teller(options)
                teller.tell(story(stage))
                if options.keep:
                    teller.close("keep", addresses(stage))
                    signals.wait()
                    # To end what was kept is no failure.
                    return NOTHING_TO_ASK
                if not options.quiet:
                    teller.close("end", {})
        except (DemoError, ServerError) as error:
            sys.stderr.write(f"cratewarden: {error}\n")
            return INTERNAL
        except Ended:
            return INTERRUPTED
    return NOTHING_TO_ASK


def _check(port: int) -> None:
    """Find out first what would keep the demo from working.

    Raises:
        UserError: a part of the server is not installed, or a port is taken.
        NoRepositoryError: git is not installed.
    """
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        raise UserError('the demo runs the server, which is not installed: pip install "cratewarden[server]"')
    from bot.git.process import find_git

    find_git()
    for each in (port, port + 1) if port else ():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", each))
            except (OSError, OverflowError) as error:
                reason = getattr(error, "strerror", None) or "there is no such port"
                raise UserError(f"cannot listen on port {each}: {reason}; give another --port") from error


def _teller(options: Namespace) -> Teller:
    from bot.demo.page import Look
    from bot.demo.tell import Teller
    from bot.render import Display

    is_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    wants_color = bool(os.environ.get("FORCE_COLOR")) or (is_terminal and not os.environ.get("NO_COLOR"))
    width = min(shutil.get_terminal_size().columns, _WIDEST) if is_terminal else _WIDEST
    return Teller(
        Display(color=wants_color and not options.plain, width=width),
        Look(width=max(width, 40), is_plain=options.plain),
        _write,
        is_brief=options.quiet,
    )


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
