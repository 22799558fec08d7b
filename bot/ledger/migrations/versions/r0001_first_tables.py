"""The first tables.

Revision ID: 0001
Revises: nothing
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.ledger.columns import Utc, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _big(name: str, *, primary_key: bool = False, nullable: bool = False) -> sa.Column[Any]:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, big, primary_key=primary_key, autoincrement=False, nullable=nullable)


def _text(name: str, *, primary_key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Words(), primary_key=primary_key, nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Utc(), nullable=nullable)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _pull() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return _big("repository", primary_key=True), _big("number", primary_key=True)


def upgrade() -> None:
    """Create everything."""
    _queue()
    _reviews()
    _decisions()
    _log()


def _queue() -> None:
    op.create_table(
        "deliveries",
        _text("id", primary_key=True),
        _text("event"),
        _time("received_at"),
        _text("state"),
        _big("tries"),
        _text("error"),
    )
    op.create_index("deliveries_by_time", "deliveries", ["received_at"])
    op.create_table(
        "jobs",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
            nullable=False,
        ),
        _text("delivery"),
        _text("path"),
        _text("key"),
        _text("kind"),
        _flag("replaceable"),
        _json("body"),
        _text("state"),
        _big("attempts"),
        _time("accepted_at"),
        _time("due_at"),
        _time("finished_at", nullable=True),
        _text("error"),
        # An id says what is newer, so that of a purged job must never come back.
        sqlite_autoincrement=True,
    )
    op.create_index("jobs_by_key", "jobs", ["key", "id"])
    op.create_index("jobs_by_delivery", "jobs", ["delivery"])
    op.create_index("jobs_by_state", "jobs", ["state", "due_at"])
    op.create_table("executors", _text("id", primary_key=True), _time("beat_at"))
    op.create_table("schedules", _text("name", primary_key=True), _time("begun_at"))


def _reviews() -> None:
    op.create_table(
        "covers",
        *_pull(),
        _big("review", primary_key=True),
        _text("person"),
        _text("commit_sha"),
        _text("base_ref"),
        _json("fingerprints"),
        _time("at"),
    )
    op.create_table(
        "cover_paths", *_pull(), _big("review", primary_key=True), _text("path", primary_key=True)
    )
    op.create_index("cover_paths_by_path", "cover_paths", ["repository", "path"])
    op.create_table("dismissals", *_pull(), _big("review", primary_key=True), _text("reason"), _time("at"))
    op.create_table("pushers", *_pull(), _text("head_sha", primary_key=True), _text("person"), _time("at"))
    op.create_table(
        "assignments",
        *_pull(),
        _text("person", primary_key=True),
        _text("rule", primary_key=True),
        _time("at"),
        _text("why"),
        _flag("claimed"),
        _flag("is_open"),
        _big("turn"),
    )
    op.create_index("assignments_by_person", "assignments", ["is_open", "person"])
    op.create_index("assignments_by_rule", "assignments", ["repository", "rule"])


def _decisions() -> None:
    op.create_table(
        "waivers",
        *_pull(),
        _big("comment", primary_key=True),
        _text("person"),
        _json("fingerprints"),
        _text("reason"),
        _time("at"),
    )
    op.create_table(
        "vetoes",
        *_pull(),
        _big("comment", primary_key=True),
        _text("person"),
        _text("reason"),
        _time("at"),
        _big("released_by", nullable=True),
        _time("released_at", nullable=True),
    )
    op.create_table(
        "verdicts",
        *_pull(),
        _text("head_sha", primary_key=True),
        _text("state"),
        _text("digest"),
        _flag("is_current"),
        _time("at"),
    )
    op.create_index("verdicts_by_head", "verdicts", ["repository", "head_sha"])
    op.create_table("notes", *_pull(), _text("event", primary_key=True), _text("key", primary_key=True))


def _log() -> None:
    op.create_table(
        "audit",
        _big("sequence", primary_key=True),
        _text("at"),
        _big("repository"),
        _text("full_name"),
        _big("number"),
        _text("actor"),
        _text("event"),
        _text("body"),
        _text("previous"),
        _text("hash"),
    )
    op.create_index("audit_by_repository", "audit", ["repository"])
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


_APPEND_ONLY = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_no_{word.lower()} BEFORE {word} ON audit {when} "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        for word, when in (
            ("UPDATE", ""),
            ("DELETE", ""),
            # INSERT OR REPLACE deletes without asking the trigger above.
            ("INSERT", "WHEN EXISTS (SELECT 1 FROM audit WHERE sequence >= NEW.sequence)"),
        )
    ),
    "postgresql": (
        """CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
        """CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()""",
        # Also for those who load a backup with session_replication_role = replica.
        "ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_append_only",
    ),
}
