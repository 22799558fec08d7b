"""Brings a database to the newest form, or back to an older one, under a lock, with Alembic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.ledger.engine import LedgerError, words_of, writing

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "ledger_version"
_LOCK = 0x6C6564676572  # "ledger": the number of PostgreSQL's advisory lock for migrations


def migrate(engine: sa.Engine, to: str = "") -> None:
    """Create or upgrade all tables, or bring them to an older revision. All of it happens, or nothing does.

    Raises:
        LedgerError: the database cannot be reached, was written by a newer Cratewarden, or there is no such revision.
    """
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = _config()
    try:
        with _locked(engine) as connection:
            known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
            here = current_revision(connection)
            if here and here not in known:
                raise LedgerError(
                    f"the database was written by a newer Cratewarden (revision {here}); upgrade this one, or run "
                    f"`cratewarden ledger migrate --to {newest_revision()}` with that one"
                )
            if to and to not in known:
                raise LedgerError(f"there is no revision {to}; the newest is {newest_revision()}")
            config.attributes["connection"] = connection
            move = command.downgrade if to and here and to < here else command.upgrade
            move(config, to or "head")
    except DBAPIError as error:
        raise LedgerError(f"the database cannot be used: {words_of(error)}") from error
    except CommandError as error:
        raise LedgerError(f"the database cannot be upgraded: {error}") from error


def current_revision(connection: sa.Connection) -> str:
    """The revision a database has, empty when it has none."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return ""
    table = sa.table(VERSION_TABLE, sa.column("version_num", sa.Text()))
    return connection.scalar(sa.select(table.c.version_num)) or ""


def newest_revision() -> str:
    """The revision this Cratewarden writes."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _locked(engine: sa.Engine) -> Iterator[sa.Connection]:
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        yield connection
