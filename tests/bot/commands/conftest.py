"""A real ledger on SQLite, new for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.ledger.book import LedgerBook
from tests.bot.commands.thread import Clock
from tests.bot.reviewers.people import REPOSITORY


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    ledger = Ledger(f"sqlite:///{path}", Clock())
    ledger.migrate()
    ledger.close()
    return path


@pytest.fixture
def book(migrated: Path, tmp_path: Path) -> Iterator[LedgerBook]:
    path = tmp_path / "ledger.db"
    shutil.copy(migrated, path)
    ledger = Ledger(f"sqlite:///{path}", Clock())
    yield ledger.book(REPOSITORY, 5)
    ledger.close()
