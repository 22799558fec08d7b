"""A real server in a process of its own, and requests as GitHub or a stranger sends them."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import signal
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.web.signature import sign
from tests.bot import databases
from tests.bot.queue.kills import free_port, processes
from tests.bot.queue.program import SECRET
from tests.bot.web import program


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Server:
    port: int
    folder: Path
    pid: int = 0
    peers: Iterator[int] = field(default_factory=lambda: itertools.count(2))

    def new_peer(self) -> str:
        """An address of this machine that was not used before."""
        number = next(self.peers)
        return f"127.9.{number // 250}.{number % 250 + 1}"

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        peer: str = "",
    ) -> Answer:
        # Every request comes from another address, so that none pays for what another one did.
        source = (peer or self.new_peer(), 0)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=source)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def deliver(
        self,
        body: bytes = b'{"id": 1}',
        *,
        secret: str = SECRET,
        without: str = "",
        peer: str = "",
        **changed: str,
    ) -> Answer:
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-GitHub-Event": "push",
            "X-Hub-Signature-256": sign(body, secret),
        }
        headers.update((name.replace("_", "-"), value) for name, value in changed.items())
        kept = {name: value for name, value in headers.items() if name.lower() != without.lower()}
        return self.request("POST", "/webhooks/github", body, kept, peer)

    def log(self) -> list[dict[str, Any]]:
        lines = (self.folder / "log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def wait_for_log(self, event: str, **fields: object) -> dict[str, Any]:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for line in self.log():
                if line["event"] == event and fields.items() <= line.items():
                    return line
            time.sleep(0.02)
        raise AssertionError(f"no {event} {fields} in {self.log()}")


def start(folder: Path, url: str) -> tuple[Server, Any]:
    """Start a server and wait until it says that it listens."""
    server = Server(free_port(), folder)
    process = processes().Process(target=program.run, args=(url, str(folder), server.port))
    process.start()
    deadline = time.monotonic() + 30
    while not (folder / "log").exists() or "listening on" not in (folder / "log").read_text():
        assert process.is_alive(), (folder / "log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert process.pid is not None
    server.pid = process.pid
    return server, process


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for a file's tests, on SQLite."""
    folder = tmp_path_factory.mktemp("server")
    server, process = start(folder, databases.sqlite(folder))
    yield server
    os.kill(server.pid, signal.SIGTERM)
    process.join(30)
    assert process.exitcode == 0
