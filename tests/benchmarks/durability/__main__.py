"""``python -m tests.benchmarks.durability``: kills a server again and again, and counts what that did.

``app`` is the whole App beside a stand-in for GitHub while people talk on pull requests; what they see in the end is
compared with a conversation during which nobody killed anything. ``queue`` is the queue alone, whose quick jobs let
many more kills fall between two writes. ``--kills`` are those of each database. Every kill is SIGKILL at a random
moment of starting or working. See ``docs/performance.md``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bot import databases
from tests.bot.queue import kills as queue
from tests.server import kills as app

_HEADS = {
    "app": ("database", "kills", "conversations", "webhooks", "unheard", "lost", "repeated", "log", "s"),
    "queue": ("database", "kills", "acknowledged", "effects", "attempts", "lost", "repeated", "log", "s"),
}


def main() -> int:
    """Print a table for each part; 1 if anything was lost or repeated."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=_HEADS, nargs="*", default=list(_HEADS))
    parser.add_argument("--only", choices=databases.KINDS, nargs="*", default=databases.KINDS)
    options = parser.parse_args()
    is_well = True
    for part in options.part:
        _say(_HEADS[part])
        _say(["---"] + ["---:"] * (len(_HEADS[part]) - 1))
        measure = {"app": _of_app, "queue": _of_queue}[part]
        for kind in options.only:
            with tempfile.TemporaryDirectory(prefix="kills-") as folder:
                is_well &= measure(kind, Path(folder), options.kills, options.seed)
        sys.stdout.write("\n")
    return 0 if is_well else 1


def _of_app(kind: str, folder: Path, kills: int, seed: int) -> bool:
    expected = app.quiet_trace(folder / "quiet")
    began = time.monotonic()
    outcome = app.torture(folder / "loud", kills, seed, expected, databases.new(kind, folder))
    worked = (outcome.kills, outcome.talks, outcome.webhooks, outcome.unheard)
    _say([kind, *worked, len(outcome.lost), len(outcome.repeated), _log(outcome.log_is_whole), _since(began)])
    for sign, lines in (("-", outcome.lost), ("+", outcome.repeated)):
        for line in lines:
            sys.stderr.write(f"{sign} {line}\n")
    return not outcome.lost and not outcome.repeated and outcome.log_is_whole


def _of_queue(kind: str, folder: Path, kills: int, seed: int) -> bool:
    began = time.monotonic()
    outcome = queue.torture(databases.new(kind, folder), folder, kills, seed)
    worked = (outcome.kills, outcome.acknowledged, outcome.effects, outcome.attempts)
    _say([kind, *worked, outcome.lost, outcome.repeated, _log(outcome.log_is_whole), _since(began)])
    return not outcome.lost and not outcome.repeated and outcome.log_is_whole


def _log(is_whole: bool) -> str:
    return "whole" if is_whole else "broken"


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.0f}"


def _say(cells: Sequence[object]) -> None:
    sys.stdout.write(f"| {' | '.join(str(cell) for cell in cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
