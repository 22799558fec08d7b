"""Which processes run jobs on a shared database: a name for each, and who has died."""

from __future__ import annotations

import datetime
import socket
from collections.abc import Callable, Iterable
from contextlib import ExitStack

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.ledger.advisory import number_of, own_connection
from bot.ledger.engine import LedgerError
from bot.ledger.inserting import insert_new
from bot.ledger.tables import ExecutorRow, ScheduleRow

_MOST = 256
"""How many processes of one host may work on a database."""


class Seat:
    """A name that no other living process has, and that the next one on this host gets after a crash.

    The name is held as an advisory lock on a connection of its own, so it is free the moment the process dies.
    """

    def __init__(self, url: URL) -> None:
        """Take the first free name of this host.

        Raises:
            LedgerError: all are taken.
        """
        self._url = url
        self._stack = ExitStack()
        host = socket.gethostname()
        self._connection = self._stack.enter_context(own_connection(url))
        for position in range(1, _MOST + 1):
            self.name = f"{host}-{position}"
            if self._take():
                return
        self._stack.close()
        raise LedgerError(f"{_MOST} processes of {host} work on this database already")

    def is_held(self) -> bool:
        """Whether the name is still ours; one that was lost with its connection is taken again if it is free."""
        try:
            self._connection.execute(sa.select(1))
        except DBAPIError:
            return self._retake()
        return True

    def release(self) -> None:
        """Let another process have the name."""
        self._stack.close()

    def _retake(self) -> bool:
        self._stack.close()
        try:
            self._connection = self._stack.enter_context(own_connection(self._url))
            return self._take()
        except DBAPIError:
            return False

    def _take(self) -> bool:
        lock = sa.func.pg_try_advisory_lock(number_of(f"executor:{self.name}"))
        return bool(self._connection.scalar(sa.select(lock)))


def beat(engine: sa.Engine, name: str) -> None:
    """Say that a process lives."""
    with engine.begin() as connection:
        now = connection.scalar(sa.select(sa.func.now()))
        if not insert_new(connection, ExecutorRow, {"id": name, "beat_at": now}):
            connection.execute(sa.update(ExecutorRow).where(ExecutorRow.id == name).values(beat_at=now))


def leave(engine: sa.Engine, name: str) -> None:
    """Say that a process ends in good order: there is nothing to rescue that its successor would not find."""
    with engine.begin() as connection:
        connection.execute(sa.update(ExecutorRow).where(ExecutorRow.id == name).values(beat_at=_LONG_AGO))


_LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def bury(
    engine: sa.Engine, silent_for: datetime.timedelta, rescue: Callable[[Iterable[str]], None]
) -> list[str]:
    """Hand the names of processes that have been silent too long to ``rescue``, then forget them.

    One process at a time does this. If it dies meanwhile, the next one does it again.
    """
    with engine.begin() as connection:
        lock = sa.func.pg_try_advisory_xact_lock(number_of("rescue"))
        if not connection.scalar(sa.select(lock)):
            return []
        silent = ExecutorRow.beat_at < sa.func.now() - silent_for
        dead = sorted(connection.scalars(sa.select(ExecutorRow.id).where(silent).with_for_update()))
        if dead:
            rescue(dead)
            connection.execute(sa.delete(ExecutorRow).where(ExecutorRow.id.in_(dead)))
        return dead


def is_turn(connection: sa.Connection, name: str, every: datetime.timedelta, now: datetime.datetime) -> bool:
    """Whether something that all processes do every so often is to be done now, by this one."""
    if insert_new(connection, ScheduleRow, {"name": name, "begun_at": now}):
        return True
    mine = connection.execute(
        sa.update(ScheduleRow)
        .where(ScheduleRow.name == name, ScheduleRow.begun_at <= now - every)
        .values(begun_at=now)
    )
    return bool(mine.rowcount)
