"""Edits one word inside real unsafe blocks: `python -m tests.benchmarks.accuracy.mutations N CLONE ...`."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from analyzers.analyze import ScannedChange, analyze
from analyzers.model import ChangeClass, FileChange, FileSide
from analyzers.rust.scan import scan
from tests.benchmarks.accuracy import rustc, sites
from tests.benchmarks.accuracy.history import Repository
from tests.benchmarks.accuracy.rustc import Parsed
from tests.benchmarks.accuracy.spot import Spot

_PER_FILE = 10
_WORD = re.compile(r"[a-z_]\w{2,}|\d+|\"[^\"\\]*\"")
_KEYWORDS = frozenset(
    (
        "unsafe", "extern", "let", "mut", "for", "while", "loop", "match", "return", "static", "const", "where",
        "impl", "else", "break", "continue", "union", "move", "ref", "struct", "trait", "self", "super", "crate",
        "type", "use", "async", "await", "dyn", "pub", "mod", "enum", "true", "false", "asm", "include", "safe",
    )
)  # fmt: skip

Place = tuple[str, int]


def edits(text: str, parsed: Parsed) -> Iterator[tuple[str, set[Place]]]:
    """Texts with one word changed inside an unsafe block, and the sites (kind, line) that hold the word directly."""
    spots, _ = sites.find(parsed)
    lines = text.split("\n")
    for index in _chosen(parsed, spots):
        token = parsed.tokens[index]
        row = lines[token.line - 1]
        word = token.text[:-1] + 'q"' if token.text.endswith('"') else token.text + "0"
        edited = row[: token.column - 1] + word + row[token.column - 1 + len(token.text) :]
        yield "\n".join((*lines[: token.line - 1], edited, *lines[token.line :])), _holders(spots, index)


def _chosen(parsed: Parsed, spots: list[Spot]) -> list[int]:
    blocks = [spot for spot in spots if spot.kind == "unsafe-block"]
    inside = sorted({index for spot in blocks for index in range(spot.first + 1, spot.last)})
    usable = [
        index
        for index in inside
        if _WORD.fullmatch(parsed.tokens[index].text)
        and parsed.tokens[index].text not in _KEYWORDS
        and any(kind == "unsafe-block" for kind, _ in _holders(spots, index))
    ]
    return sorted(usable, key=lambda index: hashlib.sha256(str(index).encode()).hexdigest())[:_PER_FILE]


def _holders(spots: list[Spot], index: int) -> set[Place]:
    around = [spot for spot in spots if spot.first <= index < spot.last]
    smallest = min(around, key=lambda spot: spot.last - spot.first)
    return {
        (spot.kind, spot.line)
        for spot in around
        if (spot.first, spot.last) == (smallest.first, smallest.last)
    }


def asked(before: str, after: str) -> set[Place]:
    """The sites that the engine asks about."""
    base = FileSide("a.rs", "file", "0", before.encode())
    head = replace(base, blob="1", data=after.encode())
    change = ScannedChange(
        FileChange(base, head), scan(before.encode(), words=True), scan(after.encode(), words=True)
    )
    return {
        (change.site.kind, change.site.line)
        for change in analyze([change]).changes
        if change.change in (ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED)
    }


def main(arguments: list[str]) -> int:
    """Edit N files of every clone, chosen by digest; each edit must be asked about once, at its site."""
    found = other = 0
    for clone in arguments[1:]:
        repository = Repository(Path(clone))
        files = [file for file in repository.files("HEAD") if b"unsafe {" in repository.blob(file.blob)]
        files.sort(key=lambda file: hashlib.sha256(file.path.encode()).hexdigest())
        for file in files[: int(arguments[0])]:
            text = repository.blob(file.blob).decode("utf-8", "replace").replace("\r\n", "\n")
            parsed = rustc.parse(text.encode())
            if parsed is None or parsed.tree is None or text.startswith("\ufeff"):
                continue
            for edited, expected in edits(text, parsed):
                got = asked(text, edited)
                found, other = found + (got == expected), other + (got != expected)
                if got != expected:
                    sys.stdout.write(f"{repository.name}:{file.path} expected {expected} got {got}\n")
    sys.stdout.write(f"edits inside unsafe blocks: {found} found, {other} not as expected\n")
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
