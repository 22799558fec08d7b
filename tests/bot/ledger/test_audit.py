"""The log shows whatever was done to it."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.ledger import GENESIS, Fault, Ledger
from bot.pull import RepositoryRef
from tests.bot.ledger.conftest import RING, START, StillClock


@pytest.fixture
def written(ledger: Ledger) -> Ledger:
    book = ledger.book(RING, 12)
    for comment in range(1, 6):
        book.veto(comment, "alice", f"reason {comment}", START)
    return ledger


@contextmanager
def tampering(ledger: Ledger) -> Iterator[sa.Connection]:
    """What only somebody who owns the database can do."""
    with ledger.engine.begin() as connection:
        if ledger.is_embedded:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.exec_driver_sql(triggers).scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        yield connection


def test_a_log_that_nobody_touched_is_whole(written: Ledger) -> None:
    assert written.find_fault() is None
    sequence, digest = written.head()
    assert sequence == 5
    assert written.hash_of(5) == digest


def test_an_empty_log_is_whole(ledger: Ledger) -> None:
    assert (ledger.find_fault(), ledger.head(), ledger.hash_of(0)) == (None, (0, GENESIS), GENESIS)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'mallory' WHERE sequence = 1",
        "DELETE FROM audit WHERE sequence = 5",
        "DELETE FROM audit",
        "INSERT INTO audit SELECT * FROM audit WHERE true ON CONFLICT (sequence) DO UPDATE SET actor = 'mallory'",
    ],
)
def test_the_database_refuses_to_change_the_log(written: Ledger, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), written.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert written.find_fault() is None


def test_what_replaces_or_empties_the_log_is_refused_too(written: Ledger) -> None:
    forged = "SELECT 3, at, repository, full_name, number, 'mallory', event, body, previous, hash FROM audit LIMIT 1"
    statements = {
        "sqlite": (f"REPLACE INTO audit {forged}", f"INSERT OR REPLACE INTO audit {forged}"),
        "postgresql": ("TRUNCATE audit", "SET session_replication_role = replica; DELETE FROM audit"),
    }
    for statement in statements[written.engine.dialect.name]:
        with pytest.raises(DBAPIError, match="append-only"), written.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert written.find_fault() is None
    assert written.head()[0] == 5


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit SET actor = 'mallory' WHERE sequence = 3", Fault(3, "changed")),
        ("UPDATE audit SET body = '{}' WHERE sequence = 1", Fault(1, "changed")),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000000+00:00' WHERE sequence = 5", Fault(5, "changed")),
        ("UPDATE audit SET number = 13 WHERE sequence = 2", Fault(2, "changed")),
        ("UPDATE audit SET hash = previous WHERE sequence = 4", Fault(4, "changed")),
        ("DELETE FROM audit WHERE sequence = 2", Fault(2, "missing")),
        ("DELETE FROM audit WHERE sequence = 1", Fault(1, "missing")),
        ("UPDATE audit SET sequence = 50 WHERE sequence = 5", Fault(5, "missing")),
    ],
)
def test_what_was_done_in_spite_of_that_is_found(written: Ledger, statement: str, fault: Fault) -> None:
    with tampering(written) as connection:
        connection.exec_driver_sql(statement)
    assert written.find_fault() == fault


def test_entries_that_changed_places_are_found(written: Ledger) -> None:
    with tampering(written) as connection:
        for here, there in ((2, 20), (3, 2), (20, 3)):
            connection.exec_driver_sql(f"UPDATE audit SET sequence = {there} WHERE sequence = {here}")  # noqa: S608
    assert written.find_fault() == Fault(2, "unlinked")


def test_an_entry_that_was_made_up_anew_no_longer_fits_the_next(written: Ledger) -> None:
    with tampering(written) as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE sequence > 2")
    written.book(RING, 12).veto(80, "mallory", "", START)
    with tampering(written) as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit SELECT 4, at, repository, full_name, number, actor, event, body, hash, hash "
            "FROM audit WHERE sequence = 2"
        )
    assert written.find_fault() == Fault(4, "unlinked")


def test_a_hash_that_was_noted_down_shows_a_rewritten_end(written: Ledger) -> None:
    sequence, digest = written.head()
    with tampering(written) as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE sequence > 3")
    for comment in range(80, 83):
        written.book(RING, 12).veto(comment, "mallory", "", START)
    assert written.find_fault() is None
    assert written.hash_of(sequence) != digest


def test_entries_can_be_chosen_by_time_and_repository(written: Ledger, clock: StillClock) -> None:
    clock.pass_minutes(60)
    renamed = RepositoryRef("acme", "circle", RING.id, "main")
    written.book(renamed, 12).veto(70, "bob", "", START)
    written.book(RepositoryRef("acme", "other", 8, "main"), 1).veto(71, "bob", "", START)
    hour = START + datetime.timedelta(hours=1)
    assert [entry.sequence for entry in written.entries(since=hour)] == [6, 7]
    # Under either name, since it is one repository.
    assert [entry.sequence for entry in written.entries(repository="Acme/Circle")] == [1, 2, 3, 4, 5, 6]
    assert [entry.sequence for entry in written.entries(hour, "acme/ring")] == [6]
    assert list(written.entries(repository="acme/none")) == []


def test_many_writers_make_one_chain(ledger: Ledger) -> None:
    def write(number: int) -> None:
        for comment in range(25):
            ledger.book(RING, number).veto(comment, f"person-{number}", "", START)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.find_fault() is None
    assert ledger.head()[0] == 150


def test_more_entries_than_are_read_at_a_time_come_in_order(ledger: Ledger) -> None:
    book = ledger.book(RING, 0)
    for number in range(1, 503):
        book.note("inventory", str(number), {})
    assert [entry.sequence for entry in ledger.entries()] == list(range(1, 503))
    assert ledger.find_fault() is None
