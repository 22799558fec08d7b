"""Where the keys and values of a TOML document stand, which ``tomllib`` and ``tomlkit`` do not tell.

The reader leans on ``tomllib``: it is given what tomllib has accepted (or accepted so far, to tell where a
key stood that came twice). So it knows no escapes, numbers or dates, just keys, brackets and statements.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field

from analyzers.manifest.toml_tokens import END, Token

Path = tuple[str | int, ...]
"""The keys and array indices that lead to a value."""

_AFTER_VALUE = frozenset({",", "]", "}", "\n", ""})


@dataclass(slots=True)
class Places:
    """Offsets (0-based, in characters) by path: of the first time a key is written, and of its value.

    ``twice`` is the first key that is written again, with the offset of its first and its second time.
    """

    keys: dict[Path, int] = field(default_factory=dict)
    values: dict[Path, int] = field(default_factory=dict)
    twice: tuple[str, int, int] | None = None

    def key(self, path: Path) -> int:
        """The offset of a key, or of the nearest table around it that is written; 0 for the document."""
        while path and path not in self.keys:
            path = path[:-1]
        return self.keys.get(path, 0)

    def value(self, path: Path) -> int:
        """The offset of a value, or of the key or table around it."""
        return self.values.get(path, self.key(path))


@dataclass(frozen=True, slots=True)
class Lines:
    """Turns offsets into lines and columns."""

    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Lines:
        """The lines of a text whose lines end in single line feeds."""
        return cls((0, *(offset + 1 for offset, character in enumerate(text) if character == "\n")))

    def place(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column, in characters."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def places(stream: list[Token]) -> Places:
    """The places of a document by its tokens, which tomllib accepts as far as they go."""
    return _Reader(stream).document()


class _Reader:
    """Walks the tokens once, keeping the table that statements belong to."""

    def __init__(self, stream: list[Token]) -> None:
        self._stream = stream
        self._next = 0
        self._found = Places()
        self._written: dict[Path, int] = {}
        self._lengths: dict[Path, int] = {}

    def document(self) -> Places:
        table: Path = ()
        while self._peek() is not END:
            if self._take_if("\n"):
                continue
            if self._peek().text == "[":
                table = self._header()
            else:
                self._assignment(table)
        return self._found

    def _peek(self) -> Token:
        return self._stream[self._next] if self._next < len(self._stream) else END

    def _take_if(self, text: str) -> bool:
        if self._peek().text != text:
            return False
        self._next += 1
        return True

    def _header(self) -> Path:
        """Reads ``[a.b]`` or ``[[a.b]]``; returns the table that the statements below it fill."""
        self._take_if("[")
        of_array = self._take_if("[")
        parts = self._key()
        self._take_if("]")
        self._take_if("]")
        table: Path = ()
        for depth, (part, offset) in enumerate(parts, start=1):
            table += (part,)
            self._found.keys.setdefault(table, offset)
            if of_array and depth == len(parts):
                self._lengths[table] = self._lengths.get(table, 0) + 1
            elif depth == len(parts):
                self._write(table, offset)
            if table in self._lengths:
                table += (self._lengths[table] - 1,)
                self._found.keys.setdefault(table, offset)
        return table

    def _assignment(self, table: Path) -> None:
        """Reads ``a.b = value``."""
        path = table
        parts = self._key()
        for part, offset in parts:
            path += (part,)
            self._found.keys.setdefault(path, offset)
        if parts:
            self._write(path, parts[-1][1])
        if self._take_if("="):
            self._value(path)

    def _write(self, path: Path, offset: int) -> None:
        first = self._written.setdefault(path, offset)
        if first != offset and self._found.twice is None:
            self._found.twice = (str(path[-1]), first, offset)

    def _key(self) -> list[tuple[str, int]]:
        parts = []
        while self._peek().text not in {"=", *_AFTER_VALUE}:
            token = self._peek()
            self._next += 1
            if token.text not in {".", "[", "{"}:
                parts.append((_name(token.text), token.offset))
        return parts

    def _value(self, path: Path) -> None:
        self._found.values.setdefault(path, self._peek().offset)
        if self._take_if("["):
            self._array(path)
        elif self._take_if("{"):
            self._inline_table(path)
        else:
            while self._peek().text not in _AFTER_VALUE:
                self._next += 1

    def _array(self, path: Path) -> None:
        index = 0
        while self._peek() is not END and not self._take_if("]"):
            if not (self._take_if("\n") or self._take_if(",")):
                self._value((*path, index))
                index += 1

    def _inline_table(self, path: Path) -> None:
        while self._peek() is not END and not self._take_if("}"):
            if not (self._take_if("\n") or self._take_if(",")):
                self._assignment(path)


def _name(text: str) -> str:
    """A key's part as it is spelt, without its quotes and escapes."""
    if text.startswith('"') and "\\" in text:
        return str(next(iter(tomllib.loads(f"{text} = 0"))))
    return text[1:-1] if text.startswith(('"', "'")) else text
