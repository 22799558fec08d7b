"""C headers: what Rust declares or exports, compared with what the headers of the same tree say."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.model import Analysis
from analyzers.survey import Sides, Survey, Surveyed


def _concerns(path: str) -> bool:
    return path.endswith((".rs", ".h"))


def _wants(sides: Sides) -> Iterable[str]:
    from analyzers.ffi.header_review import wanted

    return wanted(sides)


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.ffi.header_review import reviewed

    return reviewed(sides, analysis)


SURVEY = Survey(
    "ffi-headers",
    "foreign items, types and constants compared with the C headers of the same repository",
    concerns=_concerns,
    wants=_wants,
    compare=_compare,
    findings=("ffi-header-mismatch",),
)
