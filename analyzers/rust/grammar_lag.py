"""What rustc accepts and tree-sitter-rust 0.24 does not, and how to overwrite it so that the rest still parses.

Each entry is a pattern and what its group is overwritten with, filled up with spaces, so that offsets stay. Every
entry has a minimal case in ``tests/analyzers/cases/grammar_lag``. Repetitions are bounded or cannot overlap: the
text is hostile.
"""

from __future__ import annotations

import re
from functools import cache

_BLANK = b""
_NAME = rb"(?:r#)?[A-Za-z_]\w*"
_ENTRIES: tuple[tuple[bytes, bytes], ...] = (
    # Safety qualifiers: extern items (RFC 3484), fields (RFC 3458), binders, auto traits.
    (rb"\b(safe)\s+(?:fn|static)\b", _BLANK),
    (rb"\b(unsafe)\s+static\b", _BLANK),
    (rb"\b(unsafe)\s+(?:mut\s+)?" + _NAME + rb"\s*:(?!:)", _BLANK),
    (rb"\b(unsafe\s*<[^<>]*>)", _BLANK),
    (rb"\b(?:unsafe\s+)?(auto)\s+trait\b", _BLANK),
    (rb"\b((?:pub\b\s*(?:\([^()]*\)\s*)?)?type\s+" + _NAME + rb"\s*;)", _BLANK),
    # Const traits, their bounds and closures.
    (rb"\b(const|default)\s+(?:(?:unsafe|const)\s+)*(?:trait|impl)\b", _BLANK),
    (rb"\bimpl\s*(?:<[^{};]{0,300}?>\s*)?(const)\s+[A-Za-z_:!]", _BLANK),
    (rb"(~\s*const)\b", _BLANK),
    (rb"(\[\s*const\s*\])\s*[A-Z]", _BLANK),
    (rb"[:+]\s*(const)\s+[A-Za-z_:]+", _BLANK),
    (rb"\b(const)\s*(?:move\s*)?\|", _BLANK),
    # Generic arguments and bounds.
    (rb"[<,]\s*(const)\s*\{", _BLANK),
    (rb"[<,]\s*(-)\s*\d", _BLANK),
    (rb"(::)\s*<\s*\{", _BLANK),
    (rb"(::\s*<[^<>;{}()]*>)\s*\{", _BLANK),
    (_NAME + rb"\s*(:)\s*[,>]", _BLANK),
    (rb"(\+)\s*[>,)]", _BLANK),
    (rb"(<\s*>)", _BLANK),
    (rb"(\(\s*\.\.\s*\))", _BLANK),
    (rb"\bstruct\s+\w+\s*(?:<[^{};]{0,300}?>)?\s*(where\b(?:[^;\[\]{}]|\[[^\[\]]*\])*+);", _BLANK),
    (rb"\b(async)\s+(?:Fn|FnMut|FnOnce)\b", _BLANK),
    (rb"\b(for\s*<[^<>]*>)\s*(?:move\s*)?\|", _BLANK),
    # Generators, asynchronous closures and blocks, try blocks.
    (rb"\b((?:async\s+)?gen(?:\s+move)?)\s*\{", _BLANK),
    (rb"\b((?:async\s+)?gen)\s+(?:unsafe\s+)?fn\b", _BLANK),
    (rb"\b((?:async\s+)?gen)\s*(?:move\s*)?\|", _BLANK),
    (rb"\b(async)\s*(?:unsafe|move|\|)", _BLANK),
    (rb"\btry\s+(bikeshed\s+[^{;]*)\{", _BLANK),
    # Expressions and statements.
    (rb"\b(super)\s+let\b", _BLANK),
    (rb"\b(become|do\s+yeet)\b", b"return"),
    (rb"\b(builtin\s*#)", _BLANK),
    (rb"\b(box)\s+[A-Za-z_\"&(]", _BLANK),
    (rb"(\.\s*match)\s*\{", b";m!"),
    (rb"\d(f16|f128)\b", b"f32"),
    # Patterns and struct expressions.
    (rb"&\s*(?:'\w+\s+)?(pin\s+const|pin)\s", _BLANK),
    (rb"\{\s*(!)\s*\}", _BLANK),
    (rb"\blet\s+(!)\s*=", b"_"),
    (rb"(,\s*\.\.)\s*\}", _BLANK),
    (rb":[^,={}();:]+(=\s*[^,{};=]*(?:\{[^{}]*\}\s*)*)[,}]", _BLANK),
    # Words that are keywords only in some editions or places.
    (rb"\b(str|char|bool|[iu](?:8|16|32|64|128|size)|f32|f64|try)\s*!", b"x"),
    (rb"\b(async|dyn|try)\s*[:,)]", b"x"),
    (rb"\b(union|default|raw|auto|safe)\s*\{", b"X"),
    # Attributes in places where the grammar has none; they hold nothing that needs to parse.
    (rb"(#\s*\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\])", _BLANK),
)


@cache
def _lag() -> tuple[tuple[re.Pattern[bytes], bytes], ...]:
    # Needed only after a parse error, which most runs never see.
    return tuple((re.compile(pattern), replacement) for pattern, replacement in _ENTRIES)


def without_lag(text: bytes) -> bytes:
    """The masked text of an item with everything the grammar lags behind on overwritten; the length stays."""
    changed = bytearray(text)
    for pattern, replacement in _lag():
        for found in pattern.finditer(bytes(changed)):
            start, end = found.span(1)
            changed[start:end] = replacement.ljust(end - start)[: end - start]
    return bytes(changed)
