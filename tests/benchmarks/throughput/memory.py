"""Measures the memory of an audit against the size of what it reads."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.throughput.corpus import Part
from tests.benchmarks.throughput.speed import take_turns
from tests.benchmarks.throughput.table import table
from tests.benchmarks.throughput.tools import Contender, Tools


def memory(parts: Sequence[Part], tools: Tools) -> str:
    """The largest process of an audit with two workers, per part."""
    contenders = [
        Contender(f"audit of {part.name}", 2, tools.audit(part.folder, 2, "--no-cache")) for part in parts
    ]
    rows = [
        (part.name, f"{part.files:,}", f"{part.megabytes:.1f}", f"{one.runs[0].peak / 1e6:.0f}")
        for part, one in zip(parts, take_turns(contenders, 1, "memory"), strict=True)
    ]
    return table(("part", "files", "MB of source", "largest process, MB"), rows)
