"""Counts bad requests by peer, in bounded memory."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

_PEERS = 10_000
"""How many peers are remembered; the one that was quiet longest goes first."""


class Strangers:
    """Allows each peer ``burst`` bad requests, and one more for every ``seconds`` that pass."""

    def __init__(self, clock: Callable[[], float], burst: int = 20, seconds: float = 3) -> None:
        self._clock = clock
        self._burst = burst
        self._seconds = seconds
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def offend(self, peer: str) -> int:
        """Count a bad request; 0, or after how many seconds the peer may be answered properly again."""
        now = self._clock()
        spent, since = self._spent.pop(peer, (0.0, now))
        spent = max(0.0, spent - (now - since) / self._seconds)
        is_over = spent + 1 > self._burst
        self._spent[peer] = (spent if is_over else spent + 1, now)
        if len(self._spent) > _PEERS:
            self._spent.popitem(last=False)
        return math.ceil((spent + 1 - self._burst) * self._seconds) if is_over else 0
