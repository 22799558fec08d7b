"""Shapes are met by one thread at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Fresh shapes again and again, each met by six threads at once: with msgspec alone the process ends in a signal.
PROGRAM = """
import dataclasses, sys, threading
from bot.decoding import decoded, message_decoder
sys.setswitchinterval(1e-6)
values = {"a": 1, "b": {"a": 2, "b": {"a": 3}}}
def fresh():
    shape = dataclasses.make_dataclass("First", [("a", int)], frozen=True, slots=True)
    for name in ("Second", "Third"):
        shape = dataclasses.make_dataclass(name, [("a", int), ("b", shape)], frozen=True, slots=True)
    return shape
def meet(shape, gate, found):
    gate.wait()
    found.append(decoded(values, shape).b.b.a)
    message_decoder(tuple[shape, ...])
for _ in range(150):
    shape, gate, found = fresh(), threading.Barrier(6), []
    threads = [threading.Thread(target=meet, args=(shape, gate, found)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [3] * 6, found
"""


def test_many_threads_may_meet_the_same_shape_for_the_first_time() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
