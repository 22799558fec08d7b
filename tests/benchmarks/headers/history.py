"""Reviews real commits as pull requests: `python -m tests.benchmarks.headers.history GIT COUNT PATH...`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

from analyzers.ffi.header_review import reviewed, wanted
from analyzers.model import Analysis, Finding
from analyzers.survey import Sides, Tree
from bot.comparison import Around, sources
from bot.git import Repository

_ROUNDS = 4
_LIMIT = 64 << 20


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
    around = Around(repository, base, commit, changes)
    before, after = around.entries()
    sides = Sides(
        Tree(before, sources(change.base for change in changes)),
        Tree(after, sources(change.head for change in changes)),
        tuple(changes),
    )
    for _ in range(_ROUNDS):
        paths = set(wanted(sides))
        trees = []
        for tree in (sides.base, sides.head):
            missing = {
                path: tree.entries[path].blob
                for path in paths
                if path in tree.entries and path not in tree.contents and tree.entries[path].mode == "file"
            }
            read = around.read(sorted(set(missing.values())), _LIMIT)
            new = {path: read[blob] for path, blob in missing.items() if blob in read}
            trees.append(replace(tree, contents={**tree.contents, **new}))
        if all(
            len(old.contents) == len(new.contents)
            for old, new in zip((sides.base, sides.head), trees, strict=True)
        ):
            break
        sides = replace(sides, base=trees[0], head=trees[1])
    return reviewed(sides, Analysis()).findings


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
