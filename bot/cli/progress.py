"""A progress bar on standard error, for work that takes a while and somebody who watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# A bar that appears and is gone at once is noise; one that redraws more often than this is slow.
_QUIET_SECONDS = 0.7
_REDRAW_SECONDS = 0.1


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how much is newly done; without a terminal it does nothing.

    The bar has no thread of its own: it is drawn when progress is told, so that workers can still be forked.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True, auto_refresh=False)
    task = bar.add_task(label, total=total)
    started = drawn = time.monotonic()
    shown = False

    def advance(count: int) -> None:
        nonlocal drawn, shown
        bar.advance(task, count)
        now = time.monotonic()
        if now - started > _QUIET_SECONDS and now - drawn > _REDRAW_SECONDS:
            if not shown:
                bar.start()
                shown = True
            bar.refresh()
            drawn = now

    try:
        yield advance
    finally:
        if shown:
            bar.stop()
