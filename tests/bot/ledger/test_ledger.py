"""Opening, upgrading and locking the ledger."""

from __future__ import annotations

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from bot.ledger import Ledger, LedgerError
from bot.ledger.engine import writing
from bot.ledger.migrate import VERSION_TABLE, current_revision, newest_revision
from bot.ledger.tables import Base
from tests.bot import databases
from tests.bot.ledger.conftest import RING, START


def test_migrations_lead_to_the_tables_that_the_code_knows(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    assert ledger.is_current()


def test_tables_go_back_to_every_older_revision_and_forward_again_with_all_records(ledger: Ledger) -> None:
    ledger.book(RING, 12).veto(1, "alice", "no", START)
    newest = newest_revision()
    for revision in (f"{number:04}" for number in range(int(newest) - 1, 0, -1)):
        ledger.migrate(revision)
        with ledger.engine.connect() as connection:
            assert current_revision(connection) == revision
        assert not ledger.is_current()
        with pytest.raises(LedgerError, match="no revision"):
            ledger.migrate("0000")
    ledger.migrate()
    test_migrations_lead_to_the_tables_that_the_code_knows(ledger)
    assert [veto.person for veto in ledger.book(RING, 12).vetoes()] == ["alice"]
    assert (ledger.head()[0], ledger.find_fault()) == (1, None)


def test_a_ledger_that_was_never_migrated_says_so(tmp_path: Path) -> None:
    ledger = Ledger(databases.sqlite(tmp_path))
    assert not ledger.is_current()
    ledger.close()


@pytest.mark.parametrize("kind", databases.KINDS)
def test_processes_that_start_at_once_migrate_once(kind: str, tmp_path: Path) -> None:
    url = databases.sqlite(tmp_path) if kind == "sqlite" else databases.postgresql()
    ledgers = [Ledger(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda ledger: ledger.migrate(), ledgers))
    assert all(ledger.is_current() for ledger in ledgers)
    for ledger in ledgers:
        ledger.close()


def test_a_database_of_a_newer_version_is_left_alone(ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(
            sa.update(sa.table(VERSION_TABLE, sa.column("version_num"))).values(version_num="9999")
        )
    with pytest.raises(LedgerError, match=r"newer Cratewarden .*migrate --to 0"):
        ledger.migrate()


def test_what_was_written_is_there_after_the_next_start(ledger: Ledger) -> None:
    ledger.book(RING, 12).veto(1, "alice", "no", START)
    ledger.migrate()
    again = Ledger(ledger.url.render_as_string(hide_password=False))
    assert [veto.person for veto in again.book(RING, 12).vetoes()] == ["alice"]
    again.close()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://localhost/x",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///x.db?mode=ro",
        "nonsense",
        "postgresql://user:hunter2@host:port/x",
    ],
)
def test_other_databases_are_refused_without_telling_a_password(url: str) -> None:
    with pytest.raises(LedgerError) as refused:
        Ledger(url)
    assert "hunter2" not in str(refused.value)


def test_a_server_that_is_not_there_is_one_line_without_the_password() -> None:
    ledger = Ledger("postgresql://me:hunter2@127.0.0.1:1/x")
    with pytest.raises(LedgerError) as refused:
        ledger.migrate()
    ledger.close()
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


def _claim(url: str, answers: multiprocessing.Queue[str]) -> None:
    ledger = Ledger(url)
    try:
        ledger.claim()
    except LedgerError as error:
        answers.put(str(error))
    else:
        answers.put("claimed")
        time.sleep(60)


def test_a_second_process_on_a_sqlite_file_is_refused_until_the_first_dies(tmp_path: Path) -> None:
    url = databases.sqlite(tmp_path)
    processes = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[str] = processes.Queue()
    first = processes.Process(target=_claim, args=(url, answers))
    first.start()
    assert answers.get(timeout=30) == "claimed"
    ledger = Ledger(url)
    with pytest.raises(LedgerError, match="another process serves"):
        ledger.claim()
    first.kill()
    first.join()
    ledger.claim()
    ledger.close()
    answers.close()


def test_a_key_is_held_by_one_at_a_time(ledger: Ledger) -> None:
    # Two ledgers on PostgreSQL stand for two processes; on SQLite there is one process.
    other = ledger if ledger.is_embedded else Ledger(ledger.url.render_as_string(hide_password=False))
    inside, most, guard = 0, 0, threading.Lock()

    def work(which: Ledger) -> None:
        nonlocal inside, most
        for _ in range(5):
            with which.exclusive("7/h1"):
                with guard:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0.002)
                with guard:
                    inside -= 1

    threads = [threading.Thread(target=work, args=(which,)) for which in (ledger, other, ledger, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    if other is not ledger:
        other.close()


def test_another_key_is_free_meanwhile(ledger: Ledger) -> None:
    with ledger.exclusive("7/h1"), ledger.exclusive("7/h2"):
        pass


def test_a_key_is_free_again_after_an_error(ledger: Ledger) -> None:
    for _ in range(2):
        with pytest.raises(RuntimeError), ledger.exclusive("7/h1"):
            raise RuntimeError


def test_sqlite_keeps_what_it_acknowledged_and_lets_readers_read(tmp_path: Path) -> None:
    ledger = Ledger(databases.sqlite(tmp_path))
    ledger.migrate()
    with ledger.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    with writing(ledger.engine) as writer, ledger.engine.connect() as reader:
        writer.exec_driver_sql("DELETE FROM notes")
        assert reader.execute(sa.text("SELECT count(*) FROM notes")).scalar() == 0
    ledger.close()


def test_a_write_that_fails_gives_its_turn_back(tmp_path: Path) -> None:
    ledger = Ledger(databases.sqlite(tmp_path))
    ledger.migrate()
    for _ in range(3):
        with pytest.raises(DBAPIError), writing(ledger.engine) as connection:
            connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")
    ledger.book(RING, 1).veto(1, "alice", "", START)
    ledger.close()
