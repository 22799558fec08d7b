"""Runs the server: receiver and worker in one process, or a worker alone."""

from __future__ import annotations

import contextlib
import datetime
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from bot.config import Settings
from bot.jobs import Job
from bot.ledger import Ledger, LedgerError
from bot.queue import JobReport, Queue, QueueOptions
from bot.signals import EndSignals
from bot.web import logs
from bot.web.application import create_app
from bot.web.handshake import HurriedProtocol
from bot.web.metrics import Metrics

_log = logging.getLogger("cratewarden.web")
_ENDING = (signal.SIGTERM, signal.SIGINT)
_TURN_SECONDS = 0.0005
"""How long a job's thread keeps the interpreter from the one that answers webhooks; Python's default is 0.005."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the server is there for.

    ``route`` and ``perform`` are those of ``Queue``. ``transient`` are the errors of ``perform`` that go away by
    themselves. ``schedules`` are names, seconds and functions that take the queue. ``events`` are the webhook events
    that are told apart in the metrics. ``pages`` are further routes.
    """

    route: Callable[[str, Mapping[str, Any]], Sequence[Job]]
    perform: Callable[[Job], Sequence[Job]]
    transient: tuple[type[Exception], ...] = ()
    schedules: tuple[tuple[str, float, Callable[[Queue], None]], ...] = ()
    events: tuple[str, ...] = ()
    pages: tuple[BaseRoute, ...] = ()


def serve(settings: Settings, compose: Callable[[Settings, Ledger], Work]) -> int:
    """Receive and work until a signal comes; prints one line when ready, returns the exit status.

    Raises:
        ConfigError: a setting is missing.
        LedgerError: the database cannot be used, or another process serves it.
    """
    settings.require("webhook_secrets")
    sys.setswitchinterval(_TURN_SECONDS)
    with _started(settings, compose) as (ledger, queue, work, metrics):
        app = create_app(ledger, queue, settings.webhook_secrets, metrics, work.pages)
        with _listening(settings.host, settings.port) as listener:
            host, port = listener.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            _Server(app, f"cratewarden: listening on http://{shown}:{port}").run(sockets=[listener])
        return _finish(queue, settings.shutdown_seconds)


def work_only(settings: Settings, compose: Callable[[Settings, Ledger], Work]) -> int:
    """Work until a signal comes, beside a server on the same database.

    Raises:
        LedgerError: the database is SQLite, or cannot be used.
    """
    if settings.database_url.startswith("sqlite"):
        raise LedgerError(
            "a worker of its own needs PostgreSQL; set CRATEWARDEN_DATABASE_URL, or use `cratewarden serve`, "
            "which works too"
        )
    with EndSignals.noticed(*_ENDING) as signals, _started(settings, compose) as (_, queue, _, _):
        _say("cratewarden: working")
        signals.wait()
        return _finish(queue, settings.shutdown_seconds)


@contextlib.contextmanager
def _started(
    settings: Settings, compose: Callable[[Settings, Ledger], Work]
) -> Iterator[tuple[Ledger, Queue, Work, Metrics]]:
    logs.set_up()
    ledger = Ledger(settings.database_url)
    try:
        ledger.claim()
        ledger.migrate()
        work = compose(settings, ledger)
        metrics = Metrics(work.events)
        options = QueueOptions(
            concurrency=settings.workers,
            transient=work.transient,
            keep=datetime.timedelta(days=settings.keep_days),
        )
        queue = Queue(ledger, work.route, work.perform, options, _Observer(metrics))
        for name, seconds, function in work.schedules:
            queue.every(name, seconds, lambda function=function: function(queue))  # type: ignore[misc]
        metrics.watch(queue)
        try:
            queue.open()
            queue.start()
            yield ledger, queue, work, metrics
        finally:
            queue.stop(0)
    finally:
        ledger.close()


class _Observer:
    """Counts and logs every attempt at a job."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def job_ended(self, report: JobReport) -> None:
        self._metrics.job_ended(report)
        extra = {
            "delivery": report.delivery,
            "job": report.job,
            "kind": report.kind,
            "outcome": report.outcome,
            "attempt": report.attempt,
            "seconds": round(report.seconds, 3),
            "waited_seconds": round(report.waited_seconds, 3),
        }
        level = logging.WARNING if report.outcome in ("failed", "retried") else logging.INFO
        # The first word is the error's type; the rest may quote a stranger.
        cause = {"cause": report.error.partition(":")[0]} if report.error else {}
        _log.log(level, "job", extra={**extra, **cause})


class _Server(uvicorn.Server):
    """Says one line when it is ready, and ends with a return instead of a signal."""

    def __init__(self, app: ASGIApp, ready: str) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=HurriedProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=True,
                timeout_keep_alive=15,
                timeout_graceful_shutdown=10,
                backlog=1024,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _say(self._ready)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        def end() -> None:
            self.should_exit = True

        with _signals(end):
            yield


@contextlib.contextmanager
def _signals(end: Callable[[], None]) -> Iterator[None]:
    kept = {each: signal.signal(each, lambda *_: end()) for each in _ENDING}
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise LedgerError(
                f"cannot listen on {host}:{port}: {error.strerror}; set CRATEWARDEN_HOST and CRATEWARDEN_PORT"
            ) from error
        yield listener


def _finish(queue: Queue, seconds: int) -> int:
    if queue.stop(seconds):
        return 0
    # A job that would not end holds up the interpreter; it begins again at the next start.
    _log.warning("jobs left for the next start", extra={"running": queue.running()})
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
