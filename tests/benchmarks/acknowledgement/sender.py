"""Sends webhooks on time, and measures how long each answer takes."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.web.signature import sign


@dataclass(frozen=True, slots=True)
class Target:
    """A server that listens: what to send to it, and its log."""

    port: int
    secret: str
    event: str
    payloads: Sequence[dict[str, object]]
    log: Path


def send(to: Target, rate: float, seconds: float, size: int) -> tuple[list[float], int]:
    """Seconds that each webhook took, and how many were not accepted."""
    taken: list[float] = []
    refused: list[int] = []
    bodies = []
    for payload in to.payloads:
        short = size - len(json.dumps(payload))
        bodies.append(json.dumps({**payload, "padding": "x" * max(0, short)}).encode())

    def one(body: bytes) -> None:
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-GitHub-Event": to.event,
            "X-Hub-Signature-256": sign(body, to.secret),
        }
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", to.port, timeout=30)
        connection.request("POST", "/webhooks/github", body, headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        taken.append(time.perf_counter() - began)
        if response.status != 202:
            refused.append(response.status)

    threads = []
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        threads.append(threading.Thread(target=one, args=(bodies[number % len(bodies)],)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return taken, len(refused)
