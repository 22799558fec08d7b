"""Compares everything in a repository with its headers: `python -m tests.benchmarks.headers.whole GIT [REV]`."""

from __future__ import annotations

import sys
import time
from collections import Counter

from analyzers.ffi.against import Against, Mismatch
from analyzers.ffi.c.headers import Headers, Store
from analyzers.ffi.crate import FOREIGN, Sources
from analyzers.paths import is_rust, is_test_target
from analyzers.survey import Entry, Tree
from bot.git import Repository


def tree_of(repository: Repository, rev: str) -> Tree:
    """All headers and sources of a commit."""
    entries = {entry.path: Entry(entry.kind, entry.blob) for entry in repository.tree(rev)}
    wanted = {
        path: entry.blob
        for path, entry in entries.items()
        if entry.mode == "file" and path.endswith((".h", ".rs"))
    }
    read = dict(repository.read_blobs(sorted(set(wanted.values()))))
    contents = {path: read[blob] for path, blob in wanted.items() if blob in read}
    return Tree(entries, {path: data for path, data in contents.items() if data is not None})


def main() -> int:
    """Print every mismatch of a commit, and how many items had a declaration to compare with."""
    repository = Repository.open(sys.argv[1])
    tree = tree_of(repository, sys.argv[2] if len(sys.argv) > 2 else "HEAD")
    started = time.process_time()
    headers = Headers({path: data for path, data in tree.contents.items() if path.endswith(".h")}, Store())
    sources = Sources(tree)
    against = Against(sources, headers)
    counts: Counter[str] = Counter()
    for path, data in sorted(tree.contents.items()):
        if not is_rust(path) or is_test_target(path) or not (FOREIGN.search(data) or b"repr(C" in data):
            continue
        for item in sources.items(path):
            if item.symbol and not item.in_test:
                counts["items"] += 1
                counts["declared in a header"] += bool(
                    headers.prototypes(item.symbol) or headers.variables(item.symbol)
                )
        for mismatch in against.mismatches(path):
            counts["mismatches" if mismatch.notes else "differ in constness only"] += 1
            counts["of them quiet"] += bool(mismatch.notes) and mismatch.quiet
            _print(mismatch)
    seconds = time.process_time() - started
    sys.stdout.write(f"{dict(counts)}, {seconds:.2f} s of processor time\n")
    return 0


def _print(mismatch: Mismatch) -> None:
    for note in mismatch.notes:
        loudness = "quiet" if mismatch.quiet else "LOUD"
        values = ", ".join(f"{name}={value}" for name, value in note.values)
        sys.stdout.write(
            f"{loudness} {mismatch.path}:{mismatch.line} {mismatch.kind} {mismatch.name}: {note.id} {values} "
            f"({note.path}:{note.line})\n"
        )


if __name__ == "__main__":
    sys.exit(main())
