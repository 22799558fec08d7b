"""What checks unsafe code besides people: proofs, interpreters, model checkers, fuzzers and sanitizers."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.model import Analysis
from analyzers.survey import Sides, Survey, Surveyed


def _concerns(path: str) -> bool:
    return path.endswith(".rs") or path.startswith(".github/workflows/")


def _wants(sides: Sides) -> Iterable[str]:
    from analyzers.assurance.survey import wants

    return wants(sides)


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.assurance.survey import compare

    return compare(sides, analysis)


SURVEY = Survey(
    "assurance",
    "proofs, interpreters, model checkers, fuzzers and sanitizers that cover a site, or no longer do",
    _concerns,
    _wants,
    _compare,
    findings=("removed-assurance",),
)
