"""The signals that end the demo, and how they wait while something begins that has to be ended."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, an order to end, and a closed terminal."""


@contextlib.contextmanager
def signals_wait() -> Iterator[None]:
    """Let what would end us wait until a process or folder that is being made is known: nobody would remove it."""
    if threading.current_thread() is not threading.main_thread():
        # Signals reach the main thread alone.
        yield
        return
    came: list[int] = []
    kept = {each: signal.signal(each, lambda number, _: came.append(number)) for each in ENDING}
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)
        if came:
            signal.raise_signal(came[0])
