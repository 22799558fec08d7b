"""Deliveries are taken on once; jobs of one pull request run one at a time, and are never lost."""

from __future__ import annotations

import datetime
import itertools
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.jobs import AssessCommit, AssessPull, Job, ObeyComment, Where
from bot.ledger import Ledger
from bot.ledger.engine import writing
from bot.ledger.tables import DeliveryRow, JobRow
from bot.queue import Delivery, JobReport, Outcome, Queue, QueueOptions
from tests.bot import databases

WHERE = Where(3, 7, "acme/ring")


class TransientError(Exception):
    """GitHub is away for a moment."""


class PatientError(TransientError):
    """GitHub says how long."""

    retry_after = 1.5


def pull(number: int, head: str = "", pusher: str = "") -> AssessPull:
    return AssessPull(WHERE, number, head, pusher)


class Bench:
    """A queue whose jobs are what the payload holds, and what became of them."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.ran: list[Job] = []
        self.reports: list[JobReport] = []
        self.doing: Callable[[Job], Sequence[Job]] = lambda _job: ()
        self.queue = self.make()

    def make(self, **options: Any) -> Queue:
        given = {"transient": (TransientError,), "delays": (0.1, 0.1), "poll_seconds": 0.02, **options}
        return Queue(self.ledger, self.route, self.perform, QueueOptions(**given), self)

    def route(self, _event: str, payload: Mapping[str, Any]) -> Sequence[Job]:
        if "jobs" not in payload:
            raise ValueError("no jobs")
        wanted: Sequence[Job] = payload["jobs"]
        return wanted

    def perform(self, job: Job) -> Sequence[Job]:
        self.ran.append(job)
        return self.doing(job)

    def job_ended(self, report: JobReport) -> None:
        self.reports.append(report)

    def deliver(self, *jobs: Job, delivery: str = "") -> Outcome:
        return self.queue.accept(Delivery(delivery or str(uuid.uuid4()), "push", {"jobs": jobs}))

    def drain(self) -> None:
        wait_for(lambda: not self.queue.backlog().waiting)
        wait_for(lambda: not self.queue.running())

    def states(self) -> list[tuple[str, str]]:
        with self.ledger.engine.connect() as connection:
            rows = connection.execute(sa.select(JobRow.kind, JobRow.state).order_by(JobRow.id))
            return [(row.kind, row.state) for row in rows]

    def deliveries(self) -> list[str]:
        with self.ledger.engine.connect() as connection:
            return list(connection.scalars(sa.select(DeliveryRow.state).order_by(DeliveryRow.received_at)))


def workflows(bench: Bench, table: str = "workflow_status") -> str:
    return table if bench.ledger.is_embedded else f"dbos.{table}"


def wait_for(is_so: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(params=databases.KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    ledger = Ledger(databases.new(request.param, tmp_path))
    ledger.migrate()
    bench = Bench(ledger)
    bench.queue.open()
    yield bench
    bench.queue.stop(5)
    ledger.close()


def test_a_delivery_is_taken_on_once_even_at_the_same_moment(bench: Bench) -> None:
    outcomes: list[Outcome] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(bench.deliver(pull(1), delivery="d")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [Outcome.ACCEPTED] + [Outcome.DUPLICATE] * 7
    bench.queue.start()
    bench.drain()
    assert bench.ran == [pull(1)]


def test_a_delivery_without_jobs_is_over_at_once(bench: Bench) -> None:
    assert bench.deliver() is Outcome.ACCEPTED
    assert bench.deliveries() == ["done"]


def test_a_delivery_that_nobody_understands_is_recorded_and_may_come_again(bench: Bench) -> None:
    assert bench.queue.accept(Delivery("d", "push", {})) is Outcome.REFUSED
    assert bench.deliveries() == ["failed"]
    assert bench.deliver(pull(1), delivery="d") is Outcome.ACCEPTED


def test_a_newer_job_for_the_same_pull_request_makes_an_older_one_needless(bench: Bench) -> None:
    for head in ("h1", "h2", "h3"):
        bench.deliver(pull(1, head))
    bench.deliver(pull(2, "x"))
    bench.queue.start()
    bench.drain()
    assert sorted(job.head for job in bench.ran if isinstance(job, AssessPull)) == ["h3", "x"]
    assert [state for _, state in bench.states()] == ["superseded", "superseded", "done", "done"]
    assert bench.deliveries() == ["done"] * 4


def test_a_comment_does_not_make_the_assessment_before_it_needless(bench: Bench) -> None:
    wanted: list[Job] = [pull(1), ObeyComment(WHERE, 1, 90)]
    for job in wanted:
        bench.deliver(job)
    bench.queue.start()
    bench.drain()
    assert bench.ran == wanted


def test_jobs_that_carry_something_of_their_own_are_never_passed_over_and_run_in_order(bench: Bench) -> None:
    wanted: list[Job] = [
        pull(1, "h1", pusher="alice"),
        ObeyComment(WHERE, 1, 90),
        ObeyComment(WHERE, 1, 91),
        pull(1, "h2", pusher="bob"),
        ObeyComment(WHERE, 1, 92),
    ]
    for job in wanted:
        bench.deliver(job)
    bench.queue.start()
    bench.drain()
    assert bench.ran == wanted


def test_jobs_of_one_pull_request_run_one_at_a_time_and_others_beside_them(bench: Bench) -> None:
    running: set[int] = set()
    most: list[int] = []
    guard = threading.Lock()

    def slowly(job: Job) -> Sequence[Job]:
        assert isinstance(job, AssessPull)
        with guard:
            assert job.number not in running
            running.add(job.number)
            most.append(len(running))
        time.sleep(0.1)
        with guard:
            running.discard(job.number)
        return ()

    bench.doing = slowly
    for head in ("h1", "h2", "h3"):
        for number in (1, 2):
            bench.deliver(pull(number, head, pusher="alice"))
    bench.queue.start()
    bench.drain()
    assert len(bench.ran) == 6
    assert {report.outcome for report in bench.reports} == {"done"}
    assert max(most) == 2


def test_a_job_may_ask_for_further_ones(bench: Bench) -> None:
    def fan_out(job: Job) -> Sequence[Job]:
        return [pull(1), pull(2)] if isinstance(job, AssessCommit) else ()

    bench.doing = fan_out
    bench.deliver(AssessCommit(WHERE, "c"), delivery="d")
    bench.queue.start()
    bench.drain()
    assert set(bench.ran) == {AssessCommit(WHERE, "c"), pull(1), pull(2)}
    assert sorted(report.job for report in bench.reports) == ["d:1", "d:1:1", "d:1:2"]
    assert bench.deliveries() == ["done"]


def test_jobs_that_end_at_the_same_moment_settle_their_delivery(bench: Bench) -> None:
    together = threading.Barrier(4)

    def at_once(_job: Job) -> Sequence[Job]:
        together.wait(20)
        return ()

    bench.doing = at_once
    bench.queue.start()
    for _ in range(5):
        bench.deliver(*(pull(number, "h", "alice") for number in range(1, 5)))
    bench.drain()
    assert bench.deliveries() == ["done"] * 5


def test_a_transient_error_is_tried_again_and_the_delivery_waits(bench: Bench) -> None:
    def twice(_job: Job) -> Sequence[Job]:
        if len(bench.ran) < 3:
            raise TransientError("502")
        return ()

    bench.doing = twice
    bench.deliver(pull(1), delivery="d")
    bench.queue.start()
    bench.drain()
    assert [report.outcome for report in bench.reports] == ["retried", "retried", "done"]
    assert [report.job for report in bench.reports] == ["d:1", "d:1+1", "d:1+2"]
    assert bench.deliveries() == ["done"]


def test_an_error_that_says_how_long_is_waited_for(bench: Bench) -> None:
    began: list[float] = []

    def limited(_job: Job) -> Sequence[Job]:
        began.append(time.monotonic())
        if len(began) == 1:
            raise PatientError
        return ()

    bench.doing = limited
    bench.deliver(pull(1))
    bench.queue.start()
    bench.drain()
    assert began[1] - began[0] >= 1.4


def test_after_the_last_attempt_the_failure_is_recorded_and_a_redelivery_begins_anew(bench: Bench) -> None:
    def never(_job: Job) -> Sequence[Job]:
        raise TransientError("502")

    bench.doing = never
    bench.deliver(pull(4), delivery="d")
    bench.queue.start()
    bench.drain()
    assert [report.outcome for report in bench.reports] == ["retried", "retried", "failed"]
    assert bench.deliveries() == ["failed"]
    [entry] = bench.ledger.entries()
    assert (entry.event, entry.full_name, entry.number) == ("job-failed", "acme/ring", 4)
    assert (entry.body["delivery"], entry.body["attempts"]) == ("d", 3)
    assert entry.body["error"] == "TransientError: 502"
    assert bench.queue.backlog().failed == 1
    bench.doing = lambda _job: ()
    assert bench.deliver(pull(4), delivery="d") is Outcome.ACCEPTED
    bench.drain()
    assert bench.deliveries() == ["done"]
    assert bench.deliver(pull(4), delivery="d") is Outcome.DUPLICATE


def test_a_mistake_of_ours_is_recorded_at_once_and_the_next_job_runs(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong(job: Job) -> Sequence[Job]:
        if job == pull(1, "h1", "alice"):
            raise KeyError("x")
        return ()

    bench.doing = wrong
    bench.deliver(pull(1, "h1", "alice"))
    bench.deliver(pull(1, "h2", "alice"))
    bench.queue.start()
    with caplog.at_level(logging.ERROR, "cratewarden.queue"):
        bench.drain()
    assert [state for _, state in bench.states()] == ["failed", "done"]
    assert "job failed" in caplog.text


def test_an_older_job_runs_when_the_newer_one_has_failed(bench: Bench) -> None:
    bench.deliver(pull(1, "h1"))
    bench.deliver(pull(1, "h2"))
    with writing(bench.ledger.engine) as connection:
        connection.execute(sa.update(JobRow).where(JobRow.id == 2).values(state="failed"))
    bench.queue.start()
    bench.drain()
    assert bench.ran == [pull(1, "h1")]


def test_jobs_that_no_delivery_asked_for_are_added_unless_they_wait(bench: Bench) -> None:
    bench.deliver(pull(1))
    assert bench.queue.submit("reconcile 1", [pull(1), pull(2)]) == 1
    assert bench.queue.submit("reconcile 1", [pull(3)]) == 0
    assert bench.queue.submit("reconcile 2", [pull(1, "h", "alice")]) == 1
    bench.queue.start()
    bench.drain()
    assert pull(2) in bench.ran


def test_what_is_done_every_so_often_is_done_by_one_process(bench: Bench) -> None:
    calls: list[float] = []

    def note() -> None:
        calls.append(time.monotonic())
        raise RuntimeError("and survives its mistakes")

    bench.queue.every("test", 0.3, note)
    bench.queue.every("test", 0.3, note)
    bench.queue.start()
    wait_for(lambda: len(calls) >= 3)
    assert all(later - earlier > 0.2 for earlier, later in itertools.pairwise(calls))


@pytest.mark.parametrize(
    ("change", "delays", "state"),
    [
        ("DELETE FROM {}", (), "done"),
        ("UPDATE {} SET status = 'ERROR'", (), "done"),
        ("UPDATE {} SET status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'", (0.1,), "done"),
        ("UPDATE {} SET status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'", (), "failed"),
    ],
)
def test_a_job_that_nobody_would_run_any_more_is_found(
    bench: Bench, change: str, delays: tuple[float, ...], state: str
) -> None:
    bench.queue = bench.make(mend_seconds=0.5, delays=delays)
    bench.queue.open()
    bench.deliver(pull(1))
    with writing(bench.ledger.engine) as connection:
        connection.exec_driver_sql(change.format(workflows(bench)))
    bench.queue.start()
    bench.drain()
    assert bench.states() == [("assess-pull", state)]
    assert bench.deliveries() == [state]


def test_a_job_that_wants_to_end_the_process_fails_and_the_next_one_runs(bench: Bench) -> None:
    def leave(job: Job) -> Sequence[Job]:
        if job == pull(1, "h1", "alice"):
            raise SystemExit
        return ()

    bench.doing = leave
    bench.deliver(pull(1, "h1", "alice"))
    bench.deliver(pull(1, "h2", "alice"))
    bench.queue.start()
    bench.drain()
    assert [state for _, state in bench.states()] == ["failed", "done"]


def test_what_is_over_is_forgotten_in_time_and_what_waits_is_not(bench: Bench) -> None:
    bench.deliver(pull(1), delivery="over")
    bench.queue.start()
    bench.drain()
    bench.queue.stop(5)
    time.sleep(1.1)  # DBOS keeps whole seconds on SQLite
    bench.queue = bench.make(keep=datetime.timedelta(0), delays=(600,))
    bench.queue.open()
    bench.doing = lambda _job: (_ for _ in ()).throw(TransientError())
    with writing(bench.ledger.engine) as connection:
        connection.exec_driver_sql("DELETE FROM schedules")
    bench.deliver(pull(2), delivery="waits")
    bench.queue.start()
    wait_for(lambda: len(bench.deliveries()) == 1)
    assert bench.deliver(pull(1), delivery="waits") is Outcome.DUPLICATE
    with bench.ledger.engine.connect() as connection:
        query = sa.text(f"SELECT workflow_uuid FROM {workflows(bench)}")  # noqa: S608 - ours
        wait_for(lambda: not any(name.startswith("over") for name in connection.scalars(query)))


def test_a_database_that_is_away_for_a_moment_is_waited_for(bench: Bench) -> None:
    failures = iter([OperationalError("", {}, Exception("gone")) for _ in range(2)])

    def flaky() -> int:
        for failure in failures:
            raise failure
        return 7

    assert bench.queue._stubbornly(flaky) == 7


def test_jobs_are_stored_as_json_and_nothing_is_pickled(bench: Bench) -> None:
    bench.deliver(pull(1))
    statuses = sa.text(f"SELECT serialization FROM {workflows(bench)}")  # noqa: S608 - ours
    inputs = sa.text(f"SELECT inputs FROM {workflows(bench, 'workflow_input')}")  # noqa: S608 - ours
    with bench.ledger.engine.connect() as connection:
        assert connection.scalar(statuses) == "portable_json"
        assert (connection.scalar(inputs) or "").startswith("{")
