"""What the queue takes in, tells and can be told."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook whose signature was right. ``id`` is GitHub's, the same when it is redelivered."""

    id: str
    event: str
    payload: Mapping[str, Any]


class Outcome(StrEnum):
    """What became of a delivery at the door. ``REFUSED``: it is not what GitHub describes."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class JobReport:
    """One attempt at a job: ``outcome`` is ``done``, ``superseded``, ``retried`` or ``failed``."""

    delivery: str
    job: str
    kind: str
    outcome: str
    seconds: float
    waited_seconds: float
    attempt: int
    error: str = ""


class Observer(Protocol):
    """Hears of every attempt at a job; must not raise."""

    def job_ended(self, report: JobReport) -> None:
        """An attempt has ended."""
        ...


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """How jobs are run.

    ``delays`` are the seconds before each further attempt after a transient error; an error's own
    ``retry_after`` (seconds) counts when it is longer. ``deaths`` is how often the process may die during an
    attempt before that counts as failed. ``keep`` is how long deliveries and jobs that are over stay known.
    """

    concurrency: int = 4
    transient: tuple[type[Exception], ...] = ()
    delays: tuple[float, ...] = (5, 20, 60, 180, 600)
    deaths: int = 20
    keep: datetime.timedelta = datetime.timedelta(days=14)
    poll_seconds: float = 0.1
    beat_seconds: float = 5
    dead_after: datetime.timedelta = datetime.timedelta(seconds=30)
    mend_seconds: float = 60
