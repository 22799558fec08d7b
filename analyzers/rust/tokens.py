"""Token streams of masked source: what remains of code when comments and layout are gone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

# A nested site inside its parent's own tokens.
NESTED = b"\x00"

_TOKEN = re.compile(rb"[A-Za-z0-9_\x80-\xff]++|&&|\|\||[^\sA-Za-z0-9_\x80-\xff]")
_BEFORE_TUPLES = frozenset(
    (
        b"return",
        b"let",
        b"in",
        b"as",
        b"if",
        b"while",
        b"match",
        b"mut",
        b"ref",
        b"move",
        b"else",
        b"break",
        b"yield",
    )
)
_CLOSERS = frozenset((b")", b"]", b"}", b">"))


def tokens(data: bytes, text: bytes, start: int, end: int) -> list[bytes]:
    """The tokens between two offsets: words, literals as written in ``data``, and punctuation.

    Punctuation is single bytes, since ``>>`` may close two generics, but for ``&&`` and ``||``: apart they mean
    something else, and both spellings compile.
    """
    words: list[bytes] = []
    quote = text.find(b'"', start, end)
    while quote >= 0:
        words += _TOKEN.findall(text, start, quote)
        start = text.find(b'"', quote + 1, end) + 1 or end
        words.append(data[quote:start])
        quote = text.find(b'"', start, end)
    words += _TOKEN.findall(text, start, end)
    return words


def digest(words: Iterable[bytes]) -> str:
    """128 bits that identify a token sequence.

    Joining by spaces is unambiguous: lexing the joined text gives the same tokens back.
    """
    return hashlib.blake2b(b" ".join(words), digest_size=16).hexdigest()


def fold(words: Sequence[bytes]) -> list[bytes]:
    """Fold spellings that mean the same, so that only a change of meaning makes two sequences differ.

    Gone are: commas before a closer, semicolons before ``}`` or at the end, the braces of a match arm or
    closure that hold one expression, and the ``unsafe`` that edition 2024 asks for in front of ``extern``
    blocks and around attributes. Other braces stay: moving a statement into another block changes what
    runs and when guards are dropped.
    """
    bare = _without_edition_spelling(words)
    needed = _tuple_commas(bare)
    kept: list[bytes] = []
    for index, word in enumerate(bare):
        following = bare[index + 1] if index + 1 < len(bare) else b"}"
        if word == b"," and following in _CLOSERS and index not in needed:
            continue
        if word == b";" and following == b"}":
            continue
        kept.append(word)
    return _without_expression_braces(kept)


def _tuple_commas(words: Sequence[bytes]) -> frozenset[int]:
    """The commas that make a tuple of one element: ``(x,)`` is another value than ``(x)``."""
    needed: set[int] = set()
    stack: list[tuple[bool, int]] = []
    for index, word in enumerate(words):
        if word in (b"(", b"[", b"{"):
            stack.append((word == b"(" and not _is_call(words, index), -1))
        elif word in (b")", b"]", b"}") and stack:
            tuple_like, comma = stack.pop()
            if tuple_like and comma == index - 1:
                needed.add(comma)
        elif word == b"," and stack:
            tuple_like, comma = stack[-1]
            # With a second comma it is a tuple whatever follows the last one.
            stack[-1] = (tuple_like and comma < 0, index)
    return frozenset(needed)


def _is_call(words: Sequence[bytes], opening: int) -> bool:
    """Whether the parenthesis at an index belongs to a call, a signature or a macro."""
    before = words[opening - 1] if opening else b""
    if before == b">":
        return opening < 2 or words[opening - 2] not in (b"-", b"=")
    return before == b"!" or ((before[:1].isalnum() or before[:1] == b"_") and before not in _BEFORE_TUPLES)


def _without_edition_spelling(words: Sequence[bytes]) -> list[bytes]:
    if tuple(words[:2]) == (b"unsafe", b"extern") and b"fn" not in words[:4]:
        return list(words[1:])
    if len(words) > 3 and words[0] == b"unsafe" and words[1] == b"(":
        closing = _closing(words, 1)
        return [*words[2:closing], *words[closing + 1 :]]
    return list(words)


def _closing(words: Sequence[bytes], opening: int) -> int:
    depth = 0
    for index in range(opening, len(words)):
        if words[index] == b"(":
            depth += 1
        elif words[index] == b")":
            depth -= 1
            if depth == 0:
                return index
    return len(words)


def _without_expression_braces(words: list[bytes]) -> list[bytes]:
    """Write match arms and closures one way, whether rustfmt put braces and a comma there or not.

    ``{`` and ``}`` around a single expression go, and such an arm has a comma; an arm that keeps its block has
    none.
    """
    drop: set[int] = set()
    stack: list[tuple[int, bool]] = []
    for index, word in enumerate(words):
        if word == b"{":
            before = words[max(0, index - 2) : index]
            stack.append((index, before == [b"=", b">"] or before[-1:] == [b"|"]))
        elif word in (b";", b"let") and stack:
            stack[-1] = (stack[-1][0], False)
        elif word == b"}" and stack:
            opening, single = stack.pop()
            if single and index > opening + 1:
                drop |= {opening, index}
    return _with_arm_commas(words, drop)


def _with_arm_commas(words: list[bytes], drop: set[int]) -> list[bytes]:
    """The words without those at ``drop``; a comma follows an arm whose braces went, and no other arm's block."""
    out: list[bytes] = []
    arms: list[bool] = []
    skip = -1
    for index, word in enumerate(words):
        if word == b"{":
            arms.append(words[max(0, index - 2) : index] == [b"=", b">"])
        arm = word == b"}" and bool(arms) and arms.pop()
        following = words[index + 1 : index + 2]
        if index not in drop:
            if index != skip:
                out.append(word)
            if arm and following == [b","]:
                skip = index + 1
        elif arm and following not in ([b","], [b"}"], []):
            out.append(b",")
    return out
