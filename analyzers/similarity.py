"""How alike two token sequences are, and pairing by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

# Beyond this many candidate pairs only neighbours in order are compared: quadratic work on a hostile pull
# request would keep the gate from ever answering.
_MAX_PAIRS = 20_000
# Short sequences are alike by chance: declarations of two names share all but the name.
_SHORT = 20
_SHORT_ALIKE = 0.9


def similarity(left: Counter[bytes], right: Counter[bytes]) -> float:
    """Shared tokens over all tokens, counted with multiplicity: 1.0 for permutations, 0.0 for nothing in common."""
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 1.0


def pair_up(
    left: Sequence[Sequence[bytes]], right: Sequence[Sequence[bytes]], threshold: float
) -> list[tuple[int, int]]:
    """Pair indices of the most alike sequences first, each at most once, none below ``threshold``.

    Ties go to the earlier indices, so the result depends on nothing but the input.
    """
    if not left or not right:
        return []
    counted_left = [Counter(words) for words in left]
    counted_right = [Counter(words) for words in right]
    if len(left) * len(right) > _MAX_PAIRS:
        reach = max(1, _MAX_PAIRS // max(len(left), len(right)) // 2)
        candidates = [
            (i, j) for i in range(len(left)) for j in range(max(0, i - reach), min(len(right), i + reach + 1))
        ]
    else:
        candidates = [(i, j) for i in range(len(left)) for j in range(len(right))]
    scored = [(-similarity(counted_left[i], counted_right[j]), abs(i - j), i, j) for i, j in candidates]
    pairs: list[tuple[int, int]] = []
    used_left: set[int] = set()
    used_right: set[int] = set()
    for score, _, i, j in sorted(scored):
        if -score < threshold:
            break
        if threshold and -score < _SHORT_ALIKE and len(left[i]) + len(right[j]) < _SHORT:
            continue
        if i not in used_left and j not in used_right:
            used_left.add(i)
            used_right.add(j)
            pairs.append((i, j))
    return pairs
