"""Reviews real commits as pull requests: `python -m tests.benchmarks.headers.history GIT COUNT PATH...`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter

from analyzers.ffi.header_review import reviewed
from analyzers.model import Analysis, Finding
from bot.git import Repository
from tests.benchmarks.replaying import read_sides


def commits(folder: str, count: int, paths: list[str]) -> list[str]:
    """The newest commits with one parent that touch some paths."""
    listed = subprocess.run(
        ["git", "-C", folder, "log", "--no-merges", f"-{count}", "--format=%H", "HEAD", "--", *paths],
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.split()


def findings(repository: Repository, commit: str) -> tuple[Finding, ...]:
    """What the survey tells of a commit against its parent, the files read in rounds as the shell reads them."""
    base = repository.resolve(f"{commit}^")
    changes = repository.diff(base, commit)
    return reviewed(read_sides("ffi-headers", repository, base, commit, changes), Analysis()).findings


def main() -> int:
    """Print every finding of every commit, and the figures."""
    folder, count, paths = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    repository = Repository.open(folder)
    counts: Counter[str] = Counter()
    slowest = 0.0
    for commit in commits(folder, count, paths):
        started = time.process_time()
        found = findings(repository, commit)
        slowest = max(slowest, time.process_time() - started)
        counts["commits"] += 1
        counts["commits with a finding"] += bool(found)
        for finding in found:
            counts["findings"] += 1
            said = "; ".join(
                f"{note.id} {dict(note.values)} {note.path}:{note.line}" for note in finding.notes
            )
            sys.stdout.write(
                f"{commit[:10]} {finding.severity} {finding.path}:{finding.line} {finding.item}: {said}\n"
            )
            sys.stdout.flush()
    sys.stdout.write(f"{dict(counts)}, at most {slowest:.2f} s of processor time\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
