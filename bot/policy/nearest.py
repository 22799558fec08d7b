"""What somebody probably meant: the nearest of some known words."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

_SHOWN = 60
"""Characters of a stranger's text that a message repeats; longer text has no near word either."""
_LISTED = 8
"""How many known words are listed."""
_COMPARED = 200
"""How many known words are compared; a hostile file can define thousands."""


def quoted(text: str) -> str:
    """Text of a file as a message may repeat it: in backticks, cut, and unable to act on a terminal."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    shown = "".join(each if each.isprintable() else f"\\u{{{ord(each):x}}}" for each in cut)
    return f"`{shown.replace('`', chr(39))}`"


def did_you_mean(word: str, known: Sequence[str], noun: str) -> str:
    """The end of a message about an unknown word: the nearest known one, or else the first of them."""
    by_lower = {each.lower(): each for each in known[:_COMPARED]}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1) if len(word) <= _SHOWN else []
    if near:
        return f"; did you mean {quoted(by_lower[near[0]])}?"
    if not known:
        return f"; {noun}: none"
    listed = ", ".join(quoted(each) for each in known[:_LISTED])
    return f"; {noun}: {listed}{', …' if len(known) > _LISTED else ''}"
