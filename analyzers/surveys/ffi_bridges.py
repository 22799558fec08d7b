"""Interfaces that bridges describe in files of their own: uniffi's ``.udl``."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.model import Analysis, FileSide
from analyzers.survey import Sides, Sites, Survey, Surveyed, Tree


def _concerns(path: str) -> bool:
    return path.endswith(".udl")


def _wants(sides: Sides) -> Iterable[str]:
    return sorted(filter(_concerns, sides.paths))


def _compare(sides: Sides, analysis: Analysis) -> Surveyed:
    from analyzers.ffi.udl import udl_changes, udl_doubts

    del analysis
    base = [change.base for change in sides.changed if change.base and _concerns(change.base.path)]
    head = [change.head for change in sides.changed if change.head and _concerns(change.head.path)]
    return Surveyed(changes=udl_changes(_read(base), _read(head)), unanalysed=tuple(udl_doubts(head)))


def _read(sides: list[FileSide]) -> dict[str, bytes]:
    return {side.path: side.data for side in sides if side.mode == "file" and side.data is not None}


def _sites(tree: Tree) -> Sites:
    from analyzers.ffi.udl import scan_udl

    read = {path: data for path, data in tree.contents.items() if _concerns(path)}
    return {path: found for path, data in sorted(read.items()) if (found := scan_udl(data).sites)}


SURVEY = Survey(
    "ffi-bridges",
    "interfaces that uniffi crates describe in UDL files",
    concerns=_concerns,
    wants=_wants,
    compare=_compare,
    sites=_sites,
)
