"""A real server whose jobs leave traces, to be killed at any moment."""

from __future__ import annotations

import datetime
import fcntl
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.jobs import AssessCommit, AssessPull, Job, Where
from bot.ledger import Ledger
from bot.pull import RepositoryRef
from bot.queue import Queue, QueueOptions
from bot.web.server import Work, serve

WHERE = Where(3, 7, "acme/ring")
RING = RepositoryRef("acme", "ring", 7, "main")
SECRET = "the secret of the tests"  # noqa: S105 - of tests only
PULLS = (1, 2, 3)


def route(event: str, payload: Mapping[str, Any]) -> Sequence[Job]:
    """A delivery asks for one job, which asks for one for each pull request."""
    if event != "push":
        raise ValueError(f"{event} is not for here")
    return (AssessCommit(WHERE, str(payload["id"])),)


class Effects:
    """Does what the guard does: looks whether an effect is there, makes it, and records it in the ledger.

    Each effect is a file that may be made once. Where two runs get in each other's way, a file below
    ``violations`` tells.
    """

    def __init__(self, ledger: Ledger, folder: Path, seconds: float = 0.01) -> None:
        self._ledger = ledger
        self._folder = folder
        self._seconds = seconds
        for name in ("effects", "locks", "violations"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def perform(self, job: Job) -> Sequence[Job]:
        """Carry out a job of ``route``."""
        if isinstance(job, AssessCommit):
            # A pusher, so that none is passed over: each must leave its effect.
            return tuple(AssessPull(WHERE, number, job.sha, "alice") for number in PULLS)
        assert isinstance(job, AssessPull)
        lock = os.open(self._folder / "locks" / str(job.number), os.O_CREAT | os.O_RDWR)
        try:
            self._alone(lock, job)
            self._affect(job)
        finally:
            os.close(lock)
        return ()

    def _alone(self, lock: int, job: AssessPull) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._violate(f"overlap-{job.number}-{job.head}")

    def _affect(self, job: AssessPull) -> None:
        with (self._folder / "attempts").open("a") as attempts:
            attempts.write(f"{job.head}-{job.number}\n")
        effect = self._folder / "effects" / f"{job.head}-{job.number}"
        time.sleep(self._seconds)
        if not effect.exists():
            time.sleep(self._seconds)
            try:
                effect.touch(exist_ok=False)
            except FileExistsError:
                self._violate(f"repeated-{job.head}-{job.number}")
        self._ledger.book(RING, job.number).note("effect", job.head, {})

    def _violate(self, name: str) -> None:
        (self._folder / "violations" / name).touch()


def run_server(url: str, folder: str, port: int) -> None:
    """Receive and work until a signal."""
    with (Path(folder) / "log").open("a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    settings = Settings(
        app_id=1, webhook_secrets=(SECRET,), database_url=url, port=port, workers=4, shutdown_seconds=5
    )

    def compose(_settings: Settings, ledger: Ledger) -> Work:
        return Work(route, Effects(ledger, Path(folder)).perform, events=("push",))

    sys.exit(serve(settings, compose))


def run_worker(url: str, folder: str, seconds: float) -> None:
    """Only work, with a heart that beats fast, until killed. The jobs take some seconds each."""
    ledger = Ledger(url)
    ledger.migrate()
    options = QueueOptions(beat_seconds=0.2, dead_after=datetime.timedelta(seconds=2))
    queue = Queue(ledger, route, Effects(ledger, Path(folder), seconds).perform, options)
    queue.open()
    queue.start()
    (Path(folder) / f"ready-{os.getpid()}").touch()
    threading.Event().wait()
