"""Opens databases: SQLite for one process, PostgreSQL for many."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.ledger.write_turns import AHEAD, take_turns

BUSY_SECONDS = 30
"""How long a writer waits for another process's write on SQLite."""

_PRAGMAS = (
    # A delivery that was acknowledged survives a power cut, not only a crash of the process.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_size_limit = 67108864",
)

# libpq's: a server that vanished without a word is noticed within half a minute, instead of a quarter of an hour.
_NOTICE_SILENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


class LedgerError(Exception):
    """The database cannot be used as it is; the message says what to do, in one line, without secrets."""


def words_of(error: SQLAlchemyError) -> str:
    """What the driver says, in one line; SQLAlchemy's own message would add the statement and its values."""
    return " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())


def parse_url(text: str) -> URL:
    """The address of a database, with the driver that is installed.

    Raises:
        LedgerError: it is not the address of a SQLite file or of a PostgreSQL database.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise LedgerError("the database address is not a URL; write postgresql://… or sqlite:///…") from None
    kind = url.drivername.partition("+")[0]
    if kind in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg", query={**_NOTICE_SILENCE, **url.query})
    if kind == "sqlite" and url.database and url.database != ":memory:" and not url.query:
        return url.set(drivername="sqlite")
    raise LedgerError(
        "the database must be PostgreSQL (postgresql://user:password@host/name) or a SQLite file "
        "(sqlite:////absolute/path)"
    )


def open_engine(url: URL, pool: int = 10) -> sa.Engine:
    """An engine of ``pool`` kept connections; nothing is connected yet."""
    if url.drivername == "sqlite":
        engine = sa.create_engine(
            url, pool_size=pool, max_overflow=pool, connect_args={"timeout": BUSY_SECONDS}
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        take_turns(engine)
        return engine
    return sa.create_engine(
        url,
        pool_size=pool,
        max_overflow=pool,
        pool_pre_ping=True,
        connect_args={"application_name": "cratewarden"},
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # A transaction that writes takes the write lock at once: one that upgrades later can only fail.
    connection.isolation_level = "IMMEDIATE"
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    _write_ahead(connection)


def _write_ahead(connection: Any) -> None:
    """Let readers and the writer not wait for each other; the file keeps that.

    SQLite does not wait for its turn here, so where several connections find a new file at once, we do.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def writing(engine: sa.Engine, *, ahead: bool = False) -> Iterator[sa.Connection]:
    """A transaction that sees what it read until it commits; on SQLite it holds the write lock from the start.

    ``ahead`` of other writers of this process, for what somebody waits for; it must be short.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.info[AHEAD] = ahead
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


class ProcessLock:
    """The right to be the one process that works on a SQLite file, held until ``release`` or death."""

    def __init__(self, database: str) -> None:
        """Take it.

        Raises:
            LedgerError: another process has it, or the file cannot be written.
        """
        import fcntl

        self._path = f"{database}.lock"
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LedgerError(f"cannot write {self._path}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise LedgerError(
                f"another process serves {database}; stop that one first, "
                "or use PostgreSQL (CRATEWARDEN_DATABASE_URL), which is for several"
            ) from None

    def release(self) -> None:
        """Give it back; the file stays, since removing it could let two processes in."""
        os.close(self._file)


class KeyedLocks:
    """One lock for each key, in this process; a key that nobody holds or waits for takes no memory."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Hold the lock of a key, after waiting for it."""
        with self._guard:
            lock, users = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, users = self._locks[key]
                if users == 1:
                    del self._locks[key]
                else:
                    self._locks[key] = (lock, users - 1)
