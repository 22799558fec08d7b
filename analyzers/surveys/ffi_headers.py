"""C headers: what Rust declares or exports, compared with what the headers of the same tree say."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analyzers.model import Analysis, Finding
from analyzers.survey import Audit, Kinds, Sides, Survey, Surveyed, Tree


def _concerns(path: str) -> bool:
    return path.endswith((".rs", ".h"))


def _wants(sides: Sides) -> Iterable[str]:
    from analyzers.ffi.header_wanted import wanted

    return wanted(sides)


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.ffi.header_wanted import is_header

    if not any(map(is_header, sides.head.contents)):
        return Surveyed()
    from analyzers.ffi.header_review import reviewed

    return reviewed(sides, analysis)


def _portions(tree: Tree, kinds: Kinds) -> Iterable[Collection[str]]:
    from analyzers.ffi.header_wanted import portions

    return portions(tree, kinds)


def _audited(tree: Tree) -> tuple[Finding, ...]:
    from analyzers.ffi.header_review import audited

    return audited(tree)


SURVEY = Survey(
    "ffi-headers",
    "foreign items, types and constants compared with the C headers of the same repository",
    concerns=_concerns,
    wants=_wants,
    compare=_compare,
    findings=("ffi-header-mismatch",),
    audit=Audit(_portions, _audited),
)
