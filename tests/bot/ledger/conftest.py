"""A migrated ledger on each database, with a clock that stands still."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.ledger.book import LedgerBook
from bot.pull import RepositoryRef
from tests.bot import databases

START = datetime.datetime(2026, 11, 21, 9, 30, tzinfo=datetime.UTC)
RING = RepositoryRef("acme", "ring", 7, "main")


class StillClock:
    """Moves only when told."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime.datetime:
        return self.time

    def pass_minutes(self, minutes: float) -> None:
        self.time += datetime.timedelta(minutes=minutes)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(params=databases.KINDS)
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: StillClock) -> Iterator[Ledger]:
    ledger = Ledger(databases.new(request.param, tmp_path), clock)
    ledger.migrate()
    yield ledger
    ledger.close()


@pytest.fixture
def book(ledger: Ledger) -> LedgerBook:
    return ledger.book(RING, 12)
