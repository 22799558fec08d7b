"""The queue itself, on DBOS."""

from __future__ import annotations

import datetime
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, WorkflowSerializationFormat
from sqlalchemy.exc import DBAPIError

from bot import jobs
from bot.jobs import Job
from bot.ledger import Ledger, executors, work
from bot.ledger.audit import Subject, append
from bot.ledger.engine import writing
from bot.ledger.schedules import Schedule, Schedules
from bot.ledger.work import Backlog, JobState, QueuedJob
from bot.queue.words import Delivery, JobReport, Observer, Outcome, QueueOptions

_APP = "cratewarden"
_QUEUE = "cratewarden"
_WORKFLOW = "cratewarden.job"
# Raised only if a job of the old form could not be run any more: DBOS leaves jobs of other versions alone.
_VERSION = "1"
_EMBEDDED = "embedded"
"""The executor's name on SQLite, where there is one."""
_PRIORITIES = 2**31 - 2
_MENDED_AT_ONCE = 200
_PURGED_AT_ONCE = 500
_OVER = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")

_log = logging.getLogger("cratewarden.queue")
_T = TypeVar("_T")


class Queue:
    """Accepts deliveries and runs their jobs. There is one in a process: DBOS allows no more.

    ``route`` says which jobs a delivery asks for (ValueError: it is malformed). ``perform`` carries out a job
    and may return further ones. It may be called again for the same job, so its effects must be such that
    twice is as good as once; it must write nothing that cannot be repeated.
    """

    def __init__(
        self,
        ledger: Ledger,
        route: Callable[[str, Mapping[str, Any]], Sequence[Job]],
        perform: Callable[[Job], Sequence[Job]],
        options: QueueOptions | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._ledger = ledger
        self._route = route
        self._perform = perform
        self._options = options or QueueOptions()
        self._transient: tuple[type[Exception], ...] = (DBAPIError, *self._options.transient)
        self._observer = observer
        self._stopping = threading.Event()
        self._schedules = Schedules(ledger.engine, ledger.clock, self._stopping)
        self._heart: threading.Thread | None = None
        self._running: set[str] = set()
        self._client: DBOSClient | None = None
        self._seat: executors.Seat | None = None
        self._last_beat = 0.0

    def open(self) -> None:
        """Make ``accept`` and ``submit`` work. The ledger must be migrated.

        Raises:
            DBAPIError: the database cannot be reached.
        """
        logging.getLogger("dbos").setLevel(logging.WARNING)
        DBOS.migrate(self._ledger.url.render_as_string(hide_password=False))
        # The client shares the ledger's connections: a delivery and its jobs are one transaction.
        self._client = DBOSClient(
            system_database_engine=self._ledger.engine, application_name=_APP, retry_connection_errors=False
        )
        self._client.register_queue(
            _QUEUE,
            partition_concurrency=1,
            worker_concurrency=self._options.concurrency,
            polling_interval_sec=self._options.poll_seconds,
        )

    def every(self, name: str, seconds: float, function: Callable[[], None]) -> None:
        """Call a function every so often, in one process of all that share the database; call before ``start``."""
        self._schedules.add(Schedule(name, datetime.timedelta(seconds=seconds), function))

    def start(self) -> None:
        """Begin to run jobs, those first that were running when the last process ended."""
        if not self._ledger.is_embedded:
            self._seat = executors.Seat(self._ledger.url)
            executors.beat(self._ledger.engine, self._seat.name)
        DBOS(config=self._dbos_config())
        DBOS.workflow(
            name=_WORKFLOW,
            max_recovery_attempts=self._options.deaths,
            serialization_type=WorkflowSerializationFormat.PORTABLE,
        )(self._workflow())
        DBOS.listen_queues([_QUEUE])
        DBOS.launch()
        self.every("purge", 3600, self._purge)
        self.every("mend", self._options.mend_seconds, self._mend)
        self._last_beat = time.monotonic()
        self._heart = threading.Thread(target=self._beat_on, name="cratewarden-beat", daemon=True)
        self._heart.start()
        self._schedules.start()

    def stop(self, timeout: float = 20) -> bool:
        """Take up no more jobs and wait for those that run; False when some did not end in ``timeout`` seconds.

        Those begin again at the next start, as after a crash.
        """
        if self._stopping.is_set():
            return not self._running
        self._stopping.set()
        if self._heart is not None:
            # DBOS waits in steps of a second, so not at all when there is nothing to wait for.
            patience = int(timeout) if self._running else 0
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=patience)
            self._heart.join(timeout=2)
            self._schedules.join(timeout=2)
        if self._seat is not None:
            if not self._running:
                executors.leave(self._ledger.engine, self._seat.name)
            self._seat.release()
        if self._client is not None:
            self._client.destroy()
        return not self._running

    def accept(self, delivery: Delivery) -> Outcome:
        """Take on a delivery: when this returns, its jobs are on disk. Each delivery is taken on once.

        Raises:
            DBAPIError: the database cannot be written to; nothing has happened.
        """
        try:
            wanted = tuple(self._route(delivery.event, delivery.payload))
            error = ""
        except ValueError as mistake:
            wanted, error = (), f"{type(mistake).__name__}: {mistake}"
        now = self._ledger.clock.now()
        with writing(self._ledger.engine, ahead=True) as connection:
            path = work.open_delivery(connection, delivery.id, delivery.event, now)
            if not path:
                return Outcome.DUPLICATE
            if error:
                work.refuse_delivery(connection, delivery.id, error)
                return Outcome.REFUSED
            self._add(connection, delivery.id, path, wanted, now)
        return Outcome.ACCEPTED

    def submit(self, cause: str, wanted: Iterable[Job]) -> int:
        """Add jobs that no delivery asked for, apart from those that wait already; how many were added.

        ``cause`` names the occasion; the same one is taken on once.
        """
        now = self._ledger.clock.now()
        with writing(self._ledger.engine) as connection:
            new = [job for job in wanted if not (job.replaceable and work.is_waiting(connection, job.key))]
            path = work.open_delivery(connection, cause, "", now)
            return len(self._add(connection, cause, path, new, now)) if path else 0

    def is_alive(self) -> bool:
        """Whether this process runs jobs."""
        return not self._stopping.is_set() and time.monotonic() - self._last_beat < max(
            30.0, 3 * self._options.beat_seconds
        )

    def backlog(self) -> Backlog:
        """What is waiting; raises DBAPIError when the database is away."""
        with self._ledger.engine.connect() as connection:
            return work.backlog(connection, self._ledger.clock.now())

    def running(self) -> int:
        """How many jobs run in this process."""
        return len(self._running)

    def _dbos_config(self) -> DBOSConfig:
        config: DBOSConfig = {
            "name": _APP,
            "application_version": _VERSION,
            "executor_id": self._seat.name if self._seat else _EMBEDDED,
            "log_level": "WARNING",
            "enable_otlp": False,
            "notification_listener_polling_interval_sec": 1.0,
            "scheduler_polling_interval_sec": 3600.0,
        }
        if self._ledger.is_embedded:
            return {**config, "system_database_engine": self._ledger.engine}
        url = self._ledger.url.render_as_string(hide_password=False)
        return {**config, "system_database_url": url, "sys_db_pool_size": self._options.concurrency + 6}

    def _add(
        self,
        connection: sa.Connection,
        delivery: str,
        path: str,
        wanted: Iterable[Job],
        now: datetime.datetime,
    ) -> list[QueuedJob]:
        added = work.add(connection, delivery, path, wanted, now)
        for job in added:
            self._enqueue(connection, job)
        if not added:
            work.settle(connection, delivery)
        return added

    def _enqueue(self, connection: sa.Connection, job: QueuedJob, delay: float = 0) -> None:
        if self._client is None:
            raise RuntimeError("the queue is not open")
        options: EnqueueOptions = {
            "workflow_name": _WORKFLOW,
            "queue_name": _QUEUE,
            "workflow_id": job.run,
            "queue_partition_key": job.key,
            # Lower is sooner: jobs of a key come in order even where the clock of the database is coarse.
            "priority": job.id % _PRIORITIES + 1,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }
        if delay:
            options["delay_seconds"] = delay
        self._client.enqueue_in_transaction(connection, options, job.id)

    def _workflow(self) -> Callable[[int], str]:
        def job(number: int) -> str:
            return self._run(number)

        return job

    def _run(self, number: int) -> str:
        job = self._stubbornly(lambda: self._read(number))
        if job is None or job.state is not JobState.QUEUED:
            return "over"
        self._running.add(job.run)
        try:
            return self._observed(job)
        finally:
            self._running.discard(job.run)

    def _observed(self, job: QueuedJob) -> str:
        began, waited = time.monotonic(), (self._ledger.clock.now() - job.accepted_at).total_seconds()
        outcome, error = self._attempt(job)
        if self._observer is not None:
            seconds = time.monotonic() - began
            report = JobReport(
                job.delivery, job.run, job.kind, outcome, seconds, max(0.0, waited), job.attempts + 1, error
            )
            self._observer.job_ended(report)
        return outcome

    def _attempt(self, job: QueuedJob) -> tuple[str, str]:
        if self._stubbornly(lambda: self._is_superseded(job)):
            self._stubbornly(lambda: self._finish(job, JobState.SUPERSEDED))
            return JobState.SUPERSEDED, ""
        try:
            further = tuple(self._perform(jobs.from_json(job.body)))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the next job must run, and people must hear of it
            caught = error
            if not isinstance(error, self._transient):
                _log.exception("job failed", extra={"delivery": job.delivery, "job": job.run})
            return self._stubbornly(lambda: self._try_later(job, caught))
        self._stubbornly(lambda: self._finish(job, JobState.DONE, further))
        return JobState.DONE, ""

    def _read(self, number: int) -> QueuedJob | None:
        with self._ledger.engine.connect() as connection:
            return work.read(connection, number)

    def _is_superseded(self, job: QueuedJob) -> bool:
        with self._ledger.engine.connect() as connection:
            return work.is_superseded(connection, job)

    def _finish(self, job: QueuedJob, state: JobState, further: Sequence[Job] = ()) -> None:
        now = self._ledger.clock.now()
        with writing(self._ledger.engine) as connection:
            if work.finish(connection, job, state, now):
                self._add(connection, job.delivery, job.path, further, now)

    def _try_later(self, job: QueuedJob, error: BaseException) -> tuple[str, str]:
        words = _words(error)
        if not isinstance(error, self._transient):
            self._fail(job, words)
            return JobState.FAILED, words
        return self._retry(job, words, float(getattr(error, "retry_after", 0) or 0)), words

    def _retry(self, job: QueuedJob, words: str, at_least: float = 0) -> str:
        if job.attempts >= len(self._options.delays):
            self._fail(job, words)
            return JobState.FAILED
        self._postpone(job, max(self._options.delays[job.attempts], at_least), words)
        return "retried"

    def _postpone(self, job: QueuedJob, delay: float, words: str) -> None:
        due = self._ledger.clock.now() + datetime.timedelta(seconds=delay)
        with writing(self._ledger.engine) as connection:
            later = work.postpone(connection, job, due, words)
            if later is not None:
                self._enqueue(connection, later, delay)

    def _fail(self, job: QueuedJob, words: str) -> None:
        now = self._ledger.clock.now()
        where = job.body.get("where") or {}
        subject = Subject(
            where.get("repository", 0), where.get("full_name", ""), int(job.body.get("number", 0))
        )
        body = {"job": dict(job.body), "delivery": job.delivery, "attempts": job.attempts + 1, "error": words}
        with writing(self._ledger.engine) as connection:
            if work.finish(connection, job, JobState.FAILED, now, words):
                work.settle(connection, job.delivery)
                append(connection, subject, at=now, actor=_APP, event="job-failed", body=body)

    def _stubbornly(self, do: Callable[[], _T]) -> _T:
        """Outlive a database that is away for a while; what outlasts this too is found by ``_mend``."""
        for pause in (0.1, 0.5, 2, 5, 10, 20):
            try:
                return do()
            except DBAPIError as error:
                _log.warning("database: trying again", extra={"error": type(error.orig).__name__})
                if self._stopping.wait(pause):
                    break
        return do()

    def _beat_on(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._beat():
                    self._last_beat = time.monotonic()
            except DBAPIError as error:
                _log.warning("database: no heartbeat", extra={"error": type(error.orig).__name__})
            self._stopping.wait(self._options.beat_seconds)

    def _beat(self) -> bool:
        if self._seat is None:
            return True
        if not self._seat.is_held():
            _log.error("another process has this one's name", extra={"executor": self._seat.name})
            return False
        executors.beat(self._ledger.engine, self._seat.name)
        for name in executors.bury(self._ledger.engine, self._options.dead_after, _rescue):
            _log.warning("took over the jobs of a process that died", extra={"executor": name})
        return True

    def _mend(self) -> None:
        """Find jobs that wait although nobody will run them, and run or give them up."""
        before = self._ledger.clock.now() - datetime.timedelta(seconds=self._options.mend_seconds)
        with self._ledger.engine.connect() as connection:
            late = {job.run: job for job in work.overdue(connection, before, _MENDED_AT_ONCE)}
        if not late:
            return
        found = DBOS.list_workflows(workflow_ids=sorted(late), load_input=False, load_output=False)
        states = {status.workflow_id: status.status for status in found}
        for name, job in late.items():
            state = states.get(name, "")
            if state == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
                # Not given up yet: that the process died need not have been this job's fault.
                self._retry(job, f"the process died {self._options.deaths} times while this ran")
            elif not state or state in _OVER:
                self._postpone(job, 0, "the database was away when this ended")

    def _purge(self) -> None:
        before = self._ledger.clock.now() - self._options.keep
        while not self._stopping.is_set():
            with writing(self._ledger.engine) as connection:
                if not work.purge(connection, before, _PURGED_AT_ONCE):
                    break
        while not self._stopping.is_set():
            old = DBOS.list_workflows(
                completed_before=before.isoformat(),
                status=list(_OVER),
                limit=_PURGED_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            if not old:
                return
            DBOS.delete_workflows([status.workflow_id for status in old])


def _rescue(dead: Iterable[str]) -> None:
    for name in dead:
        left = DBOS.list_workflows(
            status="PENDING", executor_id=name, queue_name=_QUEUE, load_input=False, load_output=False
        )
        if left:
            DBOS.resume_workflows([status.workflow_id for status in left], queue_name=_QUEUE)


def _words(error: BaseException) -> str:
    if isinstance(error, DBAPIError):
        # SQLAlchemy's own message holds the statement's values.
        return f"{type(error).__name__}: {type(error.orig).__name__}"
    return f"{type(error).__name__}: {error}"
