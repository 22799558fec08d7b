"""A Cargo file in TOML with the line of every key and value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from analyzers.manifest.toml_places import Lines, Path, Places, places
from analyzers.manifest.toml_tokens import objection, tokens

MAX_BYTES = 1 << 20
"""Bytes of one file; crates.io takes no more than this of metadata (``MAX_JSON_LENGTH`` in its ``publish.rs``)."""

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)\Z")


class DocumentError(Exception):
    """Why a file cannot be read as TOML: ``reason`` in words, ``line`` 1-based."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its path in the repository, its values, and where they stand."""

    path: str
    table: Mapping[str, Any]
    _places: Places = field(repr=False, compare=False)
    _lines: Lines = field(repr=False, compare=False)
    lines: tuple[str, ...] = field(repr=False, compare=False, default=())

    def get(self, *path: str | int) -> Any:
        """The value at a path of keys and indices; None where there is none, or something on the way is no table."""
        value: Any = self.table
        for key in path:
            in_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
            if not in_list and not (isinstance(value, Mapping) and key in value):
                return None
            value = value[key]
        return value

    def line(self, *path: str | int) -> int:
        """The 1-based line of a key, or of the nearest table around it that is written."""
        return self._lines.place(self._places.key(path))[0]

    def value_line(self, *path: str | int) -> int:
        """The 1-based line of a value, or of the key or table around it."""
        return self._lines.place(self._places.value(path))[0]

    def is_written(self, *path: str | int) -> bool:
        """Whether a key stands in the file in so many words."""
        known: Path = path
        return known in self._places.keys


# Several surveys read the same manifests, and every member of a workspace looks into its root.
@lru_cache(maxsize=1024)
def read_document(path: str, data: bytes) -> Document:
    """Parse a file, bounded in time and depth whatever it holds.

    Raises:
        DocumentError: it is too large, no UTF-8, nested too deeply or no TOML.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(path, 1, f"larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(path, line, "not UTF-8") from error
    stream = tokens(text)
    lines = Lines.of(text)
    if (problem := objection(stream)) is not None:
        raise DocumentError(path, lines.place(problem[0].offset)[0], "nested too deeply, or a key too long")
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _AT_LINE.search(str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        raise DocumentError(path, line, _AT_LINE.sub("", str(error))) from error
    return Document(path, table, places(stream), lines, tuple(text.split("\n")))
