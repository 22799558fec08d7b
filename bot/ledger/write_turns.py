"""Lets the writers of one process come in turn, instead of leaving them to SQLite's growing naps (up to 100 ms)."""

from __future__ import annotations

import collections
import threading
from typing import Any

import sqlalchemy as sa

_WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN", "REPLACE")
_HELD = "cratewarden-turn"
AHEAD = "cratewarden-ahead"
"""Set in a connection's ``info``, this turn comes before those of all that are not in a hurry."""


class _Turns:
    """A lock that is given to whoever has waited longest, those in a hurry first."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._hurried: collections.deque[threading.Lock] = collections.deque()
        self._waiting: collections.deque[threading.Lock] = collections.deque()
        self._taken = False

    def take(self, ahead: bool) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            (self._hurried if ahead else self._waiting).append(mine)
        mine.acquire()

    def give(self) -> None:
        with self._guard:
            if queue := self._hurried or self._waiting:
                queue.popleft().release()
            else:
                self._taken = False


def take_turns(engine: sa.Engine) -> None:
    """Make every transaction of an engine that writes wait its turn; the turn ends with the transaction.

    Other processes still wait as SQLite has it. A thread must not write through two connections at once: it
    would wait for itself, as it would for SQLite.
    """
    turns = _Turns()

    def before(connection: sa.Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        info = connection.info
        if _HELD not in info and statement.lstrip()[:7].upper().startswith(_WRITES):
            turns.take(info.pop(AHEAD, False))
            info[_HELD] = True

    def give_back(info: dict[Any, Any]) -> None:
        info.pop(AHEAD, None)
        if info.pop(_HELD, None):
            turns.give()

    # After the transaction has ended for the database, and whatever way a connection comes back.
    sa.event.listen(engine, "before_cursor_execute", before)
    sa.event.listen(engine.pool, "checkin", lambda _connection, record: give_back(record.info))
    sa.event.listen(engine.pool, "invalidate", lambda _connection, record, _error: give_back(record.info))
    sa.event.listen(engine.pool, "close", lambda _connection, record: give_back(record.info))
