"""Dependencies: what a lock file brings in, and who has vouched for it."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.model import Analysis
from analyzers.survey import Sides, Sites, Survey, Surveyed, Tree


def _concerns(path: str) -> bool:
    return path == "Cargo.lock" or path.endswith("/Cargo.lock")


def _wants(sides: Sides) -> Iterable[str]:
    from analyzers.supply_chain.survey import wants

    return wants(sides)


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.supply_chain.survey import compare

    return compare(sides, analysis)


def _sites(tree: Tree) -> Sites:
    from analyzers.supply_chain.survey import sites

    return sites(tree)


SURVEY = Survey(
    "dependencies",
    "packages of the lock file, and who vouches for them",
    _concerns,
    _wants,
    _compare,
    _sites,
    ("dependency-advisory", "dependency-checksum", "dependency-violation", "unaudited-dependency"),
)
