"""Runs the engine over one commit, as the review command does."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.analyze import ScannedChange, analyze
from analyzers.model import Analysis, FileChange, FileSide
from analyzers.rust.scan import scan
from tests.benchmarks.accuracy.history import Pair, Repository, Side


def review(repository: Repository, pairs: Sequence[Pair]) -> Analysis:
    """What the engine says of the Rust files that a commit changes."""
    return analyze([_scanned(repository, pair) for pair in pairs])


def _scanned(repository: Repository, pair: Pair) -> ScannedChange:
    base, head = _side(repository, pair.base), _side(repository, pair.head)
    return ScannedChange(
        FileChange(base, head),
        scan(base.data, words=True) if base and base.data is not None else None,
        scan(head.data, words=True) if head and head.data is not None else None,
    )


def _side(repository: Repository, side: Side | None) -> FileSide | None:
    return FileSide(side.path, "file", side.blob, repository.blob(side.blob)) if side else None
