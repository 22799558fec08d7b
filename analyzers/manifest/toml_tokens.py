"""The tokens of a TOML document, found for any text at all in linear time.

They serve two purposes that ``tomllib`` leaves open: refusing nesting that would cost it minutes or its stack
before it is asked, and telling where in the file a key or a value stands (``toml_places``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_NESTING = 32
"""Brackets within brackets. A policy needs five, a manifest four."""
MAX_KEY_PARTS = 16
"""Parts of one dotted key. A policy needs three, a manifest five; tomllib's time grows with the square."""
MAX_WORD = 256
"""Characters of a bare key or a number; Python raises a plain ValueError for numbers of 4,300 digits."""

# Strings that never end take the rest of their line, or of the text, so that no character is looked at again.
_TOKEN = re.compile(
    r"""
      (?P<skip>[ \t\r]+|\#[^\n]*)
    | (?P<newline>\n)
    | (?P<lines>\"{3}(?:\\.|[^\\])*?(?:\"{3,5}|\Z)|'{3}.*?(?:'{3,5}|\Z))
    | (?P<string>"(?:\\[^\n]|[^"\\\n])*+"?|'[^'\n]*+'?)
    | (?P<mark>[\[\]{},=.])
    | (?P<bare>[^ \t\r\n\#"'\[\]{},=.]+)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the document: its text, and its 0-based offset in characters."""

    text: str
    offset: int


END = Token("", -1)


def tokens(text: str) -> list[Token]:
    """All tokens but comments and spaces; a line feed is a token of its own."""
    return [Token(found[0], found.start()) for found in _TOKEN.finditer(text) if found.lastgroup != "skip"]


def objection(stream: list[Token]) -> tuple[Token, str] | None:
    """The first token that goes beyond a limit, with what to do about it, or None."""
    brackets = parts = 0
    for token in stream:
        if token.text in {"[", "{"}:
            brackets += 1
        elif token.text in {"]", "}"}:
            brackets = max(0, brackets - 1)
        if token.text == ".":
            parts += 1
        elif token.text in {"\n", "=", ",", "[", "{"}:
            parts = 0
        if brackets > MAX_NESTING or parts >= MAX_KEY_PARTS:
            return token, "nested too deeply; a policy needs no more than five levels"
        if len(token.text) > MAX_WORD and not token.text.startswith(("'", '"')):
            return token, f"a key or number longer than {MAX_WORD} characters"
    return None
