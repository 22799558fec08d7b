"""The time of the sandbox, which a test can move."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Whole seconds in UTC, as GitHub writes them.

    Without ``start`` it follows the machine's clock; with it time stands still. ``advance`` moves both kinds. Only
    the App's signatures (JWT) are judged by the machine's clock, because their signer goes by that one.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._start = start
        self._moved = timedelta()

    def now(self) -> datetime:
        """The time here."""
        with self._lock:
            return ((self._start or self.machine()) + self._moved).replace(microsecond=0)

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let this much time pass."""
        with self._lock:
            self._moved += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)

    @staticmethod
    def machine() -> datetime:
        """The time of the machine, which nobody moves."""
        return datetime.now(UTC)


def stamp(when: datetime) -> str:
    """A time as GitHub writes it in JSON: ``2026-11-21T09:30:00Z``."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_or_none(when: datetime | None) -> str | None:
    """The same for a time that may not have come yet."""
    return None if when is None else stamp(when)
