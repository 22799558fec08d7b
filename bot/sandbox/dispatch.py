"""One request of the REST API from its headers to its answer."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.access import authorise, identify
from bot.sandbox.clock import stamp
from bot.sandbox.faults import Fault
from bot.sandbox.registry import Answer, Call, Caller, Endpoint, Refusal, endpoints, not_found
from bot.sandbox.state import Exchange, Served, State

LIMIT = 5000
_DOCS = "https://docs.github.com/rest"
_SECONDARY = (
    "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry "
    "your request again later."
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: the path starts after ``/api/v3``, header names are small."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Reply:
    """What goes back to the client."""

    status: int
    body: bytes
    media_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class Dispatcher:
    """Finds the endpoint of each request, and keeps the counts that GitHub's headers show."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._endpoints = endpoints()
        self._used: dict[tuple[str, int], int] = {}
        self._graphql: Any = None

    def answer(self, ask: Ask, fault: Fault | None = None) -> Reply:
        """Serve a request; with a fault that strikes before, its effect does not happen."""
        with self._state.lock:
            caller = Caller()
            try:
                caller = identify(self._state, ask.headers.get("authorization"))
                if fault is not None and fault.when == "before" and fault.kind != "truncate":
                    reply = failed(self._state, fault)
                else:
                    reply = self._serve(ask, caller, fault)
            except Refusal as refusal:
                reply = refused(refusal)
            if fault is not None and fault.when == "after":
                reply = failed(self._state, fault)
            self._finish(ask, caller, reply, counted=reply.status != 304)
            lost = fault is not None and fault.kind in {"hang", "reset"}
            self._state.requests.append(
                Served(ask.method, ask.path, 0 if lost else reply.status, self._state.now(), caller.name)
            )
            return reply

    def _serve(self, ask: Ask, caller: Caller, fault: Fault | None) -> Reply:
        if ask.path == "/graphql":
            return self._serve_graphql(ask, caller)
        endpoint, path = self._find(ask)
        call = Call(
            state=self._state,
            caller=caller,
            path=path,
            query=dict(urllib.parse.parse_qsl(ask.query, keep_blank_values=True)),
            headers=ask.headers,
            body=_body(ask.body),
            url=f"{self._state.url}/api/v3{ask.path}",
        )
        try:
            authorise(call, endpoint)
            reply = _reply(endpoint.handler(call), fault)
        except Refusal as refusal:
            reply = refused(refusal)
        if self._state.validator is not None and (fault is None or fault.kind != "truncate"):
            self._state.violations += self._state.validator.exchange(
                Exchange(
                    ask.method,
                    endpoint.template,
                    ask.path,
                    ask.body,
                    reply.status,
                    reply.body,
                    reply.media_type,
                )
            )
        return reply

    def _serve_graphql(self, ask: Ask, caller: Caller) -> Reply:
        from bot.sandbox.graphql import Graph

        if ask.method != "POST":
            raise not_found()
        if self._graphql is None:
            self._graphql = Graph(self._state)
        return Reply(200, _encode(self._graphql.answer(caller, _body(ask.body))))

    def _find(self, ask: Ask) -> tuple[Endpoint, dict[str, str]]:
        for endpoint in self._endpoints:
            if endpoint.method == ask.method and (found := endpoint.pattern.fullmatch(ask.path)):
                return endpoint, {
                    name: urllib.parse.unquote(part) for name, part in found.groupdict().items()
                }
        raise not_found()

    def _finish(self, ask: Ask, caller: Caller, reply: Reply, *, counted: bool) -> None:
        now = self._state.now()
        hour = int(now.timestamp()) // 3600
        key = (caller.name, hour)
        if ask.method == "GET" and reply.status == 200:
            tag = f'W/"{hashlib.sha256(reply.body).hexdigest()}"'
            reply.headers.setdefault("ETag", tag)
            if ask.headers.get("if-none-match") in {tag, tag.removeprefix("W/")}:
                reply.status, reply.body, counted = 304, b"", False
        self._used[key] = self._used.get(key, 0) + int(counted)
        used = self._used[key]
        for name, value in {
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": "2022-11-28",
            "X-GitHub-Enterprise-Version": "3.19.0",
            "X-GitHub-Request-Id": f"0000:{self._state.new_id():X}",
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(max(LIMIT - used, 0)),
            "X-RateLimit-Used": str(used),
            "X-RateLimit-Reset": str((hour + 1) * 3600),
            "X-RateLimit-Resource": "core",
        }.items():
            reply.headers.setdefault(name, value)
        if caller.token is not None:
            reply.headers["github-authentication-token-expiration"] = stamp(caller.token.expires_at)


def refused(refusal: Refusal) -> Reply:
    """An error as GitHub writes it."""
    said: dict[str, Any] = {"message": refusal.message}
    if refusal.errors is not None:
        said["errors"] = refusal.errors
    said |= {"documentation_url": _DOCS, "status": str(refusal.status)}
    return Reply(refusal.status, _encode(said), headers=dict(refusal.headers))


def failed(state: State, fault: Fault) -> Reply:
    """The answer that a fault puts in place of the right one."""
    if fault.kind == "secondary":
        wait = {"Retry-After": str(int(fault.seconds) or 60)}
        return refused(Refusal(403, _SECONDARY, headers=wait))
    if fault.kind == "primary":
        reset = int(state.now().timestamp() + (fault.seconds or 3600))
        headers = {
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Used": str(LIMIT),
            "X-RateLimit-Reset": str(reset),
        }
        return refused(Refusal(403, "API rate limit exceeded for installation ID 1.", headers=headers))
    if fault.status == 429:
        wait = {"Retry-After": str(int(fault.seconds))} if fault.seconds else {}
        return refused(Refusal(429, _SECONDARY, headers=wait))
    if fault.status >= 500:
        return Reply(fault.status, b"<html><body>Unicorn! Server Error</body></html>", "text/html")
    return refused(Refusal(fault.status, "The sandbox was told to fail"))


def _reply(answer: Answer, fault: Fault | None) -> Reply:
    if answer.raw is not None:
        return Reply(answer.status, answer.raw, answer.media_type, dict(answer.headers))
    value, headers = answer.value, dict(answer.headers)
    if fault is not None and fault.kind == "truncate":
        headers.pop("Link", None)
        value = _halved(value)
    body = b"" if answer.status in {204, 304} else _encode(value)
    return Reply(answer.status, body, answer.media_type, headers)


def _halved(value: Any) -> Any:
    """A list that ends too early, or an object whose lists do."""
    if isinstance(value, list):
        return value[: len(value) // 2]
    if isinstance(value, dict):
        return {name: one[: len(one) // 2] if isinstance(one, list) else one for name, one in value.items()}
    return value


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _body(data: bytes) -> dict[str, Any]:
    if not data.strip():
        return {}
    try:
        value = json.loads(data)
    except ValueError as error:
        raise Refusal(400, "Problems parsing JSON") from error
    # Some endpoints take a bare list (labels); they find it under "".
    if isinstance(value, list):
        return {"": value}
    if not isinstance(value, dict):
        raise Refusal(400, "Body should be a JSON object")
    return value
