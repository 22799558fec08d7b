"""Safe code that unsafe sites rely on: the logic is in `analyzers/soundness`, read when something concerns it."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.model import Analysis
from analyzers.paths import is_rust, is_test_target
from analyzers.survey import Sides, Survey, Surveyed


def _concerns(path: str) -> bool:
    return is_rust(path) and not is_test_target(path)


def _wants(sides: Sides) -> Iterable[str]:
    from analyzers.soundness.exposed import wanted

    return wanted(sides)


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.soundness.exposed import compare

    return compare(sides, analysis)


SURVEY = Survey(
    "soundness",
    "safe code around unsafe sites: what their proofs rely on",
    _concerns,
    _wants,
    _compare,
)
