"""The commands that are measured."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

RULES = Path(__file__).parent / "rules"
ROOT = Path(__file__).parents[3]
_AST_GREP_IGNORES = ("hidden", "dot", "exclude", "global", "parent", "vcs")


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to read a folder, with its processes or threads and the exit statuses of its success."""

    name: str
    processes: int
    command: tuple[str, ...]
    accept: tuple[int, ...] = (0,)


class Tools:
    """Finds the programs: Cratewarden beside this Python, the others in a folder or on PATH."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.cratewarden = self._program("cratewarden", Path(sys.executable).parent)

    def _program(self, name: str, folder: Path | None) -> str:
        found = folder / name if folder else None
        program = str(found) if found and found.exists() else shutil.which(name)
        if program is None:
            raise SystemExit(f"{name} is missing: see docs/performance.md, or name its folder with --tools")
        return program

    def versions(self) -> tuple[tuple[str, ...], ...]:
        """The commands that tell the versions of the programs to compare with."""
        ast_grep, semgrep, ripgrep = (
            self._program(name, self._folder) for name in ("ast-grep", "semgrep", "rg")
        )
        # Semgrep asks a server for news otherwise, and waits for it.
        quiet = (semgrep, "--version", "--disable-version-check")
        return (ast_grep, "--version"), quiet, (ripgrep, "--version")

    def audit(self, folder: Path, processes: int, *options: str) -> tuple[str, ...]:
        """The whole command, with everything it prints as JSON."""
        jobs = ("--jobs", str(processes))
        return (self.cratewarden, "audit", str(folder), *jobs, "--format", "json", *options)

    def readers(self, folder: Path) -> list[Contender]:
        """All that read a whole corpus, in the order in which they take turns."""
        return [
            contender
            for processes in (1, 2)
            for contender in (
                self.parse(folder, processes),
                Contender("engine in workers", processes, _module("isolated", folder, processes)),
                Contender("cratewarden audit", processes, self.audit(folder, processes, "--no-cache")),
                self._ast_grep(folder, processes),
                self._ripgrep(folder, processes),
            )
        ]

    def parse(self, folder: Path, processes: int) -> Contender:
        """What everything is compared with."""
        return Contender("tree-sitter parse", processes, _module("parse", folder, processes))

    def _ast_grep(self, folder: Path, threads: int) -> Contender:
        program = self._program("ast-grep", self._folder)
        ignores = tuple(word for name in _AST_GREP_IGNORES for word in ("--no-ignore", name))
        config = ("--config", str(RULES / "sgconfig.yml"))
        options = (*config, *ignores, "--threads", str(threads), "--json=stream")
        return Contender("ast-grep scan", threads, (program, "scan", *options, str(folder)))

    def _ripgrep(self, folder: Path, threads: int) -> Contender:
        program = self._program("rg", self._folder)
        options = ("-w", "-c", "--no-ignore", "--hidden", "-g", "*.rs", "-j", str(threads))
        return Contender("ripgrep -w unsafe", threads, (program, *options, "unsafe", str(folder)), (0, 1))

    def semgrep(self, folder: Path, processes: int) -> Contender:
        """Rules for four kinds only: it cannot say more. To be run in the folder itself."""
        program = self._program("semgrep", self._folder)
        quiet = ("--metrics", "off", "--disable-version-check", "--quiet")
        whole = ("--no-git-ignore", "--max-target-bytes", "0", "--jobs", str(processes), "--json")
        config = ("--config", str(RULES / "semgrep.yml"))
        return Contender("semgrep scan", processes, (program, "scan", *config, *quiet, *whole, str(folder)))


def _module(name: str, folder: Path, processes: int) -> tuple[str, ...]:
    return (sys.executable, "-m", f"tests.benchmarks.throughput.{name}", str(folder), str(processes))
