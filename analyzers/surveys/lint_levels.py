"""Lint levels outside sources: manifests, clippy's file, Cargo's configuration, workflows and makefiles."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.manifest.paths import concerns_lints
from analyzers.model import Analysis
from analyzers.survey import Sides, Sites, Survey, Surveyed, Tree


def _wants(sides: Sides) -> Iterable[str]:
    from analyzers.manifest.lint_changes import wants

    return wants(sides)


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.manifest.lint_changes import compare

    return compare(sides, analysis)


def _sites(tree: Tree) -> Sites:
    from analyzers.manifest.lint_changes import sites

    return sites(tree)


SURVEY = Survey(
    "lint-levels", "lint levels in manifests, configuration and CI", concerns_lints, _wants, _compare, _sites
)
