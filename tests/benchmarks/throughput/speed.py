"""Times all readers of a corpus in turns and relates them to a tree-sitter parse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.throughput.corpus import Part
from tests.benchmarks.throughput.process import Run, run
from tests.benchmarks.throughput.table import note, table
from tests.benchmarks.throughput.tools import ROOT, Contender, Tools

PARSE, AUDIT, AST_GREP = "tree-sitter parse", "cratewarden audit", "ast-grep scan"


@dataclass(frozen=True, slots=True)
class Timed:
    """A contender with its runs, one per round."""

    contender: Contender
    runs: tuple[Run, ...]


def take_turns(
    contenders: Sequence[Contender], rounds: int, label: str, folder: Path = ROOT
) -> tuple[Timed, ...]:
    """Run all contenders in each round, so that a busy moment of the machine meets them all."""
    runs: list[list[Run]] = [[] for _ in contenders]
    for number in range(rounds):
        for contender, done in zip(contenders, runs, strict=True):
            environment = {"PYTHONPATH": str(ROOT)}
            done.append(
                run(contender.command, folder=folder, environment=environment, accept=contender.accept)
            )
            note(
                f"{label} {number + 1}/{rounds}: {contender.name}, {contender.processes}: "
                f"{done[-1].seconds:.2f} s, {done[-1].cpu:.2f} s of processor"
            )
    return tuple(Timed(contender, tuple(done)) for contender, done in zip(contenders, runs, strict=True))


def warm_up(part: Part, tools: Tools) -> None:
    """Run everything once on a small part: programs are read from disk and bytecode is written."""
    contenders = [*tools.readers(part.folder), tools.semgrep(part.folder, 1)]
    take_turns(contenders, 1, part.name, part.folder)


def speed(part: Part, tools: Tools, rounds: int) -> str:
    """The table of one part, and its goals."""
    timed = take_turns(tools.readers(part.folder), rounds, part.name)
    return f"{_heading(part)}\n\n{_rows(timed)}\n{_goals(timed)}"


def compare_semgrep(part: Part, tools: Tools, rounds: int) -> str:
    """Semgrep beside a parse of the same small part; no scaling, so its start-up is in the ratio."""
    contenders = [of(part.folder, count) for count in (1, 2) for of in (tools.parse, tools.semgrep)]
    timed = take_turns(contenders, rounds, part.name, part.folder)
    return f"{_heading(part)}\n\n{_rows(timed)}"


def _heading(part: Part) -> str:
    return f"### {part.name}: {part.files:,} files, {part.megabytes:.1f} MB"


def _rows(timed: Sequence[Timed]) -> str:
    head = ("reader", "processes", "s", "processor s", "x parse", "processor x parse", "processor x ast-grep")
    rows = [
        (
            one.contender.name,
            str(one.contender.processes),
            f"{median(run.seconds for run in one.runs):.2f}",
            f"{_least(one):.2f}",
            _ratio(one, _find(timed, PARSE, one.contender.processes)),
            _ratio_of_least(one, _find(timed, PARSE, one.contender.processes)),
            _ratio_of_least(one, _find(timed, AST_GREP, one.contender.processes)),
        )
        for one in timed
    ]
    return table(head, rows)


def _goals(timed: Sequence[Timed]) -> str:
    rows = [
        (
            f"audit / {other}, {processes}",
            wanted,
            _ratio(_find(timed, AUDIT, processes), _find(timed, other, processes)),
            _ratio_of_least(_find(timed, AUDIT, processes), _find(timed, other, processes)),
        )
        for processes in (1, 2)
        for other, wanted in ((PARSE, "at most 0.6"), (AST_GREP, "at most 0.4"))
    ]
    gain = _ratio(_find(timed, AUDIT, 1), _find(timed, AUDIT, 2))
    rows.append(("audit with 1 process / with 2", "at least 1.8", gain, ""))
    return table(("goal", "wanted", "reached", "in processor time"), rows)


def _find(timed: Sequence[Timed], name: str, processes: int) -> Timed | None:
    wanted = (name, processes)
    return next((one for one in timed if (one.contender.name, one.contender.processes) == wanted), None)


def _least(timed: Timed) -> float:
    """Processor seconds of the cheapest run, which other work on the machine disturbed least."""
    return min(run.cpu for run in timed.runs)


def _ratio(timed: Timed | None, other: Timed | None) -> str:
    """The median of the rounds' own ratios: both sides of each were measured within a minute or so."""
    if timed is None or other is None:
        return ""
    return f"{median(a.seconds / b.seconds for a, b in zip(timed.runs, other.runs, strict=True)):.2f}"


def _ratio_of_least(timed: Timed | None, other: Timed | None) -> str:
    return "" if timed is None or other is None else f"{_least(timed) / _least(other):.2f}"
