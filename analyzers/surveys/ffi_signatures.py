"""Foreign signatures: what changed in them in words, the types they rely on, and declarations that cannot be right."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analyzers.model import Analysis, Finding
from analyzers.paths import is_rust
from analyzers.survey import Audit, Kinds, Sides, Survey, Surveyed, Tree


def _wants(sides: Sides) -> Iterable[str]:
    from analyzers.ffi.wanted import wanted

    return wanted(sides)


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.ffi.review import reviewed

    return reviewed(sides, analysis)


def _portions(tree: Tree, kinds: Kinds) -> Iterable[Collection[str]]:
    from analyzers.ffi.wanted import portions

    return portions(tree, kinds)


def _audited(tree: Tree) -> tuple[Finding, ...]:
    from analyzers.ffi.findings import audited

    return audited(tree)


SURVEY = Survey(
    "ffi-signatures",
    "foreign signatures and the types they rely on, compared as the linker sees them",
    concerns=is_rust,
    wants=_wants,
    compare=_compare,
    findings=("ffi-clash", "ffi-improper-type"),
    audit=Audit(_portions, _audited),
)
