"""Compares the sites of whole trees with rustc's: `python -m tests.benchmarks.accuracy.trees CLONE[@REV] ...`."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from analyzers.rust.scan import scan
from tests.benchmarks.accuracy.history import Repository
from tests.benchmarks.accuracy.reading import Readings
from tests.benchmarks.accuracy.table import per_kind

# Readings are kept here by blob id, so that a second run costs the engine's time only.
CACHE = Path(tempfile.gettempdir(), "cratewarden-accuracy")


def main(arguments: list[str]) -> int:
    """Measure every Rust file of every tree; each disagreement is printed with its place."""
    readings = Readings(CACHE)
    true: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for argument in arguments:
        clone, _, revision = argument.partition("@")
        repository = Repository(Path(clone))
        for file in repository.files(revision or "HEAD"):
            data = repository.blob(file.blob)
            reading = readings.read(file.blob, data)
            statuses[reading.status] += 1
            if reading.status == "refused":
                sys.stdout.write(f"refused by rustc: {repository.name}:{file.path}\n")
                continue
            found = Counter((site.kind, site.line, site.column) for site in scan(data).sites)
            expected = Counter((place.kind, place.line, place.column) for place in reading.places)
            for word, counter, rest in (
                ("missed", missed, expected - found),
                ("wrong", wrong, found - expected),
            ):
                for (kind, line, column), count in sorted(rest.items()):
                    counter[kind] += count
                    sys.stdout.write(f"{word} {kind} {repository.name}:{file.path}:{line}:{column}\n")
            true.update(kind for kind, _, _ in (expected & found).elements())
        sys.stdout.write(
            f"{repository.name} {repository.git('rev-parse', revision or 'HEAD').decode().strip()}\n"
        )
    sys.stdout.write(f"files: {dict(sorted(statuses.items()))}\n{per_kind(true, missed, wrong)}")
    return 1 if missed or wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
