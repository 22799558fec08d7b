"""Foreign signatures: what changed in them in words, the types they rely on, and declarations that cannot be right."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.model import Analysis
from analyzers.paths import is_rust
from analyzers.survey import Sides, Survey, Surveyed


def _wants(sides: Sides) -> Iterable[str]:
    from analyzers.ffi.wanted import wanted

    return wanted(sides)


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.ffi.review import reviewed

    return reviewed(sides, analysis)


SURVEY = Survey(
    "ffi-signatures",
    "foreign signatures and the types they rely on, compared as the linker sees them",
    concerns=is_rust,
    wants=_wants,
    compare=_compare,
    findings=("ffi-clash", "ffi-improper-type"),
)
