"""Rows of deliveries and jobs: what is waiting, what came of it, and what a newer job makes needless."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot import jobs
from bot.jobs import Job
from bot.ledger.inserting import insert_new
from bot.ledger.tables import DeliveryRow, JobRow, VerdictRow

_SHOWN = 500
"""Characters of an error that are kept."""


class JobState(StrEnum):
    """What became of a job or of a delivery; a job that waits for its next attempt is ``QUEUED``."""

    QUEUED = "queued"
    DONE = "done"
    SUPERSEDED = "superseded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A stored job. ``id`` counts up in the order of acceptance; ``path`` names it within all deliveries.

    ``attempts`` are those that failed so far.
    """

    id: int
    delivery: str
    path: str
    key: str
    kind: str
    replaceable: bool
    body: Mapping[str, Any]
    state: JobState
    attempts: int
    accepted_at: datetime.datetime

    @property
    def run(self) -> str:
        """The name of the next attempt, different from those of all others."""
        return f"{self.path}+{self.attempts}" if self.attempts else self.path


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is waiting: how many jobs, the age in seconds of the oldest one that is due, and how many have failed."""

    waiting: int
    oldest_seconds: float
    failed: int


def open_delivery(connection: sa.Connection, delivery: str, event: str, now: datetime.datetime) -> str:
    """Record a delivery; the path of its jobs, or empty when it has been accepted before.

    One that failed in the end is taken on again: somebody pressed "Redeliver".
    """
    values = {"id": delivery, "event": event, "received_at": now, "state": JobState.QUEUED, "error": ""}
    if insert_new(connection, DeliveryRow, {**values, "tries": 1}):
        return delivery
    again = connection.execute(
        sa.update(DeliveryRow)
        .where(DeliveryRow.id == delivery, DeliveryRow.state == JobState.FAILED)
        .values(state=JobState.QUEUED, error="", tries=DeliveryRow.tries + 1, received_at=now)
        .returning(DeliveryRow.tries)
    ).scalar()
    if not again:
        return ""
    # What failed is done anew, so it does not count against the delivery any more.
    connection.execute(
        sa.update(JobRow)
        .where(JobRow.delivery == delivery, JobRow.state == JobState.FAILED)
        .values(state=JobState.SUPERSEDED)
    )
    return f"{delivery}~{again}"


def refuse_delivery(connection: sa.Connection, delivery: str, error: str) -> None:
    """Record that nobody knows what to do with a delivery."""
    connection.execute(
        sa.update(DeliveryRow)
        .where(DeliveryRow.id == delivery)
        .values(state=JobState.FAILED, error=error[:_SHOWN])
    )


def add(
    connection: sa.Connection, delivery: str, path: str, wanted: Iterable[Job], now: datetime.datetime
) -> list[QueuedJob]:
    """Store jobs below a path, in order."""
    added = []
    for position, job in enumerate(wanted, 1):
        values: dict[str, Any] = {
            "delivery": delivery,
            "path": f"{path}:{position}",
            "key": job.key,
            "kind": job.kind,
            "replaceable": job.replaceable,
            "body": jobs.to_json(job),
            "state": JobState.QUEUED,
            "attempts": 0,
            "accepted_at": now,
        }
        row = {**values, "due_at": now, "finished_at": None, "error": ""}
        number = connection.execute(_ADD, row).scalar_one()
        added.append(QueuedJob(id=number, **values))
    return added


def read(connection: sa.Connection, job: int) -> QueuedJob | None:
    """A job, or None when it was purged."""
    row = connection.execute(sa.select(*_COLUMNS).where(JobRow.id == job)).first()
    return _queued(row) if row else None


def is_superseded(connection: sa.Connection, job: QueuedJob) -> bool:
    """Whether a newer job of the same key, that has not failed, looks at what this one would look at."""
    newer = sa.exists().where(
        JobRow.key == job.key,
        # A command has the key of the assessments, and may come to nothing.
        JobRow.kind == job.kind,
        JobRow.id > job.id,
        JobRow.state.in_((JobState.QUEUED, JobState.DONE)),
    )
    return job.replaceable and bool(connection.scalar(sa.select(newer)))


def finish(
    connection: sa.Connection, job: QueuedJob, state: JobState, now: datetime.datetime, error: str = ""
) -> bool:
    """Record what came of a job; False when somebody else has recorded that already."""
    done = connection.execute(
        sa.update(JobRow)
        .where(JobRow.id == job.id, JobRow.state == JobState.QUEUED)
        .values(state=state, finished_at=now, error=error[:_SHOWN], attempts=job.attempts)
    )
    return bool(done.rowcount)


def postpone(
    connection: sa.Connection, job: QueuedJob, due: datetime.datetime, error: str
) -> QueuedJob | None:
    """Count a failed attempt; the job as it is then, or None when it is over or another attempt is counted."""
    counted = connection.execute(
        sa.update(JobRow)
        .where(JobRow.id == job.id, JobRow.state == JobState.QUEUED, JobRow.attempts == job.attempts)
        .values(attempts=job.attempts + 1, due_at=due, error=error[:_SHOWN])
    )
    return read(connection, job.id) if counted.rowcount else None


def settle(connection: sa.Connection, delivery: str) -> None:
    """Record what came of a delivery once all its jobs are over."""
    # Two jobs that end at once must not each find the other one still running.
    connection.execute(sa.select(DeliveryRow.id).where(DeliveryRow.id == delivery).with_for_update())
    states = set(connection.scalars(sa.select(JobRow.state).where(JobRow.delivery == delivery).distinct()))
    if JobState.QUEUED in states:
        return
    state = JobState.FAILED if JobState.FAILED in states else JobState.DONE
    connection.execute(sa.update(DeliveryRow).where(DeliveryRow.id == delivery).values(state=state))


def is_waiting(connection: sa.Connection, key: str) -> bool:
    """Whether a job of a key waits or runs."""
    query = sa.exists().where(JobRow.key == key, JobRow.state == JobState.QUEUED)
    return bool(connection.scalar(sa.select(query)))


def overdue(connection: sa.Connection, before: datetime.datetime, limit: int) -> list[QueuedJob]:
    """The oldest jobs that were due before a time and are not over."""
    rows = connection.execute(
        sa.select(*_COLUMNS)
        .where(JobRow.state == JobState.QUEUED, JobRow.due_at < before)
        .order_by(JobRow.due_at, JobRow.id)
        .limit(limit)
    )
    return [_queued(row) for row in rows]


def backlog(connection: sa.Connection, now: datetime.datetime) -> Backlog:
    """What is waiting."""
    waiting, failed = connection.execute(
        sa.select(
            sa.func.count().filter(JobRow.state == JobState.QUEUED),
            sa.func.count().filter(JobRow.state == JobState.FAILED),
        ).where(JobRow.state.in_((JobState.QUEUED, JobState.FAILED)))
    ).one()
    oldest = connection.scalar(
        sa.select(sa.func.min(JobRow.due_at)).where(JobRow.state == JobState.QUEUED, JobRow.due_at <= now)
    )
    return Backlog(waiting, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0, failed)


def purge(connection: sa.Connection, before: datetime.datetime, limit: int) -> int:
    """Remove deliveries and jobs that were over before a time, and old verdicts that count for nothing.

    Of each kind ``limit`` at most, since webhooks wait meanwhile; how many were removed in all.
    """
    old_jobs = sa.and_(JobRow.state != JobState.QUEUED, JobRow.finished_at < before)
    old_deliveries = sa.and_(DeliveryRow.state != JobState.QUEUED, DeliveryRow.received_at < before)
    of_no_pull = sa.or_(VerdictRow.number == 0, ~VerdictRow.is_current)
    verdict = (VerdictRow.repository, VerdictRow.number, VerdictRow.head_sha)
    gone = 0
    for table, key, is_old in (
        (JobRow, (JobRow.id,), old_jobs),
        (DeliveryRow, (DeliveryRow.id,), old_deliveries),
        (VerdictRow, verdict, sa.and_(of_no_pull, VerdictRow.at < before)),
    ):
        some = sa.select(*key).where(is_old).limit(limit)
        gone += connection.execute(sa.delete(table).where(sa.tuple_(*key).in_(some))).rowcount
    return gone


# Made once: to put a statement together costs more than to execute it.
_ADD = sa.insert(JobRow).returning(JobRow.id)
_COLUMNS = (
    JobRow.id,
    JobRow.delivery,
    JobRow.path,
    JobRow.key,
    JobRow.kind,
    JobRow.replaceable,
    JobRow.body,
    JobRow.state,
    JobRow.attempts,
    JobRow.accepted_at,
)


def _queued(row: sa.Row[Any]) -> QueuedJob:
    values = dict(row._mapping)
    return QueuedJob(**{**values, "state": JobState(values["state"])})
