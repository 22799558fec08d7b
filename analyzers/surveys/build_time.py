"""Build-time code: build scripts and procedural macros, and what they are newly able to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analyzers.manifest.paths import concerns_build_time
from analyzers.model import Analysis, Finding
from analyzers.survey import Audit, Kinds, Sides, Sites, Survey, Surveyed, Tree


def _wants(sides: Sides) -> Iterable[str]:
    from analyzers.buildtime.reading import wants

    return wants(sides)


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.buildtime.compare import compare

    del analysis
    return compare(sides)


def _sites(tree: Tree) -> Sites:
    from analyzers.buildtime.sites import build_time, sites_by_path

    return sites_by_path(build_time(tree, tree.entries).scans)


def _portions(tree: Tree, kinds: Kinds) -> Iterable[Collection[str]]:
    from analyzers.buildtime.findings import portions

    return portions(tree, kinds)


def _audited(tree: Tree) -> tuple[Finding, ...]:
    from analyzers.buildtime.findings import audited

    return audited(tree)


SURVEY = Survey(
    "build-time",
    "build scripts and procedural macros, and what they can do",
    concerns_build_time,
    _wants,
    _compare,
    _sites,
    ("build-capability", "undeclared-build-input"),
    Audit(_portions, _audited),
)
