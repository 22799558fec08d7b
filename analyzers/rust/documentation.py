"""What documentation comments hold: sections by their headings, and the code blocks that rustdoc tests."""

from __future__ import annotations

import re

_MARKER = re.compile(rb"^[ \t]*(?:///|//!|/\*[*!]|\*(?!\*)/?)[ ]?", re.MULTILINE)
_HEADING = re.compile(rb"^[ \t\"]*#{1,6}[ \t]+(?:\[)?([A-Za-z]+)", re.MULTILINE)
_FENCE = re.compile(rb"^[ \t]*(`{3,}|~{3,})[ \t]*([^`\n]*)$", re.MULTILINE)
# With any other word rustdoc does not take a block for Rust (rustdoc book, "Documentation tests", attributes).
_RUST_WORDS = frozenset(
    (
        b"rust",
        b"should_panic",
        b"no_run",
        b"compile_fail",
        *(b"edition%d" % y for y in (2015, 2018, 2021, 2024)),
    )
)
_WORDS = {
    "errors": re.compile(rb"\b(?:errors?|err|errs|fails?|failed|failures?|invalid)\b", re.IGNORECASE),
    "safety": re.compile(rb"\b(?:unsafe|safe|safety|sound|soundness|undefined|must|ensure)\b", re.IGNORECASE),
    "panics": re.compile(rb"\bpanic(?:s|ked|king)?\b|\baborts?\b", re.IGNORECASE),
}
_SINGULAR = {"error": "errors", "panic": "panics", "example": "examples"}


def sections(text: bytes) -> frozenset[str]:
    """The first words of all headings in lower case, ``error``, ``panic`` and ``example`` as their plurals.

    ``text`` is comments with their markers, or ``doc`` attributes.
    """
    words = (found[1].decode().lower() for found in _HEADING.finditer(_MARKER.sub(b"", text)))
    return frozenset(_SINGULAR.get(word, word) for word in words)


def mentions(text: bytes) -> frozenset[str]:
    """Which of ``errors``, ``panics`` and ``safety`` the text speaks of, with a section for it or without."""
    return frozenset(name for name, words in _WORDS.items() if words.search(text))


def examples(text: bytes) -> int:
    """How many fenced code blocks rustdoc would compile."""
    count = 0
    fence = b""
    for found in _FENCE.finditer(_MARKER.sub(b"", text)):
        if fence:
            if found[1].startswith(fence) and not found[2].strip():
                fence = b""
            continue
        fence = found[1]
        words = {word.strip(b" {}.\t") for word in re.split(rb"[,\s]+", found[2].strip()) if word}
        count += words <= _RUST_WORDS
    return count
