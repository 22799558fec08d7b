"""Writes figures as Markdown, and progress to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, the first column to the left and the others to the right."""
    rule = ("---", *("---:" for _ in head[1:]))
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *rows))


def note(line: str) -> None:
    """Tell how far a long measurement is."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
