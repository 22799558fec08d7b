"""Reads the marks of annotated Rust files: what must be found, on the line where it must be found.

``//~ unsafe-block item="mod a::f" test`` expects an unsafe block on its line, ``//~^ unsafe-block`` on the
line above, ``//~^^`` two above. Several expectations may share a line, in the order of their columns. Behind
each come what is known of it, as ``name=value`` or as a bare flag. Marks are taken out before the file is
used, a line that holds nothing else with them, so that no mark can explain or hide anything.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FLAGS = frozenset(("test", "macro-call", "macro-definition"))
_MARK = re.compile(rb"[ \t]*//~([^\n\r]*)")


@dataclass(frozen=True, slots=True)
class Mark:
    """One expectation. ``line`` is 1-based in the text without marks; ``word`` is a kind, a class or a finding."""

    line: int
    word: str
    facts: Mapping[str, str]
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Marked:
    """An annotated file: its bytes without the marks, and the marks in order of line."""

    data: bytes
    marks: tuple[Mark, ...]


def read_marked(path: Path) -> Marked:
    """Read an annotated file; raises ValueError on a mark that cannot be understood."""
    kept: list[bytes] = []
    marks: list[Mark] = []
    for line in path.read_bytes().splitlines(keepends=True):
        code, *notes = _MARK.sub(b"", line, count=1), *_MARK.findall(line)
        if not notes:
            kept.append(line)
            continue
        if code.strip():
            kept.append(code)
        for note in notes[0].split(b"//~"):
            marks += _parse(note.decode(), len(kept))
    return Marked(b"".join(kept), tuple(sorted(marks, key=lambda mark: mark.line)))


def _parse(note: str, line: int) -> list[Mark]:
    words = shlex.split(note.lstrip("^"))
    line -= len(note) - len(note.lstrip("^"))
    marks: list[Mark] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals and word not in FLAGS:
            marks.append(Mark(line, word, {}, frozenset()))
            continue
        if not marks:
            raise ValueError(f"line {line}: {word!r} says something about nothing")
        last = marks.pop()
        if equals:
            marks.append(Mark(line, last.word, {**last.facts, name: value}, last.flags))
        else:
            marks.append(Mark(line, last.word, last.facts, last.flags | {word}))
    return marks
