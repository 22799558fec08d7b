"""Reads Rust sources with rustc's own parser and lexer, through its debug dump of the syntax tree."""

from __future__ import annotations

import re
import subprocess
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

EDITIONS = ("2024", "2021", "2018", "2015")
_SPAN = re.compile(r": (\d+):(\d+): (\d+):(\d+) \(#\d+\)")
_POSITION = re.compile(r"^ *(?:span|open|close): [^\n]*?:(\d+):(\d+): (\d+):(\d+) \(#\d+\),?$", re.MULTILINE)
_MACRO = "__all_tokens_of_the_file"
_OPENERS = {"(": ")", "[": "]", "{": "}"}

Position = tuple[int, int]


@dataclass(slots=True)
class Node:
    """One brace of the dump: its label (``kind: Fn``), the lines in it and the braces in it."""

    label: str
    lines: list[str] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)

    def child(self, label: str) -> Node | None:
        """The first inner brace with a label."""
        return next((node for node in self.nodes if node.label == label), None)

    def span(self) -> tuple[Position, Position] | None:
        """Start and end of the node's own span, lines and columns 1-based, columns in characters."""
        for line in self.lines:
            if line.startswith("span: ") and (found := span_of(line)):
                return found
        return None


@dataclass(frozen=True, slots=True)
class Token:
    """A token of rustc's lexer; comments and documentation are left out."""

    text: str
    line: int
    column: int
    end: Position


@dataclass(slots=True)
class Parsed:
    """A source as rustc reads it; ``tree`` is None where no edition parses it and only its tokens are known."""

    tree: Node | None
    tokens: list[Token]
    closers: dict[int, int]

    def index(self, position: Position) -> int:
        """The first token at or behind a position."""
        return bisect_left(self.tokens, position, key=lambda token: (token.line, token.column))


def span_of(line: str) -> tuple[Position, Position] | None:
    """The span that a line of the dump holds."""
    found = re.search(r":(\d+):(\d+): (\d+):(\d+) \(#", line)
    if found is None:
        return None
    a, b, c, d = map(int, found.groups())
    return (a, b), (c, d)


def parse(data: bytes) -> Parsed | None:
    """Parse a source; None when even rustc's lexer refuses it in every edition."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    body = "//" + text if text.startswith("#!") and not re.match(r"#!\s*\[", text) else text
    for prefix in (body, ""):
        boundary = prefix.count("\n") + 2
        whole = f"{prefix}\n{_MACRO}!{{\n{body}\n}}"
        for edition in EDITIONS:
            if dump := _dump(whole, edition):
                return _read(dump, boundary, body, parsed=bool(prefix) or not body)
    return None


def _dump(source: str, edition: str) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder, "f.rs")
        path.write_bytes(source.encode())
        done = subprocess.run(
            ["nice", "rustc", "-Zunpretty=ast-tree", "--crate-type", "lib", "--edition", edition, "f.rs"],
            cwd=folder,
            env=_environment(),
            capture_output=True,
            check=False,
            timeout=300,
        )
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _environment() -> dict[str, str]:
    import os

    # The dump is an unstable option; the variable lets a stable compiler take it.
    return {**os.environ, "RUSTC_BOOTSTRAP": "1"}


def _read(dump: str, boundary: int, body: str, *, parsed: bool) -> Parsed:
    marker = dump.rfind(f"ident: {_MACRO}#0")
    tokens = _tokens(dump, marker, boundary, body)
    stack, closers = [], {}
    for index, token in enumerate(tokens):
        if token.text in _OPENERS:
            stack.append(index)
        elif stack and token.text == _OPENERS[tokens[stack[-1]].text]:
            closers[stack.pop()] = index
    return Parsed(_tree(dump[:marker]) if parsed else None, tokens, closers)


def _tokens(dump: str, marker: int, boundary: int, body: str) -> list[Token]:
    lines = body.split("\n")
    last = boundary + len(lines)
    found = []
    for match in _POSITION.finditer(dump, marker):
        a, b, c, d = (int(part) for part in match.groups())
        if boundary < a <= last and c <= last:
            found.append((a - boundary, b, c - boundary, d))
    found.sort()
    tokens = []
    for a, b, c, d in found:
        if a == c:
            text = lines[a - 1][b - 1 : d - 1]
        else:
            text = "\n".join((lines[a - 1][b - 1 :], *lines[a : c - 1], lines[c - 1][: d - 1]))
        if text and not text.startswith(("//", "/*")):
            tokens.append(Token(text, a, b, (c, d)))
    return tokens


def _tree(dump: str) -> Node:
    root = Node("")
    stack = [root]
    for line in dump.splitlines():
        word = line.strip()
        if not word:
            continue
        if word[-1] in "{([":
            node = Node(word[:-1].rstrip())
            stack[-1].nodes.append(node)
            stack.append(node)
        elif word[0] in "})]":
            stack.pop()
        else:
            stack[-1].lines.append(word)
    return root
