"""The nesting of parentheses, brackets and braces in a masked source."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

_DELIMITER = re.compile(rb"[(){}\[\]]")
# Delimiters alone, renamed so that an opener is 0, 1 or 2 and its closer three more.
_CODES = bytes.maketrans(b"([{)]}", bytes(range(6)))
_REST = bytes(set(range(256)) - set(b"([{)]}"))
_BRACE = 2


class Delimiters:
    """All delimiters of a text, paired, in order; groups are numbered in the order of their openers.

    ``positions[i]`` is the offset of the i-th delimiter and ``groups[i]`` the group it opens or closes.
    For group ``g``: ``opens[g]`` and ``closes[g]`` are offsets (``closes`` is the text's length for a
    group that never ends), ``parents[g]`` the enclosing group or -1, ``depths[g]`` its depth from 1.
    ``unbalanced`` is the offset of the first delimiter without its partner, or -1.
    """

    __slots__ = ("closes", "depths", "groups", "opens", "parents", "positions", "text", "unbalanced")

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.positions: list[int] = []
        self.groups: list[int] = []
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.parents: list[int] = []
        self.depths: list[int] = []
        self.unbalanced = -1
        self._pair()

    def _pair(self) -> None:
        self.positions = positions = [found.start() for found in _DELIMITER.finditer(self.text)]
        opens, closes, parents, depths, groups = (
            self.opens,
            self.closes,
            self.parents,
            self.depths,
            self.groups,
        )
        length = len(self.text)
        codes: list[int] = []
        braces: list[int] = []
        stray: list[int] = []
        current, depth = -1, 0
        for position, code in zip(positions, self.text.translate(_CODES, _REST), strict=True):
            if code <= _BRACE:
                parents.append(current)
                current = len(opens)
                depth += 1
                opens.append(position)
                closes.append(length)
                depths.append(depth)
                codes.append(code + 3)
                groups.append(current)
                if code == _BRACE:
                    braces.append(current)
                continue
            if current < 0 or codes[current] != code:
                self._note_unbalanced(position)
                # People break code by leaving a parenthesis open, so a brace closes over those; any other
                # stray closer is ignored.
                if code != _BRACE + 3 or not braces:
                    stray.append(position)
                    continue
                current = braces[-1]
                depth = depths[current]
            if code == _BRACE + 3:
                braces.pop()
            closes[current] = position
            groups.append(current)
            current = parents[current]
            depth -= 1
        if current >= 0:
            self._note_unbalanced(opens[current])
        if stray:
            ignored = frozenset(stray)
            self.positions = [position for position in positions if position not in ignored]

    def _note_unbalanced(self, position: int) -> None:
        if self.unbalanced < 0:
            self.unbalanced = position

    def enclosing(self, offset: int) -> int:
        """The innermost group that holds the byte at ``offset`` (a delimiter is not inside its own group)."""
        index = bisect_left(self.positions, offset) - 1
        if index < 0:
            return -1
        group = self.groups[index]
        return group if self.opens[group] == self.positions[index] else self.parents[group]

    def index_before(self, offset: int) -> int:
        """Index of the last delimiter that lies before ``offset``, or -1."""
        return bisect_left(self.positions, offset) - 1

    def index_from(self, offset: int) -> int:
        """Index of the first delimiter at or after ``offset``; ``len(positions)`` when there is none."""
        return bisect_left(self.positions, offset)

    def group_at(self, offset: int) -> int:
        """The group whose opener stands at ``offset``, or -1."""
        index = bisect_right(self.positions, offset) - 1
        if index < 0 or self.positions[index] != offset or self.opens[self.groups[index]] != offset:
            return -1
        return self.groups[index]
