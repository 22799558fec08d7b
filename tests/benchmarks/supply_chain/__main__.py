"""``python -m tests.benchmarks.supply_chain CLONE [COMMITS]``: audit labels of a lock file, and of its last changes.

For a repository that runs ``cargo vet`` in CI, every package that its policy asks about has to have a label.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import pairwise

from analyzers.model import Analysis, FileChange, FileSide
from analyzers.supply_chain.lock import read_lock
from analyzers.supply_chain.survey import compare
from analyzers.supply_chain.vet import FILES, read_store
from analyzers.survey import Entry, Sides, Tree
from bot.git import Repository

LOCK = "Cargo.lock"
_STORE = tuple(f"supply-chain/{name}" for name in FILES)


def files(repository: Repository, commit: str) -> dict[str, bytes]:
    """The lock file and the audit store of a commit."""
    wanted = {entry.path: entry.blob for entry in repository.tree(commit) if entry.path in {LOCK, *_STORE}}
    data = dict(repository.read_blobs(sorted(set(wanted.values()))))
    return {path: data[blob] or b"" for path, blob in wanted.items()}


def labels(found: dict[str, bytes]) -> Counter[str]:
    """How many packages from crates.io have which label."""
    store = read_store("supply-chain", {path.rpartition("/")[2]: found.get(path, b"") for path in _STORE})
    counts: Counter[str] = Counter()
    for package in read_lock(LOCK, found[LOCK]):
        if package.from_crates_io:
            standing = store.standing(package.name, package.version)
            counts[
                ", ".join(f"{name} by {path[-1].how}" for name, path in standing.paths) or "unaudited"
            ] += 1
            counts["violations"] += bool(standing.violations)
    return counts


def told(before: dict[str, bytes], after: dict[str, bytes]) -> Counter[str]:
    """What a review of one commit would say of its dependencies: notes and findings by their ids."""
    trees = [Tree({path: Entry("file", path) for path in side}, side) for side in (before, after)]
    change = FileChange(FileSide(LOCK, "file", "", before[LOCK]), FileSide(LOCK, "file", "", after[LOCK]))
    found = compare(Sides(trees[0], trees[1], (change,)), Analysis())
    counts = Counter(note.id for each in found.changes for note in each.notes)
    counts.update(finding.id for finding in found.findings)
    counts.update(f"unanalysed: {doubt.detail}" for doubt in found.unanalysed)
    return counts


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main(clone: str, commits: int) -> None:
    """Print both."""
    repository = Repository.open(clone)
    history = repository.commits(None, "HEAD")[::-1][:commits]
    counts = labels(files(repository, "HEAD"))
    say(f"HEAD: {sum(counts.values()) - counts['violations']} packages from crates.io")
    for label, count in counts.most_common():
        say(f"{count:6,}  {label}")
    total: Counter[str] = Counter()
    seen = 0
    for newer, older in pairwise(history):
        after, before = files(repository, newer), files(repository, older)
        if LOCK in after and LOCK in before and after[LOCK] != before[LOCK]:
            seen += 1
            total += told(before, after)
    say(f"{seen} of the last {len(history)} commits change the lock file")
    for label, count in total.most_common():
        say(f"{count:6,}  {label}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 300)
