"""Folds wide gaps: however much white space and comments stand between two tokens, little of it is left.

Every later step looks some bytes around a place. Were those bytes the file's own, its author could push what
matters out of sight with a long comment or a run of spaces. In folded text no gap is as wide as ``WIDE``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

# A gap of so many bytes is folded to its first one. Comments are gaps too: masked text has spaces for them.
WIDE = 128
# Of any `WIDE` bytes in a row at least two are samples.
_STRIDE = WIDE // 2
_SAMPLES = re.compile(rb"\s\s+")
_SPACE = re.compile(rb"\s*+")


@dataclass(frozen=True, slots=True)
class Folded:
    """A source and its masked text, of one length and without wide gaps, and the way back to the file.

    ``cuts`` are the offsets behind which something is missing, ``ends`` where it ended in the file, and
    ``missing`` how much was left out before each cut, and in all.
    """

    data: bytes
    text: bytes
    cuts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    missing: tuple[int, ...] = (0,)

    def place(self, offset: int) -> int:
        """Where in the file the byte at ``offset`` stands; for the end of code, where that ends in the file."""
        return offset + self.missing[bisect_right(self.cuts, offset)]

    def offset(self, place: int) -> int:
        """Where the code that stands at ``place`` in the file is here; in a gap, the code behind it."""
        index = bisect_right(self.ends, place)
        offset = place - self.missing[index]
        return min(offset, self.cuts[index]) if index < len(self.cuts) else offset


def fold(data: bytes, text: bytes) -> Folded:
    """Leave out what is wide in the white space of masked text, from the source and the text alike."""
    cuts: list[int] = []
    ends: list[int] = []
    missing = [0]
    kept: list[slice] = []
    position = 0
    for start, end in _wide_gaps(text):
        kept.append(slice(position, start + 1))
        cuts.append(start + 1 - missing[-1])
        ends.append(end)
        missing.append(missing[-1] + end - start - 1)
        position = end
    if not cuts:
        return Folded(data, text)
    kept.append(slice(position, len(text)))
    return Folded(
        b"".join([data[part] for part in kept]),
        b"".join([text[part] for part in kept]),
        tuple(cuts),
        tuple(ends),
        tuple(missing),
    )


def _wide_gaps(text: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of every wide gap between tokens; literals, which are masked by spaces as well, are none."""
    quotes = counted = 0
    for samples in _SAMPLES.finditer(text[::_STRIDE]):
        sample, last = samples.start() * _STRIDE, (samples.end() - 1) * _STRIDE
        while sample < last:
            # The sample before is either code or in another gap.
            low = max(0, sample - _STRIDE)
            start = low + len(text[low:sample].rstrip())
            found = _SPACE.match(text, sample)
            end = found.end() if found else sample + 1
            if end - start >= WIDE:
                quotes += text.count(b'"', counted, start)
                counted = start
                if quotes % 2 == 0:
                    yield start, end
            sample = -(-end // _STRIDE) * _STRIDE
