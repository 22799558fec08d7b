"""Whether two token sequences differ by nothing but names that were changed throughout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_NAME = re.compile(rb"[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*\Z")
_KEYWORDS = frozenset(
    b"""as async await break const continue crate dyn else enum extern false fn for gen if impl in let loop match mod
    move mut pub ref return self Self static struct super trait true type union unsafe use where while yield""".split()
)
_ITEMS = frozenset((b"struct", b"enum", b"fn", b"const", b"static", b"type", b"trait"))
_BINDERS = frozenset((b"let", b"mut", b"ref", b"for", b"|", b"(", b",", b"{"))


@dataclass(frozen=True, slots=True)
class Renamed:
    """Names that are declared on one side only: those that are gone, and those that are new."""

    gone: frozenset[bytes] = frozenset()
    new: frozenset[bytes] = frozenset()


def is_name(word: bytes) -> bool:
    """Whether a token is an identifier that code can choose."""
    return _NAME.match(word) is not None and word not in _KEYWORDS


def only_renamed(base: Sequence[bytes], head: Sequence[bytes], declared: Renamed) -> bool:
    """Whether ``head`` is ``base`` with names replaced one for one, each of them everywhere.

    A name counts as renamed only if it was bound in the sequence itself, or if its declaration was renamed too:
    another ordering, another method or another lifetime in one place is no new name.
    """
    if len(base) != len(head):
        return False
    forth: dict[bytes, bytes] = {}
    back: dict[bytes, bytes] = {}
    for before, after in zip(base, head, strict=True):
        if forth.setdefault(before, after) != after or back.setdefault(after, before) != before:
            return False
        if before != after and not _can_be_renamed(before, after):
            return False
    counts = Counter(base)
    changed = [(before, after) for before, after in forth.items() if before != after]
    return all(
        (before in declared.gone and after in declared.new) or _is_bound(base, before, counts[before])
        for before, after in changed
    )


def _can_be_renamed(before: bytes, after: bytes) -> bool:
    if before[:1] == b"'" or after[:1] == b"'":
        return before[:1] == after[:1] and b"'static" not in (before, after)
    return is_name(before) and is_name(after)


def _is_bound(words: Sequence[bytes], name: bytes, count: int) -> bool:
    """Whether the first place of a name binds it: a parameter, a variable, an item, a lifetime among the generics."""
    at = words.index(name)
    before = words[at - 1] if at else b""
    after = words[at + 1] if at + 1 < len(words) else b""
    if name[:1] == b"'":
        return count > 1 and before in (b"<", b",") and b"(" not in words[:at]
    if before in _ITEMS:
        return True
    if not name[:1].islower() and name[:1] != b"_":
        return False
    return count > 1 and before in _BINDERS and after not in (b"(", b"!", b"{", b".") and after != b"?"
