"""What code is built with: toolchain, edition, unstable features, tools and target specifications."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.manifest.paths import concerns_toolchain
from analyzers.model import Analysis
from analyzers.survey import Sides, Sites, Survey, Surveyed, Tree


def _wants(sides: Sides) -> Iterable[str]:
    from analyzers.manifest.toolchain_changes import wants

    return wants(sides)


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.manifest.toolchain_changes import compare

    del analysis
    return compare(sides)


def _sites(tree: Tree) -> Sites:
    from analyzers.manifest.toolchain_changes import sites

    return sites(tree)


SURVEY = Survey(
    "toolchain",
    "toolchain, edition, unstable features, targets",
    concerns_toolchain,
    _wants,
    _compare,
    _sites,
)
