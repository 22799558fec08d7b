"""Figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.ledger import DatabaseError
from bot.queue import JobReport, Queue

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_JOB_SECONDS = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300)


class Metrics:
    """All figures of one server. Labels hold words of ours only, so their number is bounded."""

    def __init__(self, events: Iterable[str]) -> None:
        self._events = frozenset((*events, "ping"))
        self._registry = CollectorRegistry()
        self._deliveries = Counter(
            "cratewarden_deliveries",
            "Signed deliveries by outcome",
            ["event", "outcome"],
            registry=self._registry,
        )
        self._refused = Counter(
            "cratewarden_refused_requests",
            "Requests without a right signature",
            ["status"],
            registry=self._registry,
        )
        self._acknowledged = Histogram(
            "cratewarden_acknowledgement_seconds",
            "From the end of a delivery's head to our answer",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._jobs = Counter(
            "cratewarden_jobs", "Attempts at jobs by outcome", ["kind", "outcome"], registry=self._registry
        )
        self._job_seconds = Histogram(
            "cratewarden_job_seconds",
            "How long an attempt took",
            ["kind"],
            buckets=_JOB_SECONDS,
            registry=self._registry,
        )

    def watch(self, queue: Queue) -> None:
        """Tell of a queue's backlog too."""
        self._registry.register(_Backlog(queue))

    def delivered(self, event: str, outcome: str, seconds: float) -> None:
        """A signed delivery was answered."""
        known = event if event in self._events else "other"
        self._deliveries.labels(known, outcome).inc()
        self._acknowledged.observe(seconds)

    def refused(self, status: int) -> None:
        """A request was refused."""
        self._refused.labels(str(status)).inc()

    def job_ended(self, report: JobReport) -> None:
        """An attempt at a job has ended."""
        self._jobs.labels(report.kind, report.outcome).inc()
        self._job_seconds.labels(report.kind).observe(report.seconds)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self._registry)


class _Backlog(Collector):
    """What the database says when somebody asks."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def collect(self) -> Iterable[Metric]:
        """The gauges; those of the database are left out while it is away, and ``up`` says so."""
        yield GaugeMetricFamily("cratewarden_jobs_running", "Jobs that run here", self._queue.running())
        try:
            backlog = self._queue.backlog()
        except DatabaseError:
            yield GaugeMetricFamily("cratewarden_database_up", "Whether the database answers", 0)
            return
        yield GaugeMetricFamily("cratewarden_database_up", "Whether the database answers", 1)
        yield GaugeMetricFamily("cratewarden_jobs_waiting", "Jobs that wait or run", backlog.waiting)
        yield GaugeMetricFamily("cratewarden_jobs_failed", "Jobs that failed in the end", backlog.failed)
        yield GaugeMetricFamily(
            "cratewarden_backlog_seconds", "Age of the oldest job that is due", backlog.oldest_seconds
        )
