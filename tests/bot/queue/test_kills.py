"""A kill at any point loses nothing and repeats nothing."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.queue import Delivery, Queue
from tests.bot import databases
from tests.bot.queue.kills import processes, torture
from tests.bot.queue.program import PULLS, route, run_worker


@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 30), ("postgresql", 10)])
def test_a_server_that_is_killed_again_and_again_loses_and_repeats_nothing(
    kind: str, kills: int, tmp_path: Path
) -> None:
    outcome = torture(databases.new(kind, tmp_path), tmp_path, kills, seed=20261121)
    assert (outcome.lost, outcome.repeated, outcome.log_is_whole) == (0, 0, True)
    assert outcome.acknowledged >= kills
    assert outcome.log_entries == outcome.effects == outcome.acknowledged * len(PULLS)
    assert outcome.exit_status == 0


def test_a_worker_takes_over_what_another_one_died_of(tmp_path: Path) -> None:
    url = databases.postgresql()
    context = processes()
    slow = context.Process(target=run_worker, args=(url, str(tmp_path), 30.0))
    slow.start()
    _wait_for(lambda: list(tmp_path.glob("ready-*")))
    ledger = Ledger(url)
    receiver = Queue(ledger, route, lambda _job: ())
    receiver.open()
    receiver.accept(Delivery(str(uuid.uuid4()), "push", {"id": "1"}))
    _wait_for(lambda: (tmp_path / "attempts").exists() and len(_attempts(tmp_path)) == len(PULLS))
    quick = context.Process(target=run_worker, args=(url, str(tmp_path), 0.0))
    quick.start()
    _wait_for(lambda: len(list(tmp_path.glob("ready-*"))) == 2)
    assert not list((tmp_path / "effects").iterdir())
    slow.kill()
    slow.join()
    _wait_for(lambda: len(list((tmp_path / "effects").iterdir())) == len(PULLS))
    _wait_for(lambda: not receiver.backlog().waiting)
    quick.kill()
    quick.join()
    assert not list((tmp_path / "violations").iterdir())
    assert len(_attempts(tmp_path)) == 2 * len(PULLS)
    receiver.stop(0)
    ledger.close()


def _attempts(folder: Path) -> list[str]:
    return (folder / "attempts").read_text().splitlines()


def _wait_for(is_so: object) -> None:
    assert callable(is_so)
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
