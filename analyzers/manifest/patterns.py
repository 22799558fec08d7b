"""The patterns of ``include`` and ``exclude``, with the meaning that they have in a ``.gitignore``.

Patterns come from pull requests, so nothing here may backtrack: names are matched by ``fnmatch``, whose stars
are atomic, and folders by stepping a set of positions, which is linear for any number of ``**``. The library
pathspec translates a whole pattern into one regex, which takes exponential time for some.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

MAX_LENGTH = 4096
"""Characters of one pattern; a longer one matches nothing."""

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CLASS_NEGATION = re.compile(r"\[\^")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a list: names by folder (None stands for ``**``), whether it takes back, whether folders only."""

    names: tuple[re.Pattern[str] | None, ...]
    negated: bool
    folders_only: bool

    def matches(self, parts: tuple[str, ...], *, is_folder: bool) -> bool:
        """Whether the pattern names exactly this path."""
        if self.folders_only and not is_folder:
            return False
        positions = {0}
        for name in self.names:
            if not positions:
                return False
            if name is None:
                positions = set(range(min(positions), len(parts) + 1))
            else:
                positions = {at + 1 for at in positions if at < len(parts) and name.match(parts[at])}
        return len(parts) in positions


class Patterns:
    """A list of patterns, of which the last one that matches decides (the ``ignore`` crate's Gitignore)."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._patterns = [pattern for line in lines if (pattern := _pattern(line)) is not None]

    def holds(self, path: str) -> bool:
        """Whether a file's path or any folder above it is matched; the nearest match counts.

        That is ``matched_path_or_any_parents``, by which Cargo chooses (``src/sources/path.rs``).
        """
        parts = tuple(path.split("/"))
        for depth in range(len(parts), 0, -1):
            decided = self._decide(parts[:depth], is_folder=depth < len(parts))
            if decided is not None:
                return decided
        return False

    def _decide(self, parts: tuple[str, ...], *, is_folder: bool) -> bool | None:
        for pattern in reversed(self._patterns):
            if pattern.matches(parts, is_folder=is_folder):
                return not pattern.negated
        return None


def _pattern(line: str) -> Pattern | None:
    if len(line) > MAX_LENGTH or line.startswith("#"):
        return None
    text = line if line.endswith("\\ ") else line.rstrip(" ")
    negated = text.startswith("!")
    text = text.removeprefix("!")
    folders_only = text.endswith("/")
    text = text.rstrip("/")
    if not text:
        return None
    anchored = "/" in text
    parts = text.removeprefix("/").split("/")
    names: list[re.Pattern[str] | None] = [None] if not anchored and parts[0] != "**" else []
    names += [None if part == "**" else _name(part) for part in parts]
    if parts[-1] == "**":  # "a/**" matches what is inside, not the folder itself
        names.append(_name("*"))
    return Pattern(tuple(names), negated, folders_only)


@cache
def _name(part: str) -> re.Pattern[str]:
    text = _CLASS_NEGATION.sub("[!", part)
    text = _ESCAPED.sub(lambda found: f"[{found[1]}]", text)
    return re.compile(fnmatch.translate(text))
