"""Brings the record of one database into another one, for those who outgrow SQLite."""

from __future__ import annotations

import sqlalchemy as sa

from bot.ledger import audit
from bot.ledger.engine import LedgerError, writing
from bot.ledger.ledger import Ledger
from bot.ledger.tables import Base, ExecutorRow, JobRow, ScheduleRow

_AT_ONCE = 500
# They are about processes, not about what was decided.
_LEFT = (ExecutorRow.__table__, ScheduleRow.__table__)


def transfer(source: Ledger, target: Ledger) -> int:
    """Copy everything into a database that holds nothing yet; how many entries the audit log has.

    All of it happens, or nothing does. Jobs that wait are found and run by the next process on ``target``, within
    two minutes.

    Raises:
        LedgerError: a process works on the source, the tables of one are not up to date, there is something in the
            target, or the audit log is broken.
        DBAPIError: one of the databases fails.
    """
    source.claim()
    if not (source.is_current() and target.is_current()):
        raise LedgerError("the tables are not up to date; run `cratewarden ledger migrate` on both databases")
    fault = source.find_fault()
    if fault is not None:
        raise LedgerError(f"entry {fault.sequence} of the audit log is broken; nothing was copied")
    tables = [table for table in Base.metadata.sorted_tables if table not in _LEFT]
    with source.engine.connect() as reading, writing(target.engine) as connection:
        for table in tables:
            if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
                raise LedgerError(f"there are {table.name} in the database already; nothing was copied")
        for table in tables:
            for rows in reading.execute(sa.select(table)).partitions(_AT_ONCE):
                connection.execute(sa.insert(table), [dict(row._mapping) for row in rows])
        _count_on(connection)
        last, found = audit.head(connection), audit.find_fault(connection)
        if found is not None or last != source.head():
            raise LedgerError("the copy of the audit log is not what the log was; nothing was copied")
    return last[0]


def _count_on(connection: sa.Connection) -> None:
    """Let the next job have a number that none has had; SQLite sees to that by itself."""
    if connection.dialect.name == "postgresql":
        table = JobRow.__tablename__
        highest = sa.select(sa.func.coalesce(sa.func.max(JobRow.id), 0) + 1).scalar_subquery()
        connection.execute(
            sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table, "id"), highest, sa.false()))
        )
