"""Delimiters in token sequences: what closes what, and what stands between commas."""

from __future__ import annotations

from collections.abc import Sequence

OPENERS = frozenset((b"(", b"[", b"{"))
CLOSERS = frozenset((b")", b"]", b"}"))


def closers(words: Sequence[bytes]) -> list[int]:
    """For every opening delimiter the index of its closer (the last index when none comes); 0 for other tokens."""
    found = [0] * len(words)
    waiting: list[int] = []
    for index, word in enumerate(words):
        if word in OPENERS:
            waiting.append(index)
        elif word in CLOSERS and waiting:
            found[waiting.pop()] = index
    for opener in waiting:
        found[opener] = len(words) - 1
    return found


def closing(words: Sequence[bytes], opener: int) -> int:
    """The index of the delimiter that closes the one at ``opener``; the last index when none does.

    For callers that go on behind it: asked of every delimiter, `closers` is the cheaper one.
    """
    depth = 0
    for index in range(opener, len(words)):
        if words[index] in OPENERS:
            depth += 1
        elif words[index] in CLOSERS:
            depth -= 1
            if depth == 0:
                return index
    return len(words) - 1


def angle_closing(words: Sequence[bytes], opener: int) -> int:
    """The index of the ``>`` that closes the ``<`` at ``opener``, -1 when none does; arrows close nothing."""
    depth = 0
    for index in range(opener, len(words)):
        if words[index] == b"<":
            depth += 1
        elif words[index] == b">" and words[index - 1] not in (b"-", b"="):
            depth -= 1
            if depth == 0:
                return index
    return -1


def parted(words: Sequence[bytes], mark: bytes) -> list[list[bytes]]:
    """The stretches between marks that stand outside delimiters and generic arguments; empty ones are left out."""
    parts: list[list[bytes]] = [[]]
    depth = 0
    for index, word in enumerate(words):
        if word in OPENERS or word == b"<":
            depth += 1
        elif word in CLOSERS or (word == b">" and words[index - 1 : index] not in ([b"-"], [b"="])):
            depth -= 1
        if word == mark and depth <= 0:
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]
