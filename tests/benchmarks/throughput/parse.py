"""Parses a folder with tree-sitter: `python -m tests.benchmarks.throughput.parse FOLDER PROCESSES`."""

from __future__ import annotations

import multiprocessing
import sys
from functools import cache
from pathlib import Path

import tree_sitter
import tree_sitter_rust

from tests.benchmarks.throughput.corpus import rust_files


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))


def parse(path: Path) -> int:
    """Parse one file and return how many bytes that were."""
    data = path.read_bytes()
    _parser().parse(data)
    return len(data)


def main(folder: str, processes: str) -> int:
    """Parse all files, the largest first, with so many processes."""
    paths = sorted(rust_files(Path(folder)), key=lambda path: -path.stat().st_size)
    if int(processes) == 1:
        size = sum(map(parse, paths))
    else:
        with multiprocessing.get_context("fork").Pool(int(processes)) as pool:
            size = sum(pool.imap_unordered(parse, paths, chunksize=16))
    sys.stdout.write(f"{len(paths)} files, {size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
