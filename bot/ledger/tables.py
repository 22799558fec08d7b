"""The tables, as the newest migration leaves them."""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.ledger.columns import Utc, Words

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite counts up by itself only in a column of type INTEGER."""


class Base(DeclarativeBase):
    """What all tables have in common: how Python types are stored."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain dict
        int: BIG,
        str: Words(),
        datetime.datetime: Utc(),
        dict[str, Any]: sa.JSON(),
        list[str]: sa.JSON(),
    }


class DeliveryRow(Base):
    """A webhook that was accepted; its payload is not kept, only the jobs it asked for."""

    __tablename__ = "deliveries"
    __table_args__ = (sa.Index("deliveries_by_time", "received_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str]
    received_at: Mapped[datetime.datetime]
    state: Mapped[str]
    tries: Mapped[int]
    error: Mapped[str]


class JobRow(Base):
    """One job: waiting or running while ``queued``, then ``done``, ``superseded`` or ``failed``."""

    __tablename__ = "jobs"
    __table_args__ = (
        sa.Index("jobs_by_key", "key", "id"),
        sa.Index("jobs_by_delivery", "delivery"),
        sa.Index("jobs_by_state", "state", "due_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    delivery: Mapped[str]
    path: Mapped[str]
    key: Mapped[str]
    kind: Mapped[str]
    replaceable: Mapped[bool]
    body: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int]
    accepted_at: Mapped[datetime.datetime]
    due_at: Mapped[datetime.datetime]
    finished_at: Mapped[datetime.datetime | None]
    error: Mapped[str]


class ExecutorRow(Base):
    """A process that runs jobs, and when it last said that it lives (by the database's clock)."""

    __tablename__ = "executors"

    id: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime.datetime]


class ScheduleRow(Base):
    """When something that is done every so often was last begun, by whichever process."""

    __tablename__ = "schedules"

    name: Mapped[str] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime.datetime]


class CoverRow(Base):
    """What a review let pass."""

    __tablename__ = "covers"

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    review: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person: Mapped[str]
    commit_sha: Mapped[str]
    base_ref: Mapped[str]
    fingerprints: Mapped[list[str]]
    at: Mapped[datetime.datetime]


class CoverPathRow(Base):
    """The files that a review's cover is about."""

    __tablename__ = "cover_paths"
    __table_args__ = (sa.Index("cover_paths_by_path", "repository", "path"),)

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    review: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(primary_key=True)


class DismissalRow(Base):
    """A review that the App itself dismissed."""

    __tablename__ = "dismissals"

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    review: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str]
    at: Mapped[datetime.datetime]


class WaiverRow(Base):
    """A waiver by command."""

    __tablename__ = "waivers"

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    comment: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person: Mapped[str]
    fingerprints: Mapped[list[str]]
    reason: Mapped[str]
    at: Mapped[datetime.datetime]


class VetoRow(Base):
    """A veto by command, and the comment that took it back."""

    __tablename__ = "vetoes"

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    comment: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime.datetime]
    released_by: Mapped[int | None]
    released_at: Mapped[datetime.datetime | None]


class PusherRow(Base):
    """Who pushed a head."""

    __tablename__ = "pushers"

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    head_sha: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    at: Mapped[datetime.datetime]


class AssignmentRow(Base):
    """Somebody who was asked; ``turn`` counts up with every time anybody is asked.

    ``refused`` is the head at which GitHub did not let them be asked, empty once they may be asked again.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        sa.Index("assignments_by_person", "is_open", "person"),
        sa.Index("assignments_by_rule", "repository", "rule"),
    )

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime.datetime]
    why: Mapped[str]
    claimed: Mapped[bool]
    is_open: Mapped[bool]
    turn: Mapped[int]
    refused: Mapped[str | None]


class VerdictRow(Base):
    """The last verdict at a head; ``is_current`` at the one head where the pull request stands."""

    __tablename__ = "verdicts"
    __table_args__ = (sa.Index("verdicts_by_head", "repository", "head_sha"),)

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    head_sha: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    digest: Mapped[str]
    is_current: Mapped[bool]
    at: Mapped[datetime.datetime]


class LookRow(Base):
    """How often a head or pull request has been looked at: whoever did so last may speak of it."""

    __tablename__ = "looks"

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    head_sha: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class NoteRow(Base):
    """That something was noted in the audit log, so that it is noted once."""

    __tablename__ = "notes"

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)


class RemarkRow(Base):
    """Something that people were told on a pull request, by the topic of a comment and a name in it."""

    __tablename__ = "remarks"
    __table_args__ = (sa.Index("remarks_by_name", "repository", "topic", "name"),)

    repository: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime.datetime]


class AuditRow(Base):
    """The append-only log. ``at`` and ``body`` are the very text that was hashed."""

    __tablename__ = "audit"
    __table_args__ = (sa.Index("audit_by_repository", "repository"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    repository: Mapped[int]
    full_name: Mapped[str]
    number: Mapped[int]
    actor: Mapped[str]
    event: Mapped[str]
    body: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]
