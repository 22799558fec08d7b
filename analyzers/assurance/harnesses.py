"""Harnesses in Rust sources: Kani proofs, loom models and fuzz targets, with the functions they call.

The rules: the Kani book ("Attributes"), loom's documentation (``loom::model``) and the Rust Fuzz Book ("Writing Fuzz
Targets"). Calls are found by name, through no macro and no trait.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from analyzers.rust.source import Source

Tool = Literal["kani", "loom", "fuzz", "miri", "sanitizer", "careful", "valgrind"]

_WORTH_IT = re.compile(rb"kani|loom|fuzz_target")
_PROOF = re.compile(rb"\bkani\s*::\s*proof(?:_for_contract)?\b")
_FUNCTION = re.compile(rb"\bfn\s+(\w+)")
_MODEL = re.compile(rb"\bloom\s*::\s*model\s*\(")
_FUZZ = re.compile(rb"\bfuzz_target\s*!\s*[({\[]")
_CALL = re.compile(rb"(?<![\w!])([A-Za-z_]\w*)\s*(?:::\s*<[^<>()]{0,200}>\s*)?\(")
_WORDS = frozenset(b"if while match for return fn in as move unsafe let else loop Some Ok Err Box".split())
_MOST = 2_000
"""How many harnesses, and how many calls of one, are looked at."""


@dataclass(frozen=True, slots=True)
class Harness:
    """Something that runs or proves code: which tool, where (1-based line), its name, and the functions it calls.

    ``calls`` is empty for jobs, which run all tests of a package.
    """

    tool: Tool
    path: str
    line: int
    name: str
    calls: frozenset[str] = frozenset()


def may_hold_harness(path: str) -> bool:
    """Whether a path is one where harnesses usually stand; they may be in the changed files themselves as well."""
    return path.endswith(".rs") and bool(re.search(r"(?:^|[/_])(?:fuzz|kani|loom|proofs?|verif\w*)", path))


def harnesses(path: str, data: bytes) -> Iterator[Harness]:
    """The harnesses of a source, in order."""
    if not _WORTH_IT.search(data):
        return
    source = Source(data)
    yield from _proofs(path, source)
    yield from _models(path, source)
    yield from _fuzzers(path, source)


def _proofs(path: str, source: Source) -> Iterator[Harness]:
    for found in list(_PROOF.finditer(source.text))[:_MOST]:
        group = source.attribute_group(found.start())
        if group < 0:
            continue
        behind = source.delimiters.closes[group] + 1
        function = _FUNCTION.search(source.text, behind)
        if function is None:
            continue
        opener = source.text.find(b"{", function.end())
        calls = _calls(source, opener) if opener >= 0 else frozenset()
        yield Harness("kani", path, _line(source, function.start()), function[1].decode(), calls)


def _models(path: str, source: Source) -> Iterator[Harness]:
    for found in list(_MODEL.finditer(source.text))[:_MOST]:
        line = _line(source, found.start())
        yield Harness("loom", path, line, _around(source, found.start()), _calls(source, found.end() - 1))


def _fuzzers(path: str, source: Source) -> Iterator[Harness]:
    for found in list(_FUZZ.finditer(source.text))[:_MOST]:
        # What a fuzz target does stands in functions beside it as often as in the macro.
        calls = _names(source.text)
        yield Harness("fuzz", path, _line(source, found.start()), posixpath.basename(path)[:-3], calls)


def _around(source: Source, offset: int) -> str:
    """The name of the function before an offset; the file's other items do not matter to people."""
    before = [found[1] for found in _FUNCTION.finditer(source.text, max(0, offset - 20_000), offset)]
    return before[-1].decode() if before else ""


def _calls(source: Source, opener: int) -> frozenset[str]:
    """The functions called between a bracket and its end."""
    group = source.delimiters.group_at(opener)
    return _names(source.text[opener : source.delimiters.closes[group]]) if group >= 0 else frozenset()


def _names(text: bytes) -> frozenset[str]:
    found = {call[1] for _, call in zip(range(_MOST), _CALL.finditer(text), strict=False)}
    return frozenset(name.decode("ascii", "replace") for name in found - _WORDS)


def _line(source: Source, offset: int) -> int:
    return source.text.count(b"\n", 0, offset) + 1
