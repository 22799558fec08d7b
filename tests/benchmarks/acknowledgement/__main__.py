"""``python -m tests.benchmarks.acknowledgement``: how long GitHub waits for the answer to a webhook.

Webhooks of 20 kB leave on time, whether or not earlier ones were answered, as GitHub sends them. The worker is in the
same process as the receiver and does its jobs meanwhile. See ``docs/performance.md``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

from bot.web.signature import sign
from tests.bot import databases
from tests.bot.queue.program import SECRET
from tests.bot.web.conftest import start


def main() -> int:
    """Print a line for each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--bytes", type=int, default=20_000)
    parser.add_argument("--only", choices=databases.KINDS, nargs="*", default=databases.KINDS)
    options = parser.parse_args()
    sys.stdout.write("| database | webhooks/s | webhooks | p50 ms | p99 ms | worst ms | refused |\n")
    sys.stdout.write("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
    for kind in options.only:
        with tempfile.TemporaryDirectory(prefix="acknowledge-") as folder:
            server, process = start(Path(folder), databases.new(kind, Path(folder)))
            taken, refused = _send(server.port, options.rate, options.seconds, options.bytes)
            os.kill(server.pid, signal.SIGTERM)
            process.join(60)
        p99 = statistics.quantiles(taken, n=100)[98]
        sys.stdout.write(
            f"| {kind} | {options.rate:g} | {len(taken)} | {statistics.median(taken) * 1000:.1f} | "
            f"{p99 * 1000:.1f} | {max(taken) * 1000:.1f} | {refused} |\n"
        )
        sys.stdout.flush()
    return 0


def _send(port: int, rate: float, seconds: float, size: int) -> tuple[list[float], int]:
    taken: list[float] = []
    refused: list[int] = []
    guard = threading.Lock()

    def one(number: int) -> None:
        # A few pull requests get most of the webhooks, as in life.
        body = json.dumps({"id": f"work-{number % 40}", "padding": "x" * size}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-GitHub-Event": "push",
            "X-Hub-Signature-256": sign(body, SECRET),
        }
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", "/webhooks/github", body, headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        with guard:
            taken.append(time.perf_counter() - began)
            if response.status != 202:
                refused.append(response.status)

    threads = []
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        threads.append(threading.Thread(target=one, args=(number,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return taken, len(refused)


if __name__ == "__main__":
    sys.exit(main())
