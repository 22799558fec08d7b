"""Scans a folder in limited workers: `python -m tests.benchmarks.throughput.isolated FOLDER PROCESSES`."""

from __future__ import annotations

import sys
from pathlib import Path

from analyzers.model import Scan
from analyzers.rust.scan import scan
from bot.isolation import Workers
from bot.model import Failure
from tests.benchmarks.throughput.corpus import rust_files


def scan_path(path: Path) -> Scan:
    """Read one file and scan it; runs in a worker."""
    return scan(path.read_bytes())


def main(folder: str, processes: str) -> int:
    """Scan all files and count what they hold."""
    sites = failures = 0
    paths = rust_files(Path(folder))
    with Workers(processes=int(processes)) as workers:
        for _, result in workers.run(scan_path, paths, lambda path: path.stat().st_size):
            if isinstance(result, Failure):
                failures += 1
            else:
                sites += len(result.sites)
    sys.stdout.write(f"{len(paths)} files, {sites} sites, {failures} failures\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
