"""Work that is done every so often, by one process of all that share a database."""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from bot.ledger.engine import writing
from bot.ledger.executors import is_turn
from bot.ports import Clock

_LOOK_AGAIN = 5.0
"""Seconds between two looks whether it is time; another process may have died before it did its share."""

_log = logging.getLogger("cratewarden.queue")


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function and how often it is called; ``name`` stands for it in the database."""

    name: str
    every: datetime.timedelta
    function: Callable[[], None]


class Schedules:
    """Calls functions, each from a thread of its own."""

    def __init__(self, engine: sa.Engine, clock: Clock, stopping: threading.Event) -> None:
        self._engine = engine
        self._clock = clock
        self._stopping = stopping
        self._schedules: list[Schedule] = []
        self._threads: list[threading.Thread] = []

    def add(self, schedule: Schedule) -> None:
        """Call a function from ``start`` on; it was never called on this database: at once."""
        self._schedules.append(schedule)

    def start(self) -> None:
        """Begin."""
        for schedule in self._schedules:
            name = f"cratewarden-{schedule.name}"
            thread = threading.Thread(target=self._keep, args=(schedule,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def join(self, timeout: float) -> None:
        """Wait for what runs; a function that does not end in time is left behind."""
        for thread in self._threads:
            thread.join(timeout)

    def _keep(self, schedule: Schedule) -> None:
        while not self._stopping.is_set():
            try:
                if self._is_due(schedule):
                    schedule.function()
            except Exception:  # noqa: BLE001 - a schedule that ended here would end for good; the log has the reason
                _log.exception("scheduled work failed", extra={"schedule": schedule.name})
            self._stopping.wait(min(schedule.every.total_seconds(), _LOOK_AGAIN))

    def _is_due(self, schedule: Schedule) -> bool:
        with writing(self._engine) as connection:
            return is_turn(connection, schedule.name, schedule.every, self._clock.now())
