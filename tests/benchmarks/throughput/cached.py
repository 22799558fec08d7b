"""Measures audits that find their answers in the cache: all of them, and all but those of one commit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.benchmarks.throughput.corpus import Part, rust_files
from tests.benchmarks.throughput.process import Run, run
from tests.benchmarks.throughput.repositories import commit
from tests.benchmarks.throughput.table import note, table
from tests.benchmarks.throughput.tools import Tools

CHANGED = 10


def cached(part: Part, tools: Tools, work: Path) -> str:
    """Audit a clone with an empty cache, a full one, and after a commit to 10 files; count the new answers."""
    note("cache: making a repository")
    commit(part.folder, "Base")
    store = work / "cache"
    rows = [_row("empty cache", *_audit(part, tools, store))]
    rows += [_row("nothing changed", *_audit(part, tools, store)) for _ in range(2)]
    files = rust_files(part.folder)
    for path in files[:: max(1, len(files) // CHANGED)][:CHANGED]:
        path.write_bytes(path.read_bytes() + b"\n// One more line.\n")
    commit(part.folder, "A line more in each of 10 files")
    rows.append(_row(f"a commit to {CHANGED} files", *_audit(part, tools, store)))
    return table(("audit, 2 processes", "s", "processor s", "largest process, MB", "answers kept"), rows)


def _audit(part: Part, tools: Tools, store: Path) -> tuple[Run, int]:
    """One audit and how many answers it added to the cache."""
    before = _kept(store)
    done = run(tools.audit(part.folder, 2), environment={"CRATEWARDEN_CACHE_DIR": str(store)})
    return done, _kept(store) - before


def _kept(store: Path) -> int:
    count = 0
    for database in store.rglob("cache-*.sqlite"):
        with closing(sqlite3.connect(database)) as connection:
            (rows,) = connection.execute("SELECT COUNT(*) FROM entry").fetchone()
            count += rows
    return count


def _row(name: str, done: Run, added: int) -> tuple[str, ...]:
    note(f"cache: {name}: {done.seconds:.2f} s, {added} answers")
    return (name, f"{done.seconds:.2f}", f"{done.cpu:.2f}", f"{done.peak / 1e6:.0f}", str(added))
