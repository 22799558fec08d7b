"""The sandbox's server: Starlette's requests and answers, uvicorn in a thread, loopback only."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
import urllib.parse
from typing import TYPE_CHECKING

from bot.sandbox.dispatch import Ask, Dispatcher, Reply
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.manifest import serve_page
from bot.sandbox.smart_http import is_git, serve_git
from bot.sandbox.state import State

if TYPE_CHECKING:
    import uvicorn
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

API = "/api/v3"
GRAPHQL = "/api/graphql"
START = 10.0


class Server:
    """Listens on a free port of 127.0.0.1 from ``start`` to ``stop``."""

    def __init__(self, state: State, faults: Faults) -> None:
        self._state = state
        self._faults = faults
        self._dispatcher = Dispatcher(state)
        self._stopping = threading.Event()
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, port: int = 0) -> str:
        """Begin to listen, on any free port unless told; gives the address without a slash at its end.

        Raises:
            RuntimeError: it did not come up in time.
        """
        import uvicorn

        self._socket = _listen(port)
        url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self,
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            http="h11",
            ws="none",
            timeout_graceful_shutdown=2,
        )
        self._server = _prompt_server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="sandbox-server", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + START
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the sandbox's server did not start")
            time.sleep(0.005)
        return url

    def stop(self) -> None:
        """Listen no more; connections that hang on purpose are cut."""
        self._stopping.set()
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(START)
        if self._socket is not None:
            self._socket.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        from starlette.concurrency import run_in_threadpool
        from starlette.requests import Request

        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        path = scope["raw_path"].decode("ascii").partition("?")[0]
        fault = self._faults.take(request.method, path.removeprefix(API))
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            fault = None
        if fault is not None and fault.kind in {"hang", "reset"}:
            await run_in_threadpool(self._lose, request, path, body, fault)
            await self._cut(send, fault)
            return
        response = await run_in_threadpool(self._respond, request, path, body, fault)
        await response(scope, receive, send)

    def _respond(self, request: Request, path: str, body: bytes, fault: Fault | None) -> Response:
        from starlette.responses import Response

        if path.startswith(API) or path == GRAPHQL:
            ask = _ask(request, path, body)
            return _response(self._dispatcher.answer(ask, fault))
        if is_git(path):
            if fault is not None:
                return Response("fault", fault.status, media_type="text/plain")
            answer = serve_git(self._state, request.method, path, request.url.query, request.headers, body)
            return Response(answer.body, answer.status, headers=dict(answer.headers))
        return _response(serve_page(self._state, request.method, path, request.url.query, body))

    def _lose(self, request: Request, path: str, body: bytes, fault: Fault) -> None:
        """What happens to a request whose answer will not arrive."""
        if path.startswith(API) or path == GRAPHQL:
            self._dispatcher.answer(_ask(request, path, body), fault)

    async def _cut(self, send: Send, fault: Fault) -> None:
        """Say nothing for a while, then drop the connection."""
        deadline = time.monotonic() + fault.seconds
        while fault.kind == "hang" and time.monotonic() < deadline and not self._stopping.is_set():
            await asyncio.sleep(0.02)
        # uvicorn's `send` is a method of the request's cycle, which has the connection.
        transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]
        transport.abort()


def _listen(port: int) -> socket.socket:
    """A socket that names its protocol: asyncio sends at once on no other, and each answer would take 40 ms more."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", port))
        found.listen(256)
    except OSError:
        found.close()
        raise
    return found


def _prompt_server(config: uvicorn.Config) -> uvicorn.Server:
    """The server of uvicorn, which looks every 10 ms and not every 100 whether to stop: tests start hundreds."""
    import uvicorn

    class Prompt(uvicorn.Server):
        async def main_loop(self) -> None:
            count = 0
            while not await self.on_tick(count % 864_000):
                count += 1
                await asyncio.sleep(0.01)

    return Prompt(config)


def _ask(request: Request, path: str, body: bytes) -> Ask:
    inner = "/graphql" if path == GRAPHQL else path.removeprefix(API) or "/"
    return Ask(request.method, inner, request.url.query, request.headers, body)


def _response(reply: Reply) -> Response:
    from starlette.responses import Response

    headers = {name: urllib.parse.quote(value, safe=_HEADER) for name, value in reply.headers.items()}
    if reply.status not in {204, 304}:
        headers["Content-Type"] = reply.media_type
    return Response(reply.body, reply.status, headers=headers)


_HEADER = "".join(chr(code) for code in range(0x20, 0x7F))
