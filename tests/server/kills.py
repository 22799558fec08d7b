"""Kills the server again and again while people talk on pull requests, then compares with a quiet run."""

from __future__ import annotations

import difflib
import itertools
import random
import socket
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.ledger import Ledger
from bot.sandbox.pull_requests import PullRequest
from tests.server.town import Town, town

TALKS = 2
"""How many conversations go on at a time."""
_REQUESTS = 80
"""After how many requests of its jobs a server is killed at the latest: one makes about twenty."""
_LONGEST = 60.0
"""Seconds until the next kill where so many requests do not come."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``lost`` are lines of what people see that a quiet run has and this one has not, ``repeated`` the reverse.

    ``unheard`` are webhooks that came while no server listened.
    """

    kills: int
    talks: int
    webhooks: int
    unheard: int
    lost: tuple[str, ...]
    repeated: tuple[str, ...]
    log_is_whole: bool
    exit_status: int | None


def quiet_trace(folder: Path) -> str:
    """What one conversation leaves when nobody kills the server."""
    with town(folder) as place:
        place.server.start()
        pull = place.converse("ring-0")
        place.wait_until_quiet()
        trace = place.trace(pull)
        assert place.server.end() == 0
    return trace


def torture(folder: Path, kills: int, seed: int, expected: str, database: str = "") -> Outcome:
    """Kill; let everything end; compare. Conversations begin as long as there are kills left."""
    chance = random.Random(seed)  # noqa: S311 - reproducible
    with town(folder, database) as place, ThreadPoolExecutor(TALKS) as pool:
        enough = threading.Event()
        numbers = itertools.count(1)
        talks = [pool.submit(_talk, place, enough, numbers) for _ in range(TALKS)]
        try:
            for _ in range(kills):
                _kill_once(place, chance)
                _raise_first(talks)
        except BaseException:
            place.is_over.set()
            raise
        finally:
            enough.set()
            place.server.start()
        pulls = [pull for talk in talks for pull in talk.result()]
        place.wait_until_quiet()
        lost, repeated = [], []
        for pull in pulls:
            for line in difflib.ndiff(expected.split("\n"), place.trace(pull).split("\n")):
                if line[:2] == "- ":
                    lost.append(f"{pull.project.full_name}: {line[2:]}")
                elif line[:2] == "+ ":
                    repeated.append(f"{pull.project.full_name}: {line[2:]}")
        status = place.server.end()
        deliveries = place.github.deliveries
        return Outcome(
            kills=kills,
            talks=len(pulls),
            webhooks=len(deliveries),
            unheard=sum(one.tries[0].status_code >= 500 for one in deliveries),
            lost=tuple(lost),
            repeated=tuple(repeated),
            log_is_whole=_is_whole(place.database),
            exit_status=status,
        )


def _talk(place: Town, enough: threading.Event, numbers: itertools.count[int]) -> list[PullRequest]:
    pulls = [place.converse(f"ring-{next(numbers)}")]
    while not enough.is_set():
        pulls.append(place.converse(f"ring-{next(numbers)}"))
    return pulls


def _kill_once(place: Town, chance: random.Random) -> None:
    """One in five while it starts, the others while it works.

    Work is counted in requests, so that kills fall alike on quick and on busy computers.
    """
    place.server.start()
    if chance.random() < 0.2:
        time.sleep(chance.uniform(0.02, 0.8))
    else:
        place.wait("it listens", lambda: _listens(place.server.port))
        start, enough = len(place.github.state.requests), chance.randrange(_REQUESTS)
        deadline = time.monotonic() + _LONGEST
        while place.work_since(start) < enough and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.1))
    assert place.server.ended() is None, place.server.told()
    place.server.kill()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _raise_first(talks: list[Future[list[PullRequest]]]) -> None:
    """End early when a conversation has failed."""
    for talk in talks:
        if talk.done():
            talk.result()


def _is_whole(database: str) -> bool:
    ledger = Ledger(database)
    try:
        return ledger.find_fault() is None
    finally:
        ledger.close()
