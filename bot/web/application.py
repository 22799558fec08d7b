"""The web application: the receiver, and pages for machines that watch the server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.ledger import DatabaseError, Ledger
from bot.queue import Queue
from bot.web.metrics import CONTENT_TYPE, Metrics
from bot.web.receiver import Receiver

BEHIND_SECONDS = 900
"""A job that has been due for longer says that this server does not keep up."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Health:
    """Answers ``/healthz`` (the process answers) and ``/readyz`` (send it work)."""

    def __init__(self, ledger: Ledger, queue: Queue) -> None:
        self._ledger = ledger
        self._queue = queue

    async def alive(self, _request: Request) -> Response:
        """Always 200: this is only about the process."""
        return JSONResponse({"status": "alive"})

    async def ready(self, _request: Request) -> Response:
        """200, or 503 with what is wrong."""
        found = await run_in_threadpool(self._look)
        is_ready = all(value is True for key, value in found.items() if key != "backlog_seconds")
        return JSONResponse({"ready": is_ready, **found}, 200 if is_ready else 503)

    def _look(self) -> dict[str, bool | float]:
        found: dict[str, bool | float] = {
            "database": False,
            "migrated": False,
            "worker": self._queue.is_alive(),
        }
        try:
            found["migrated"] = self._ledger.is_current()
            age = self._queue.backlog().oldest_seconds
        except DatabaseError:
            return found
        return {
            **found,
            "database": True,
            "keeps_up": age < BEHIND_SECONDS,
            "backlog_seconds": round(age, 1),
        }


class _SecurityHeaders:
    """Adds headers that tell browsers to trust nothing here; a page may set its own instead."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with if scope["type"] == "http" else send)


def create_app(
    ledger: Ledger,
    queue: Queue,
    secrets: Sequence[str],
    metrics: Metrics,
    pages: Iterable[BaseRoute] = (),
) -> ASGIApp:
    """The application; ``pages`` are further routes. The queue is the caller's to start and stop.

    Raises:
        ValueError: there is no webhook secret.
    """
    receiver, health = Receiver(queue, secrets, metrics), Health(ledger, queue)

    async def figures(_request: Request) -> Response:
        return Response(await run_in_threadpool(metrics.text), headers={"Content-Type": CONTENT_TYPE})

    routes = [
        Route("/webhooks/github", receiver.receive, methods=["POST"]),
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", figures),
        *pages,
    ]
    return _SecurityHeaders(Starlette(routes=routes))
