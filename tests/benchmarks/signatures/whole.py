"""Reads every foreign item of repositories, tells what normalises, and prints the findings to be looked at.

Use: python -m tests.benchmarks.signatures.whole REPOSITORY...
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from analyzers.ffi.aliases import Meaning
from analyzers.ffi.crate import Sources
from analyzers.ffi.findings import findings_of
from analyzers.ffi.reach import Placed, types_of
from analyzers.ffi.types import Named, Opaque, Type, children
from analyzers.survey import Entry, Tree
from bot.git import Repository
from bot.render import prose


def main(paths: list[str]) -> None:
    """Measure each repository at its default branch."""
    for path in paths:
        repository = Repository.open(path)
        entries = [entry for entry in repository.tree("HEAD") if entry.kind == "file"]
        rust = {entry.path: entry.blob for entry in entries if entry.path.endswith(".rs")}
        blobs = {blob: data for blob, data in repository.read_blobs(rust.values()) if data is not None}
        tree = Tree(
            {entry.path: Entry(entry.kind, entry.blob) for entry in entries},
            {path: blobs[blob] for path, blob in rust.items() if blob in blobs},
        )
        measure(path, tree)


def measure(name: str, tree: Tree) -> None:
    """Print one repository's figures and findings."""
    started = time.process_time()
    sources = Sources(tree)
    meaning = Meaning(sources)
    placed = [Placed(path, item) for path in sorted(sources.contents) for item in sources.items(path)]
    kinds: Counter[str] = Counter()
    for each in placed:
        for type_ in types_of(each.item):
            kinds.update(parts(meaning.of(type_, each.path, each.item.modules)))
    findings = list(findings_of(sources, meaning, placed))
    seconds = time.process_time() - started
    told = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    write = sys.stdout.write
    write(f"== {name}: {len(sources.contents)} files, {len(placed)} items, {seconds:.2f} s; {told}\n")
    for finding in findings:
        reasons = " ".join(prose.note(note) for note in finding.notes)
        write(f"{finding.severity} {finding.id} {finding.path}:{finding.line} {finding.item}: {reasons}\n")


def parts(type_: Type) -> list[str]:
    """What a type is made of, in words."""
    names, waiting = [], [type_]
    while waiting:
        one = waiting.pop()
        kind = type(one).__name__.lower()
        names.append("path" if isinstance(one, Named) else "unread" if isinstance(one, Opaque) else kind)
        waiting += children(one)
    return names


if __name__ == "__main__":
    main(sys.argv[1:])
