"""Describes what a measurement ran on."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.throughput.tools import Tools


def machine(tools: Tools) -> str:
    """Processor, memory, system, versions and how busy the machine is, as Markdown; Linux only."""
    cpu = Path("/proc/cpuinfo").read_text()
    model = next(line.partition(":")[2].strip() for line in cpu.splitlines() if line.startswith("model name"))
    total = int(Path("/proc/meminfo").read_text().split()[1]) * 1024
    versions = ", ".join(_first_line(command) for command in tools.versions())
    grammar = f"tree-sitter {version('tree-sitter')}, tree-sitter-rust {version('tree-sitter-rust')}"
    return (
        f"- {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC, load average {os.getloadavg()[0]:.1f}\n"
        f"- {os.cpu_count()} x {model}, {total / 2**30:.0f} GiB, Linux {platform.release()}\n"
        f"- Python {platform.python_version()}, {grammar}; {versions}\n"
    )


def _first_line(command: tuple[str, ...]) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    line = done.stdout.splitlines()[0]
    return line if line[0].isalpha() else f"{Path(command[0]).name} {line}"
