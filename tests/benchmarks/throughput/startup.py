"""Times the start of the command line and reviews of pull requests."""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import median

from tests.benchmarks.throughput.corpus import Part, rust_files
from tests.benchmarks.throughput.process import Run
from tests.benchmarks.throughput.repositories import branch, commit, sample
from tests.benchmarks.throughput.speed import take_turns
from tests.benchmarks.throughput.table import table
from tests.benchmarks.throughput.tools import Contender, Tools

FILES = 50
# Nothing to ask, and review needed.
_JUDGED = (0, 1)
_ADDED = b"\npub fn added_%d(pointer: *const u8) -> u8 {\n    unsafe { pointer.read() }\n}\n"


def startup(part: Part, tools: Tools, work: Path, rounds: int) -> str:
    """Time `--version`, a review of the sample, and one of 50 changed files of the corpus."""
    sample(work / "sample")
    size = fifty_files(part, work / "fifty")
    reviews = (
        ("review of the sample", work / "sample"),
        (f"review of {FILES} files, {size / 1e6:.1f} MB", work / "fifty"),
    )
    contenders = [
        Contender("--version", 1, (tools.cratewarden, "--version")),
        *(Contender(name, 2, _review(tools, folder, "text"), _JUDGED) for name, folder in reviews),
    ]
    timed = take_turns(contenders, 3 * rounds, "start-up")
    start = timed[0].runs
    rows = [_row(one.contender.name, one.runs, start) for one in timed]
    head = ("command", "s", "processor s", "s after start-up", "processor s after start-up", "wanted")
    return table(head, [(*row, goal) for row, goal in zip(rows, ("0.3", "0.5", "0.5"), strict=True)])


def _review(tools: Tools, folder: Path, form: str) -> tuple[str, ...]:
    return (tools.cratewarden, "review", str(folder), "--base", "main", "--head", "topic", "--format", form)


def _row(name: str, runs: tuple[Run, ...], start: tuple[Run, ...]) -> tuple[str, ...]:
    after = [(a.seconds - b.seconds, a.cpu - b.cpu) for a, b in zip(runs, start, strict=True)]
    figures = (
        median(run.seconds for run in runs),
        median(run.cpu for run in runs),
        median(seconds for seconds, _ in after),
        median(cpu for _, cpu in after),
    )
    shown = [f"{figure:.2f}" for figure in figures]
    return (name, *shown[:2], *(("", "") if runs is start else shown[2:]))


def fifty_files(part: Part, folder: Path) -> int:
    """Make a pull request that adds an unsafe block to each of 50 files; return their bytes."""
    folder.mkdir()
    by_size = sorted(rust_files(part.folder), key=lambda path: (path.stat().st_size, path))
    # Around the third quartile of size: people edit larger files than the median of a tree.
    middle = len(by_size) * 3 // 4
    chosen = by_size[middle - FILES // 2 : middle + FILES // 2]
    for number, path in enumerate(chosen):
        shutil.copyfile(path, folder / f"file_{number:02}.rs")
    commit(folder, "Base")
    branch(folder, "topic")
    copies = sorted(folder.glob("*.rs"))
    for number, path in enumerate(copies):
        path.write_bytes(path.read_bytes() + _ADDED % number)
    commit(folder, "An unsafe block in each")
    return sum(path.stat().st_size for path in copies)
