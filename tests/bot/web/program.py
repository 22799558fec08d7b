"""A real server whose jobs do what the test's payload says."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.jobs import AssessCommit, Job, Where
from bot.ledger import Ledger
from bot.web.server import Work, serve
from tests.bot.queue.program import SECRET

OLD_SECRET = "the secret before that one"  # noqa: S105 - of tests only
WHERE = Where(3, 7, "acme/ring")


def route(_event: str, payload: Mapping[str, Any]) -> Sequence[Job]:
    """One job, unless the payload lacks its id. The job's commit says what it does."""
    if "id" not in payload:
        raise ValueError("no id")
    return (AssessCommit(WHERE, str(payload["id"])),)


def perform(job: Job) -> Sequence[Job]:
    """``slow`` takes two seconds, ``work`` 40 milliseconds, ``wrong`` fails, anything else is done at once."""
    assert isinstance(job, AssessCommit)
    if job.sha.startswith("slow"):
        time.sleep(2)
    if job.sha == "endless":
        time.sleep(600)
    if job.sha.startswith("work"):
        time.sleep(0.04)
    if job.sha == "wrong":
        raise RuntimeError("hunter2 is the password")
    return ()


def run(url: str, folder: str, port: int) -> None:
    """Receive and work until a signal."""
    with (Path(folder) / "log").open("a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    settings = Settings(webhook_secrets=(SECRET, OLD_SECRET), database_url=url, port=port, shutdown_seconds=4)

    def compose(_settings: Settings, _ledger: Ledger) -> Work:
        return Work(route, perform, events=("push",))

    sys.exit(serve(settings, compose))
