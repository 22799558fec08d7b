"""Inserts a row unless it is there."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.ledger.tables import Base


def insert_new(connection: sa.Connection, table: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert a row of all columns; False, and nothing happens, when there is one with the same key.

    On PostgreSQL another transaction that inserts the same key is waited for.
    """
    return connection.execute(_statement(connection.dialect.name, table), values).first() is not None


@functools.cache
def _statement(dialect: str, table: type[Base]) -> Any:
    # Made once: to put it together costs more than to execute it.
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    # A row that comes back, not rowcount: that is not reliable for INSERT.
    return insert.on_conflict_do_nothing().returning(sa.literal(1))
