"""Faults that a test orders: errors, rate limits, hanging and broken connections, lists that end too early."""

from __future__ import annotations

import fnmatch
import threading
from dataclasses import dataclass
from typing import Literal

Kind = Literal["status", "secondary", "primary", "hang", "reset", "slow", "truncate"]
When = Literal["before", "after"]


@dataclass(slots=True)
class Fault:
    """One order.

    ``method`` and ``path`` (without ``/api/v3``) are shell patterns; ``times`` is how many requests it still hits,
    ``skip`` how many it lets through first. With ``when="after"`` the request takes effect and only the answer is
    lost. ``seconds`` is how long to wait, or what Retry-After says.
    """

    kind: Kind
    method: str = "*"
    path: str = "*"
    status: int = 502
    times: int = 1
    skip: int = 0
    when: When = "before"
    seconds: float = 0.0
    hits: int = 0


class Faults:
    """All orders, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> Fault:
        """Add one; its ``hits`` count what it did."""
        with self._lock:
            self._ordered.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._ordered.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that hits a request, if any; uses it up."""
        with self._lock:
            for fault in self._ordered:
                if fault.times > 0 and _matches(fault, method, path):
                    if fault.skip > 0:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    fault.hits += 1
                    return fault
        return None


def _matches(fault: Fault, method: str, path: str) -> bool:
    return fnmatch.fnmatchcase(method, fault.method) and fnmatch.fnmatchcase(path, fault.path)
