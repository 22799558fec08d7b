"""The webhook endpoint: what is not signed by GitHub goes no further than here."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.ledger import DatabaseError
from bot.queue import Delivery, Outcome, Queue
from bot.web.body import Bodies, BodyError
from bot.web.metrics import Metrics
from bot.web.signature import is_signed
from bot.web.strangers import Strangers

_EVENT = re.compile(r"[a-z][a-z0-9_]{0,63}")
_RETRY_SECONDS = "30"
_INLINE = 256 * 1024
"""Bytes that are verified without leaving the event loop: a tenth of a millisecond."""

_log = logging.getLogger("cratewarden.web")


class _RefusedError(Exception):
    """A request that is answered with an error: its status, and a word for our log (never for the peer)."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


class Receiver:
    """Answers ``POST /webhooks/github``."""

    def __init__(self, queue: Queue, secrets: Sequence[str], metrics: Metrics) -> None:
        """``secrets`` are all that count, so that they can be changed without losing deliveries.

        Raises:
            ValueError: there is no secret.
        """
        if not secrets:
            raise ValueError("a receiver needs a webhook secret")
        self._queue = queue
        self._secrets = tuple(secrets)
        self._metrics = metrics
        self._bodies = Bodies()
        self._strangers = Strangers(time.monotonic)

    async def receive(self, request: Request) -> Response:
        """Check, store, acknowledge. 202 and 200 mean: it is on disk, or was before."""
        began = time.perf_counter()
        try:
            delivery = await self._checked(request)
        except _RefusedError as refused:
            return self._refuse(request, refused)
        try:
            outcome = await run_in_threadpool(self._queue.accept, delivery)
        except DatabaseError as error:
            # GitHub shows it as failed, and the reconciler asks for it again.
            cause = type(getattr(error, "orig", None) or error).__name__
            self._tell(delivery, "unstored", began, logging.ERROR, cause)
            return _answer(503, {"Retry-After": _RETRY_SECONDS})
        self._tell(delivery, outcome.value, began)
        if outcome is Outcome.REFUSED:
            return _answer(422)
        status = 200 if outcome is Outcome.DUPLICATE or delivery.event == "ping" else 202
        return JSONResponse({"delivery": delivery.id, "outcome": outcome.value}, status)

    async def _checked(self, request: Request) -> Delivery:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise _RefusedError(415, "content-type")
        try:
            body = await self._bodies.read(request)
        except BodyError as error:
            raise _RefusedError(error.status, "body") from None
        given = request.headers.get("x-hub-signature-256", "")
        if not await self._is_signed(body, given):
            raise _RefusedError(401, "signature")
        identity, event = (
            request.headers.get("x-github-delivery", ""),
            request.headers.get("x-github-event", ""),
        )
        if not _is_uuid(identity):
            raise _RefusedError(400, "delivery-id")
        if not _EVENT.fullmatch(event):
            raise _RefusedError(400, "event")
        return Delivery(identity.lower(), event, await self._payload(body))

    async def _is_signed(self, body: bytes, given: str) -> bool:
        if len(body) <= _INLINE:
            return is_signed(body, given, self._secrets)
        return await asyncio.to_thread(is_signed, body, given, self._secrets)

    async def _payload(self, body: bytes) -> Mapping[str, Any]:
        try:
            decode = msgspec.json.decode
            parsed = decode(body) if len(body) <= _INLINE else await asyncio.to_thread(decode, body)
        except (ValueError, RecursionError):
            raise _RefusedError(400, "json") from None
        if not isinstance(parsed, dict):
            raise _RefusedError(400, "json")
        return parsed

    def _refuse(self, request: Request, refused: _RefusedError) -> Response:
        peer = request.client.host if request.client else ""
        wait = self._strangers.offend(peer)
        status = 429 if wait else refused.status
        self._metrics.refused(status)
        if not wait:
            # Beyond that a stranger would fill the disk with log lines.
            extra = {"peer": peer, "status": status, "reason": refused.reason}
            _log.warning("request refused", extra=extra)
        # What is left of a body that nobody read cannot be told from the next request.
        headers = {"Connection": "close"} if status in (408, 413, 429) else {}
        return _answer(status, {**headers, "Retry-After": str(wait)} if wait else headers)

    def _tell(
        self, delivery: Delivery, outcome: str, began: float, level: int = logging.INFO, cause: str = ""
    ) -> None:
        seconds = time.perf_counter() - began
        self._metrics.delivered(delivery.event, outcome, seconds)
        extra: dict[str, Any] = {"delivery": delivery.id, "github_event": delivery.event, "outcome": outcome}
        _log.log(
            level,
            "delivery",
            extra={**extra, "seconds": round(seconds, 4), **({"cause": cause} if cause else {})},
        )


_WORDS = {
    400: "bad request",
    401: "unauthorized",
    408: "request timeout",
    413: "content too large",
    415: "unsupported media type",
    422: "unprocessable content",
    429: "too many requests",
    503: "service unavailable",
}


def _answer(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": _WORDS[status]}, status, headers=dict(headers or {}))


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
