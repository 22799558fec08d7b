"""What a Cargo file, workflow or makefile sets, as sites and words that a comparison pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzers.model import Scan, Site
from analyzers.rust.tokens import digest

MAX_SETTINGS = 5000
"""Settings that are compared of one file; real ones have some tens."""
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a file sets: where in the file (``build.rustflags``), what, its value, and its 1-based line.

    ``place`` tells apart what is set for different code by equal words, such as the folder of a package.
    """

    scope: str
    key: str
    value: str
    line: int
    place: str = ""


def lint_scan(data: bytes, settings: Iterable[Setting]) -> Scan:
    """Lint levels as sites of kind ``lint-level``, told as in sources: ``deny(unsafe_code)``."""
    return scan_of(data, "lint-level", [(each, f"{each.value}({each.key})") for each in settings])


def toolchain_scan(data: bytes, settings: Iterable[Setting]) -> Scan:
    """Settings of the toolchain as sites of kind ``toolchain``, such as ``channel = nightly``."""
    told = [(each, f"{each.key} = {each.value}" if each.value else each.key) for each in settings]
    return scan_of(data, "toolchain", told)


def scan_of(data: bytes, kind: str, told: list[tuple[Setting, str]]) -> Scan:
    """Settings of a file as sites of a kind, each with the detail to tell of it."""
    starts = _line_starts(data)
    found = sorted(told[:MAX_SETTINGS], key=lambda pair: (pair[0].line, pair[0].scope, pair[1]))
    return Scan(
        sites=tuple(_site(data, starts, kind, setting, detail) for setting, detail in found),
        words=tuple(_words(setting) for setting, _ in found),
    )


def _site(data: bytes, starts: list[int], kind: str, setting: Setting, detail: str) -> Site:
    line = min(max(setting.line, 1), len(starts))
    start = starts[line - 1]
    end = starts[line] - 1 if line < len(starts) else len(data)
    text = data[start:end]
    keyword = start + len(text) - len(text.lstrip())
    return Site(
        kind=kind,
        # Several are set in one place: what is set tells toolchain settings apart, as the lint does for levels.
        item=f"{setting.scope}.{setting.key}" if kind == "toolchain" else setting.scope,
        line=line,
        column=keyword - start + 1,
        end_line=line,
        keyword=keyword,
        start=keyword,
        end=max(end, keyword),
        tokens=digest(_words(setting)),
        detail=detail if len(detail) <= _SHOWN else f"{detail[: _SHOWN - 1]}…",
    )


def _words(setting: Setting) -> tuple[bytes, ...]:
    parts = (setting.place, setting.scope, setting.key, setting.value)
    return tuple(word.encode("utf-8", "surrogateescape") for word in parts)


def _line_starts(data: bytes) -> list[int]:
    starts = [0]
    at = data.find(b"\n")
    while at >= 0:
        starts.append(at + 1)
        at = data.find(b"\n", at + 1)
    return starts
