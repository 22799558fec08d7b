"""``python -m tests.benchmarks.supply_chain CLONE [COMMITS [COMMIT]]``: what is said of dependencies, over a history.

Prints the audit labels of the lock file at HEAD, if there are a lock file and a store of cargo-vet (a repository that
runs ``cargo vet`` in CI has a label for every package that its policy asks about); then what a review of each of the
last commits would have said. With COMMIT only that one, in full.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from analyzers.model import Analysis
from analyzers.supply_chain.lock import read_lock
from analyzers.supply_chain.paths import concerns
from analyzers.supply_chain.survey import compare
from analyzers.supply_chain.vet import FILES, read_store
from analyzers.survey import Surveyed
from bot.git import Repository
from bot.render import prose
from tests.benchmarks.replaying import read_sides

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


def surveyed(repository: Repository, commit: str) -> Surveyed | None:
    """What a review of one commit would say of dependencies; None where nothing concerns them."""
    base = f"{commit}^"
    changes = [
        change
        for change in repository.diff(base, commit)
        if any(side is not None and concerns(side.path) for side in (change.base, change.head))
    ]
    if not changes:
        return None
    return compare(read_sides("dependencies", repository, base, commit, changes), Analysis())


def told(found: Surveyed) -> Iterator[str]:
    """What is said: changes by file and class, notes and findings by their ids."""
    for each in found.changes:
        yield f"change: {each.path.rpartition('/')[2]} {each.change}{' (test)' if each.site.in_test else ''}"
        yield from (f"note: {note.id}" for note in each.notes)
    yield from (f"finding: {finding.id}" for finding in found.findings)
    yield from (f"unanalysed: {doubt.path} {doubt.detail}" for doubt in found.unanalysed)


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def show(found: Surveyed) -> None:
    """Print everything that is said of one commit."""
    for change in found.changes:
        say(f"{change.path}:{change.site.line}  {change.change}  {change.site.item}  {change.site.detail}")
        for note in change.notes:
            say(f"    {prose.note(note)}")
    for finding in found.findings:
        say(
            f"{finding.path}:{finding.line}  {finding.id}  {finding.severity}  {prose.finding(finding).message}"
        )
    for doubt in found.unanalysed:
        say(f"{doubt.path}: {doubt.reason} {doubt.detail}")


def replay(repository: Repository, commits: int) -> None:
    """Print how often it speaks over the last commits, and where."""
    history = repository.commits(None, "HEAD")[::-1][:commits]
    total: Counter[str] = Counter()
    concerned, speaking = 0, []
    for commit in history[:-1] or history:
        found = surveyed(repository, commit)
        if found is None:
            continue
        concerned += 1
        lines = list(told(found))
        total.update(lines)
        if lines:
            speaking.append(f"{commit[:10]} {len(found.changes)} changes, {len(found.findings)} findings")
    say(f"{concerned} of the last {len(history)} commits concern dependencies, {len(speaking)} get a word")
    for label, count in total.most_common():
        say(f"{count:6,}  {label}")
    for line in speaking:
        say(f"        {line}")


def main(clone: str, commits: int, commit: str | None) -> None:
    """Print both, or one commit."""
    repository = Repository.open(clone)
    if commit is not None:
        found = surveyed(repository, commit)
        show(found or Surveyed())
        return
    here = files(repository, "HEAD")
    if here.keys() & {LOCK} and here.keys() & set(_STORE):
        counts = labels(here)
        say(f"HEAD: {sum(counts.values()) - counts['violations']} packages from crates.io")
        for label, count in counts.most_common():
            say(f"{count:6,}  {label}")
    replay(repository, commits)


if __name__ == "__main__":
    main(
        sys.argv[1],
        int(sys.argv[2]) if len(sys.argv) > 2 else 300,
        sys.argv[3] if len(sys.argv) > 3 else None,
    )
