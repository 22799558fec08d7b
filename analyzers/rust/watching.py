"""Parses any text within bounds, with whatever grammar: a parse that takes longer than real code needs is given up."""

from __future__ import annotations

import tree_sitter

_SLICE = 1 << 16
# One progress call is some hundred parser operations; real items need far fewer per byte.
_CALLS_PER_BYTE = 1
_MIN_CALLS = 10_000


def watched_tree(parser: tree_sitter.Parser, text: bytes, unwatched: int) -> tree_sitter.Tree | None:
    """The tree of any text; None when the parse took more parser operations than any real item needs.

    Up to ``unwatched`` bytes a parse is quick whatever the text, and is not counted.
    """
    if len(text) <= unwatched:
        return parser.parse(text)
    calls = 0
    budget = max(_MIN_CALLS, len(text) * _CALLS_PER_BYTE)

    def read(offset: int, _point: tuple[int, int]) -> bytes:
        return text[offset : offset + _SLICE]

    def progress(_offset: int, _has_error: bool) -> bool:
        nonlocal calls
        calls += 1
        return calls > budget

    try:
        return parser.parse(read, progress_callback=progress)
    except ValueError:
        # tree-sitter's way to say that the progress callback cancelled the parse.
        parser.reset()
        return None
