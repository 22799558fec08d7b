"""Lets an audit meet hostile files, one at a time, with the limits of the command line."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.throughput.hostile_files import hostile_files
from tests.benchmarks.throughput.process import Run, run
from tests.benchmarks.throughput.repositories import branch, commit
from tests.benchmarks.throughput.table import note, table
from tests.benchmarks.throughput.tools import ROOT, Tools

# What a review may say: nothing to ask, review needed, something unanalysed.
_REVIEWED = (0, 1, 3)


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile file, alone in its folder, and where the report on it goes."""

    name: str
    folder: Path
    report: Path
    size: int


def hostile(tools: Tools, work: Path) -> str:
    """Audit each file, then review one pull request that adds them all; tell cost and verdict of each."""
    cases = _lay_out(work / "hostile")
    runs: list[Run] = []
    for case in cases:
        runs.append(run(tools.audit(case.folder, 1, "--no-cache"), output=case.report))
        note(f"hostile: {case.name}: {runs[-1].seconds:.2f} s, {runs[-1].peak / 1e6:.0f} MB")
    review, words = _review_all(tools, work / "hostile", cases)
    # Reports are read last: the peak of a command starts at the size of this process.
    rows = [
        _row(case.name, case.size, done, _verdict(case.report))
        for case, done in zip(cases, runs, strict=True)
    ]
    rows.append(
        _row("a pull request that adds all of them", sum(c.size for c in cases), review, _verdict(words))
    )
    return table(("file", "MB", "s", "processor s", "largest process, MB", "verdict", "sites"), rows)


def _lay_out(work: Path) -> list[Case]:
    ring = sorted((ROOT / "samples" / "ring" / "head" / "src").glob("*.rs"))
    ordinary = b"".join(path.read_bytes() for path in ring)
    cases: list[Case] = []
    for number, (name, data) in enumerate(hostile_files(ordinary)):
        folder = work / f"case_{number:02}"
        folder.mkdir(parents=True)
        (folder / "hostile.rs").write_bytes(data)
        cases.append(Case(name, folder, work / f"case_{number:02}.json", len(data)))
    return cases


def _review_all(tools: Tools, work: Path, cases: list[Case]) -> tuple[Run, Path]:
    folder, report = work / "review", work / "review.json"
    folder.mkdir()
    (folder / "lib.rs").write_bytes(b"pub fn nothing() {}\n")
    commit(folder, "Base")
    branch(folder, "topic")
    for case in cases:
        (folder / f"{case.folder.name}.rs").write_bytes((case.folder / "hostile.rs").read_bytes())
    commit(folder, "Hostile files")
    words = ("review", str(folder), "--base", "main", "--head", "topic", "--format", "json")
    done = run((tools.cratewarden, *words), output=report, accept=_REVIEWED)
    note(f"hostile: review of all: {done.seconds:.2f} s, {done.peak / 1e6:.0f} MB, status {done.status}")
    return done, report


def _verdict(report: Path) -> tuple[str, str]:
    """What was said: each reason with the number of times, and how many sites."""
    said = json.loads(report.read_bytes())
    reasons = Counter(doubt["reason"] for doubt in said["unanalysed"])
    words = ", ".join(
        reason if count == 1 else f"{reason} ({count})" for reason, count in sorted(reasons.items())
    )
    return words or "analysed", str(len(said.get("sites", said.get("changes", []))))


def _row(name: str, size: int, done: Run, verdict: tuple[str, str]) -> tuple[str, ...]:
    figures = (f"{size / 1e6:.1f}", f"{done.seconds:.2f}", f"{done.cpu:.2f}", f"{done.peak / 1e6:.0f}")
    return (name, *figures, *verdict)
