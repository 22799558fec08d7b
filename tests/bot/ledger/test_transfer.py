"""What SQLite recorded goes over to PostgreSQL whole, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.jobs import AssessPull, Job, Where
from bot.ledger import Ledger, LedgerError
from bot.ledger.tables import Base, JobRow
from bot.ledger.transfer import transfer
from bot.queue import Delivery, Queue, QueueOptions
from tests.bot import databases
from tests.bot.ledger.conftest import RING, START
from tests.bot.queue.test_queue import wait_for

JOB = AssessPull(Where(3, 7, "acme/ring"), 12, "head", "alice")


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(databases.new("sqlite", tmp_path))
    ledger.migrate()
    queue = Queue(ledger, lambda _event, _payload: (JOB,), lambda _job: ())
    queue.open()
    queue.accept(Delivery(str(uuid.uuid4()), "pull_request", {}))
    queue.stop(0)
    book = ledger.book(RING, 12)
    book.veto(1, "alice", "a reason with \N{SNOWMAN}", START)
    book.waive(2, "bob", ["0123abcd"], "known", START)
    book.remember_pusher("head", "alice")
    yield ledger
    ledger.close()


@pytest.fixture
def target() -> Iterator[Ledger]:
    ledger = Ledger(databases.new("postgresql", Path()))
    ledger.migrate()
    yield ledger
    ledger.close()


def contents(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    with ledger.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def test_everything_goes_over_and_the_log_stays_the_same(source: Ledger, target: Ledger) -> None:
    assert transfer(source, target) == source.head()[0]
    assert contents(target) == contents(source)
    assert (target.head(), target.find_fault()) == (source.head(), None)
    assert [veto.at for veto in target.book(RING, 12).vetoes()] == [START]


def test_a_job_that_waited_is_run_after_the_move_and_new_ones_have_new_numbers(
    source: Ledger, target: Ledger
) -> None:
    transfer(source, target)
    ran: list[Job] = []

    def perform(job: Job) -> tuple[Job, ...]:
        ran.append(job)
        return ()

    queue = Queue(target, lambda _event, _payload: (JOB,), perform, QueueOptions(mend_seconds=0.3))
    queue.open()
    queue.start()
    wait_for(lambda: ran == [JOB])
    queue.accept(Delivery(str(uuid.uuid4()), "pull_request", {}))
    wait_for(lambda: ran == [JOB, JOB])
    wait_for(lambda: not queue.backlog().waiting)
    queue.stop(5)
    with target.engine.connect() as connection:
        assert list(connection.scalars(sa.select(JobRow.id).order_by(JobRow.id))) == [1, 2]


def test_a_database_that_holds_something_is_left_alone(source: Ledger, target: Ledger) -> None:
    target.book(RING, 3).veto(9, "carol", "mine", START)
    before = contents(target)
    with pytest.raises(LedgerError, match="already"):
        transfer(source, target)
    assert contents(target) == before


def test_a_log_that_is_broken_does_not_go_over(source: Ledger, target: Ledger) -> None:
    with source.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
        connection.exec_driver_sql("DELETE FROM audit WHERE sequence = 1")
    with pytest.raises(LedgerError, match="entry 1 of the audit log is broken"):
        transfer(source, target)
    assert not any(contents(target).values())


def test_a_file_that_is_being_served_does_not_go_over(source: Ledger, target: Ledger) -> None:
    serving = Ledger(source.url.render_as_string())
    serving.claim()
    with pytest.raises(LedgerError, match="another process"):
        transfer(source, target)
    serving.close()
    assert transfer(source, target) == 3
