"""HTTP connections whose peers must get to the point."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10
"""How long a request's head may take to arrive; uvicorn itself waits for ever."""
HEAD_BYTES = 512 * 1024
"""How much may arrive before a head is whole; uvicorn has no limit. One read may bring 256 KiB of body with it."""


class HurriedProtocol(HttpToolsProtocol):
    """Closes connections on which a request's head takes too long or is too large."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to count."""
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        """Count what arrives between requests."""
        if self._is_between():
            self._head += len(data)
            if self._head > HEAD_BYTES:
                self.transport.abort()
                return
            self._start()
        super().data_received(data)
        if not self._is_between():
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting."""
        self._stop()
        super().connection_lost(exc)

    def _is_between(self) -> bool:
        # uvicorn makes a cycle once it has the head.
        cycle: Any = self.cycle
        return cycle is None or cycle.response_complete

    def _start(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop(self) -> None:
        self._head = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self._is_between():
            self.transport.abort()
