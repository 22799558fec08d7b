"""Measures audits of whole repositories, headers and all: the first, one more, and one after an edit."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.benchmarks.throughput.corpus import rust_files
from tests.benchmarks.throughput.process import run
from tests.benchmarks.throughput.table import note, table
from tests.benchmarks.throughput.tools import Tools

_HEAD = (
    "repository",
    "Rust files",
    "parse, processor s",
    "audit x parse",
    "again",
    "after an edit of one file",
)


def clones(repositories: list[Path], tools: Tools, work: Path, rounds: int) -> str:
    """Processor time of audits in one process, as ratios to a parse of the Rust files; the cheapest of each."""
    return table(
        _HEAD, [_row(each, tools, work / f"clone {at}", rounds) for at, each in enumerate(repositories)]
    )


def _row(repository: Path, tools: Tools, folder: Path, rounds: int) -> tuple[str, ...]:
    subprocess.run(("git", "clone", "--quiet", str(repository), str(folder)), check=True)
    store = folder.with_suffix(".cache")
    quiet = {"CRATEWARDEN_CACHE_DIR": str(store)}
    edited = _foreign(folder)
    figures: list[tuple[float, ...]] = []
    for _ in range(rounds):
        shutil.rmtree(store, ignore_errors=True)
        parse = run(tools.parse(folder, 1).command).cpu
        first, again = (run(tools.audit(folder, 1), environment=quiet).cpu for _ in range(2))
        with edited.open("ab") as file:
            file.write(b"\n// One more line.\n")
        figures.append((parse, first, again, run(tools.audit(folder, 1), environment=quiet).cpu))
    parse, *audits = map(min, zip(*figures, strict=True))
    note(f"{repository}: {parse:.2f} s, {audits}")
    ratios = (f"{seconds / parse:.2f}" for seconds in audits)
    return (repository.name.removesuffix(".git"), str(len(rust_files(folder))), f"{parse:.2f}", *ratios)


def _foreign(folder: Path) -> Path:
    """A source that declares something foreign, which costs most to edit; any other where there is none."""
    files = rust_files(folder)
    return next((path for path in files if b'extern "C" {' in path.read_bytes()), files[0])
