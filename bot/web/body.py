"""Reads a request's body within limits of size and time."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

LARGEST = 25 * 1024 * 1024
"""Bytes. GitHub sends no more (docs.github.com, "Webhook events and payloads")."""
_SMALL = 1024 * 1024
_AT_ONCE = 4
"""How many bodies above a mebibyte are read at a time: four times 25 MB is what strangers can make us hold."""


class BodyError(Exception):
    """A body that was not read: the HTTP status to answer with."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Bodies:
    """Reads bodies; ``seconds`` is the time for one, as GitHub waits no longer for its answer."""

    def __init__(self, seconds: float = 10) -> None:
        self._seconds = seconds
        self._large = asyncio.Semaphore(_AT_ONCE)

    async def read(self, request: Request) -> bytes:
        """The whole body.

        Raises:
            BodyError: 413 it is too large, 408 it takes too long, 400 it ends early or its length is no number.
        """
        declared = request.headers.get("content-length", "0")
        if not (declared.isascii() and declared.isdecimal()):
            raise BodyError(400)
        if len(declared) > 12 or int(declared) > LARGEST:
            raise BodyError(413)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._pieces(request)
        except TimeoutError:
            raise BodyError(408) from None
        except ClientDisconnect:
            raise BodyError(400) from None

    async def _pieces(self, request: Request) -> bytes:
        body = bytearray()
        is_large = False
        try:
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST:
                    raise BodyError(413)
                if len(body) > _SMALL and not is_large:
                    await self._large.acquire()
                    is_large = True
        finally:
            if is_large:
                self._large.release()
        return bytes(body)
