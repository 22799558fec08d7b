"""``python -m tests.benchmarks.acknowledgement``: how long GitHub waits for the answer to a webhook.

Webhooks of 20 kB leave on time from a process of their own, whether or not earlier ones were answered, as GitHub sends
them. Meanwhile the server, receiver and worker in one process, does what they ask for: either the App's real work on
pull requests of a stand-in for GitHub, or ``short`` jobs that only wait 40 ms, so that the receiver is seen alone. See
``docs/performance.md``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.demo import history
from tests.benchmarks.acknowledgement.sender import Target, send
from tests.bot import databases
from tests.bot.queue.program import SECRET
from tests.bot.web.conftest import start
from tests.server.town import town

_PULLS = 8
_DIFFERENT = 3000
_HEAD = (
    "database",
    "jobs",
    "webhooks/s",
    "webhooks",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "worst ms",
    "refused",
    "jobs done",
)


def main() -> int:
    """Print a line for each database and kind of job."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--bytes", type=int, default=20_000)
    parser.add_argument("--jobs", choices=_TARGETS, nargs="*", default=list(_TARGETS))
    parser.add_argument("--only", choices=databases.KINDS, nargs="*", default=databases.KINDS)
    options = parser.parse_args()
    _say(_HEAD)
    _say(["---", "---"] + ["---:"] * (len(_HEAD) - 2))
    for jobs in options.jobs:
        for kind in options.only:
            with (
                tempfile.TemporaryDirectory(prefix="acknowledge-") as folder,
                _TARGETS[jobs](kind, Path(folder)) as to,
            ):
                before = _done(to)
                # Not a thread: it would wait for the stand-in's turn in this process, and count that.
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    taken, refused = pool.apply(send, (to, options.rate, options.seconds, options.bytes))
                cuts = statistics.quantiles(taken, n=100)
                shown = [f"{seconds * 1000:.1f}" for seconds in (cuts[49], cuts[94], cuts[98], max(taken))]
                _say([kind, jobs, f"{options.rate:g}", len(taken), *shown, refused, _done(to) - before])
    return 0


@contextmanager
def _short(kind: str, folder: Path) -> Iterator[Target]:
    server, process = start(folder, databases.new(kind, folder))
    try:
        payloads: list[dict[str, object]] = [{"id": f"work-{number}"} for number in range(_DIFFERENT)]
        yield Target(server.port, SECRET, "push", payloads, folder / "log")
    finally:
        os.kill(server.pid, signal.SIGTERM)
        process.join(60)


@contextmanager
def _real(kind: str, folder: Path) -> Iterator[Target]:
    with town(folder, databases.new(kind, folder), CRATEWARDEN_RECONCILE_SECONDS="86400") as place:
        place.server.start()
        place.wait("it listens", lambda: "listening" in place.server.said())
        ring = place.repository("ring-0")
        for number in range(_PULLS):
            ring.commit(
                f"topic-{number}", history.proposed(), author=place.people["alice"], message="Faster\n"
            )
            ring.open_pull(head=f"topic-{number}", by=place.people["alice"], title="Faster indexing")
        place.wait_until_quiet()
        opened = [one.payload for one in place.github.deliveries if one.payload.get("action") == "opened"]
        assert len(opened) == _PULLS
        # Pushes are never passed over, so the worker has its hands full all the time.
        payloads = [{**payload, "action": "synchronize"} for payload in opened]
        yield Target(
            place.server.port, place.github.app.webhook_secret, "pull_request", payloads, place.server.log
        )


_TARGETS = {"real": _real, "short": _short}


def _done(to: Target) -> int:
    """How many jobs were carried out, apart from those that a newer one made needless."""
    return to.log.read_text().count('"outcome": "done"')


def _say(cells: Sequence[object]) -> None:
    sys.stdout.write(f"| {' | '.join(str(cell) for cell in cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
