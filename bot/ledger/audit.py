"""The audit log: every entry carries a digest over itself and the one before, so that none can change unnoticed."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.ledger.tables import AuditRow

GENESIS = "0" * 64
"""What the first entry names as the one before."""
_CHAIN_LOCK = 0x6372617465  # "crate": the number of PostgreSQL's advisory lock for the end of the chain
_BATCH = 500


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry. ``at`` is ISO 8601 in UTC; ``repository`` 0 and ``number`` 0 stand for none."""

    sequence: int
    at: str
    repository: int
    full_name: str
    number: int
    actor: str
    event: str
    body: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not what was written; ``reason`` is an id: ``changed``, ``missing`` or ``unlinked``."""

    sequence: int
    reason: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about: a repository's id and name, and a pull request."""

    repository: int = 0
    full_name: str = ""
    number: int = 0


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces and ASCII only.

    Raises:
        ValueError: it holds what JSON cannot (NaN among them).
        TypeError: likewise.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def append(
    connection: sa.Connection,
    subject: Subject,
    *,
    at: datetime.datetime,
    actor: str,
    event: str,
    body: Mapping[str, Any],
) -> None:
    """Add an entry within the caller's transaction, which must be a writing one."""
    if connection.dialect.name == "postgresql":
        # Until the commit: two transactions must not both follow the same entry.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CHAIN_LOCK)))
    last = connection.execute(
        sa.select(AuditRow.sequence, AuditRow.hash).order_by(AuditRow.sequence.desc()).limit(1)
    ).first()
    values: dict[str, Any] = {
        "sequence": last.sequence + 1 if last else 1,
        "at": _written(at),
        "repository": subject.repository,
        "full_name": subject.full_name,
        "number": subject.number,
        "actor": actor,
        "event": event,
        "body": canonical(body),
        "previous": last.hash if last else GENESIS,
    }
    connection.execute(sa.insert(AuditRow).values(**values, hash=_digest(values)))


def _digest(values: Mapping[str, Any]) -> str:
    record = {name: values[name] for name in values if name not in ("previous", "hash")}
    return hashlib.sha256(f"{values['previous']}\n{canonical(record)}".encode()).hexdigest()


def find_fault(connection: sa.Connection) -> Fault | None:
    """The first broken entry, or None; reads the whole log once, in pieces."""
    expected, previous = 1, GENESIS
    for row in _rows(connection, sa.true()):
        if row["sequence"] != expected:
            return Fault(expected, "missing")
        if row["previous"] != previous:
            return Fault(expected, "unlinked")
        if row["hash"] != _digest(row):
            return Fault(expected, "changed")
        expected, previous = expected + 1, row["hash"]
    return None


def head(connection: sa.Connection) -> tuple[int, str]:
    """The last entry's sequence and hash; 0 and ``GENESIS`` when there is none."""
    last = connection.execute(
        sa.select(AuditRow.sequence, AuditRow.hash).order_by(AuditRow.sequence.desc()).limit(1)
    ).first()
    return (last.sequence, last.hash) if last else (0, GENESIS)


def hash_of(connection: sa.Connection, sequence: int) -> str:
    """The hash of an entry; ``GENESIS`` for 0, empty when there is no such entry."""
    if sequence == 0:
        return GENESIS
    found = connection.scalar(sa.select(AuditRow.hash).where(AuditRow.sequence == sequence))
    return found or ""


def entries(
    connection: sa.Connection, since: datetime.datetime | None = None, repository: str = ""
) -> Iterator[AuditEntry]:
    """Entries in order, from a time on and of one repository (``owner/name``, whatever it is called now)."""
    wanted: sa.ColumnElement[bool] = sa.true()
    if since is not None:
        wanted = sa.and_(wanted, AuditRow.at >= _written(since))
    if repository:
        ids = sa.select(AuditRow.repository).where(
            sa.func.lower(AuditRow.full_name) == repository.lower(), AuditRow.repository != 0
        )
        wanted = sa.and_(wanted, AuditRow.repository.in_(ids))
    for row in _rows(connection, wanted):
        yield AuditEntry(**{**row, "body": json.loads(row["body"])})


def last_body(
    connection: sa.Connection, subject: Subject, event: str, before: datetime.datetime
) -> Mapping[str, Any] | None:
    """The body of the last entry of a kind about a pull request before a moment, if there is one."""
    found = connection.scalar(
        sa.select(AuditRow.body)
        .where(AuditRow.repository == subject.repository, AuditRow.number == subject.number)
        .where(AuditRow.event == event, AuditRow.at < _written(before))
        .order_by(AuditRow.sequence.desc())
        .limit(1)
    )
    return None if found is None else json.loads(found)


def _written(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds")


def _rows(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    columns = AuditRow.__table__.columns
    after = 0
    while True:
        found = connection.execute(
            sa.select(*columns)
            .where(wanted, AuditRow.sequence > after)
            .order_by(AuditRow.sequence)
            .limit(_BATCH)
        ).all()
        for row in found:
            yield dict(row._mapping)
        if len(found) < _BATCH:
            return
        after = found[-1].sequence
