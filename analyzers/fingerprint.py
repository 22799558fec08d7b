"""Identities of what people can let pass: stable under layout, bound to the content that was seen."""

from __future__ import annotations

import hashlib

from analyzers.model import Unanalysed


def digest_of(*parts: str) -> str:
    """128 bits that identify a tuple of texts; lone surrogates (undecodable paths) are allowed."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode("utf-8", "surrogateescape")
        state.update(len(encoded).to_bytes(8, "big"))
        state.update(encoded)
    return state.hexdigest()


def of_unanalysed(doubt: Unanalysed) -> str:
    """What stands for a thing that could not be judged: its path, the reason and the content at the head.

    Its line and figures are left out: the content already fixes them.
    """
    return digest_of("unanalysed", doubt.path, doubt.reason, doubt.blob)
