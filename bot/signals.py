"""Signals that order the process to end, noticed where it can end in order."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Collection, Iterator
from types import FrameType


class Ended(Exception):  # noqa: N818 - an order, not an error
    """A signal has ordered us to end."""


class EndSignals:
    """Whether such a signal has come.

    No handler raises: an exception that arrives anywhere is lost in a finaliser, or tears what is half made, such as a
    process that nobody knows of yet. Nor does one set a ``threading.Event``: its lock may be the interrupted thread's.
    Handlers do nothing at all: they run in the main thread once it wakes, and the kernel may have given the signal to
    another one. The interpreter itself writes the signal's number into a pipe, whichever thread that is.
    """

    def __init__(self, numbers: Collection[signal.Signals]) -> None:
        self._numbers = frozenset(map(int, numbers))
        self._has_come = False
        self._told, self._teller = os.pipe()
        os.set_blocking(self._told, False)
        os.set_blocking(self._teller, False)

    def fileno(self) -> int:
        """Readable for ``select`` when a signal has come since somebody last waited: then ask ``wait``."""
        return self._told

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for a signal, for ever unless a time is given; whether one has come, now or earlier."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self._has_come:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not select.select([self], [], [], left)[0]:
                return False
            self._has_come = not self._numbers.isdisjoint(os.read(self._told, 4096))
        return True

    def sleep(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            Ended: a signal has come, now or earlier.
        """
        if self.wait(seconds):
            raise Ended

    @classmethod
    @contextlib.contextmanager
    def noticed(cls, *numbers: signal.Signals) -> Iterator[EndSignals]:
        """Notice these signals as long as the context; the main thread's alone to use."""
        ours = cls(numbers)
        kept_pipe = signal.set_wakeup_fd(ours._teller, warn_on_full_buffer=False)
        kept = {each: signal.signal(each, _do_nothing) for each in numbers}
        try:
            yield ours
        finally:
            for each, handler in kept.items():
                signal.signal(each, handler)
            signal.set_wakeup_fd(kept_pipe)
            os.close(ours._told)
            os.close(ours._teller)


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    pass
