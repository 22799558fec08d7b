"""Dependencies: what lock files, manifests and vendored packages bring in, and who has vouched for it."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.model import Analysis
from analyzers.supply_chain.findings import FINDINGS
from analyzers.survey import Sides, Sites, Survey, Surveyed, Tree


def _concerns(path: str) -> bool:
    from analyzers.supply_chain.paths import concerns

    return concerns(path)


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
    "what lock files, manifests and vendored packages bring in, and who vouches for it",
    _concerns,
    _wants,
    _compare,
    _sites,
    FINDINGS,
    reads_library=True,
)
