"""``cratewarden demo``: the App at work on a GitHub of this computer's own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.cli import INTERNAL, INTERRUPTED, NOTHING_TO_ASK
from bot.cli.errors import UserError

if TYPE_CHECKING:
    from types import FrameType

    from bot.demo.tell import Teller

_NEEDED = (
    "alembic", "cryptography", "dbos", "github", "graphql", "jwt", "prometheus_client", "sqlalchemy", "starlette",
    "uvicorn",
)  # fmt: skip
"""Modules of the ``server`` extra. The demo's own imports are tried only once all of them are there."""
_WIDEST = 100


def run_demo(options: Namespace) -> int:
    """Play the demo; 3 when the App did not do what is told."""
    _check(options.port)
    from bot.demo.process import ServerError
    from bot.demo.stage import DemoError, raised
    from bot.demo.story import addresses, story

    with _ends_on_signals():
        try:
            with raised(options.port, options.port and options.port + 1) as stage:
                teller = _teller(options)
                teller.tell(story(stage))
                if options.keep:
                    teller.close("keep", addresses(stage))
                    threading.Event().wait()
                if not options.quiet:
                    teller.close("end", {})
        except (DemoError, ServerError) as error:
            sys.stderr.write(f"cratewarden: {error}\n")
            return INTERNAL
        except KeyboardInterrupt:
            # To end what was kept is no failure.
            return NOTHING_TO_ASK if options.keep else INTERRUPTED
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


@contextmanager
def _ends_on_signals() -> Iterator[None]:
    """Ctrl-C, a closed terminal and SIGTERM end the demo in order, and nothing interrupts that."""
    from bot.demo.signals import ENDING

    def end(_number: int, _frame: FrameType | None) -> None:
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    kept = {each: signal.signal(each, end) for each in ENDING}
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)
