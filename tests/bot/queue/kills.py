"""Kills a server again and again while webhooks arrive, then counts what was lost and what was done twice."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import random
import socket
import threading
import time
import uuid
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from bot.ledger import Ledger
from bot.web.signature import sign
from tests.bot.queue.program import PULLS, SECRET, run_server

_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """``lost`` effects never happened; ``repeated`` happened twice, or two runs for one pull request overlapped.

    ``attempts`` may be more than ``effects``: work that a kill cut short is done again.
    """

    kills: int
    acknowledged: int
    posted_again: int
    effects: int
    attempts: int
    lost: int
    repeated: int
    log_is_whole: bool
    log_entries: int
    exit_status: int | None


def processes() -> ForkServerContext:
    """Processes that are forked from one that has imported everything: they are there in an instant."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.bot.queue.program", "bot.web.app"])
    return context


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class _Poster(threading.Thread):
    """Sends webhooks one after the other, each until it is acknowledged, as the reconciler would."""

    def __init__(self, port: int, pause: float) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._pause = pause
        self._enough = threading.Event()
        self.acknowledged: list[str] = []
        self.again = 0

    def run(self) -> None:
        while not self._enough.is_set():
            self._send(str(len(self.acknowledged)), str(uuid.uuid4()))
            time.sleep(self._pause)

    def finish(self) -> None:
        self._enough.set()
        self.join(_PATIENCE)
        assert not self.is_alive()

    def _send(self, number: str, delivery: str) -> None:
        while True:
            try:
                status = post(self._port, {"id": number}, delivery)
            except (OSError, http.client.HTTPException):
                status = 0
            if status in (200, 202):
                self.acknowledged.append(number)
                return
            assert status in (0, 503)
            self.again += 1
            time.sleep(0.02)


def post(port: int, payload: object, delivery: str, event: str = "push") -> int:
    """Send one signed webhook; its status."""
    body = json.dumps(payload).encode()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Delivery": delivery,
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": sign(body, SECRET),
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/webhooks/github", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def torture(url: str, folder: Path, kills: int, seed: int, pause: float = 0.03) -> Outcome:
    """Run it; the last server ends in good order once all is done."""
    chance = random.Random(seed)  # noqa: S311 - reproducible
    port, context = free_port(), processes()
    poster = _Poster(port, pause)
    poster.start()
    for _ in range(kills):
        server = _start(context, url, folder, port)
        # One in four while it starts, the others while it works.
        if chance.random() < 0.25:
            time.sleep(chance.uniform(0.02, 0.5))
        else:
            _wait_until_listening(port)
            _wait_for_some(poster, chance.randrange(12))
            time.sleep(chance.uniform(0, 0.1))
        server.kill()
        server.join()
    server = _start(context, url, folder, port)
    poster.finish()
    wanted = {f"{number}-{pull}" for number in poster.acknowledged for pull in PULLS}
    _wait_until_quiet(url, folder, wanted)
    server.terminate()
    server.join(30)
    ledger = Ledger(url)
    try:
        entries = [(entry.event, entry.number, entry.body["key"]) for entry in ledger.entries()]
        is_whole = ledger.find_fault() is None
    finally:
        ledger.close()
    made = {effect.name for effect in (folder / "effects").iterdir()}
    violations = len(list((folder / "violations").iterdir()))
    return Outcome(
        kills=kills,
        acknowledged=len(poster.acknowledged),
        posted_again=poster.again,
        effects=len(made),
        attempts=len((folder / "attempts").read_text().splitlines()),
        lost=len(wanted - made),
        repeated=violations + len(entries) - len(set(entries)),
        log_is_whole=is_whole,
        log_entries=len(entries),
        exit_status=server.exitcode,
    )


def _start(context: ForkServerContext, url: str, folder: Path, port: int) -> ForkServerProcess:
    server = context.Process(target=run_server, args=(url, str(folder), port))
    server.start()
    return server


def _wait_until_listening(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)


def _wait_for_some(poster: _Poster, wanted: int) -> None:
    """Counted in webhooks, so that kills fall alike on quick and on busy computers."""
    enough, deadline = len(poster.acknowledged) + wanted, time.monotonic() + _PATIENCE
    while len(poster.acknowledged) < enough:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _wait_until_quiet(url: str, folder: Path, wanted: set[str]) -> None:
    """As long as it takes, if only something happens: what waits is not lost."""
    from bot.ledger import work

    ledger = Ledger(url)
    made, deadline = 0, time.monotonic() + _PATIENCE
    try:
        while time.monotonic() < deadline:
            with ledger.engine.connect() as connection:
                waiting = work.backlog(connection, ledger.clock.now()).waiting
            before, made = made, len(list((folder / "effects").iterdir()))
            if not waiting and made >= len(wanted):
                return
            if made > before:
                deadline = time.monotonic() + _PATIENCE
            time.sleep(0.1)
    finally:
        ledger.close()
