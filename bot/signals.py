"""Signals that order the process to end, noticed where it can end in order."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Iterator
from types import FrameType


class Ended(Exception):  # noqa: N818 - an order, not an error
    """A signal has ordered us to end."""


class EndSignals:
    """Whether such a signal has come.

    No handler raises: an exception that arrives anywhere is lost in a finaliser, or tears what is half made, such as a
    process that nobody knows of yet. Nor does one set a ``threading.Event``: its lock may be the interrupted thread's.
    """

    def __init__(self) -> None:
        self._told, self._teller = os.pipe()
        os.set_blocking(self._teller, False)

    def fileno(self) -> int:
        """Readable for ``select`` as soon as a signal has come."""
        return self._told

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for a signal, for ever unless a time is given; whether one has come."""
        return bool(select.select([self], [], [], seconds)[0])

    def sleep(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            Ended: a signal has come, now or earlier.
        """
        if self.wait(seconds):
            raise Ended

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        # A full pipe tells as much as one byte does.
        with contextlib.suppress(BlockingIOError):
            os.write(self._teller, b"!")

    @classmethod
    @contextlib.contextmanager
    def noticed(cls, *numbers: signal.Signals) -> Iterator[EndSignals]:
        """Notice these signals as long as the context; the main thread's alone to use."""
        ours = cls()
        kept = {each: signal.signal(each, ours._note) for each in numbers}
        try:
            yield ours
        finally:
            for each, handler in kept.items():
                signal.signal(each, handler)
            os.close(ours._told)
            os.close(ours._teller)
