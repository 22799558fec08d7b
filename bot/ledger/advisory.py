"""PostgreSQL's advisory locks, which end with the connection that holds them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import URL

from bot.ledger.engine import KeyedLocks


def number_of(key: str) -> int:
    """The number that stands for a key: signed, 64 bits."""
    return int.from_bytes(hashlib.sha256(f"cratewarden:{key}".encode()).digest()[:8], signed=True)


@contextmanager
def hold(url: URL, locks: KeyedLocks, key: str) -> Iterator[None]:
    """Hold a key across all processes, on a connection of its own; waits for other holders.

    Threads of this process queue up first, so that they do not open a connection each.
    """
    with locks.hold(key), own_connection(url) as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(number_of(key))))
        yield


@contextmanager
def own_connection(url: URL) -> Iterator[sa.Connection]:
    """A connection outside the pool; what it locked is free when it closes. No transaction stays open on it."""
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.NullPool,
        isolation_level="AUTOCOMMIT",
        # A vanished client is noticed within two minutes instead of two hours.
        connect_args={
            "application_name": "cratewarden-lock",
            "options": "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=15 -c tcp_keepalives_count=4",
        },
    )
    with engine.connect() as connection:
        yield connection
