"""Requests of one caller, with typed answers and errors that say what to do.

PyGithub signs, sends, repeats and paces the requests. Its objects are not used: they fetch what an answer leaves out
behind the caller's back, one request for each object of a list, and at another moment than the rest was read.
"""

from __future__ import annotations

import datetime
import email.utils
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec
import requests
import urllib3
from github import GithubException
from github.Requester import Requester

from bot.decoding import decoded
from bot.github.errors import GRAPHQL, ExpiredError, TransientError, translated

T = TypeVar("T")
PER_PAGE = 100
_ERRORS = (GithubException, requests.RequestException, urllib3.exceptions.HTTPError)


class Api:
    """One caller's requests; ``open_requester`` makes a fresh one, with a fresh token.

    Every method may raise TransientError, RefusedError and GoneError. Threads may share it: each request gets a
    PyGithub requester of its own, since that keeps what it is about to send where another thread would
    overwrite it. The one used last is used next, so that one thread alone needs one connection and token.
    """

    def __init__(self, open_requester: Callable[[], Requester]) -> None:
        self._open = open_requester
        self._idle: list[Requester] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connections that are not in use."""
        with self._lock:
            idle, self._idle = self._idle, []
        for requester in idle:
            requester.close()

    def time(self, path: str) -> datetime.datetime | None:
        """The server's time as it stands in its answer about a path, whatever else the answer says."""
        answer = self._tried("GET", path, lambda requester: requester.requestJson("GET", path)[1:])
        told = answer[0].get("date")
        return email.utils.parsedate_to_datetime(str(told)) if told else None

    def get(self, path: str, kind: type[T], parameters: Mapping[str, Any] | None = None) -> T:
        """What stands at a path."""
        return self._read(path, self._ask("GET", path, parameters=parameters)[1], kind)

    def pages(
        self, path: str, kind: type[T], parameters: Mapping[str, Any] | None = None, key: str = ""
    ) -> Iterator[T]:
        """All entries of a list, page after page; ``key`` where the list stands inside an object."""
        url, given = path, {"per_page": PER_PAGE, **(parameters or {})}
        while url:
            headers, data = self._ask("GET", url, parameters=given)
            page = data.get(key) if key and isinstance(data, dict) else data
            yield from self._read(path, page, list[kind])  # type: ignore[valid-type]
            # The address of the next page has all the parameters.
            url, given = _next(str(headers.get("link", ""))), {}

    def send(self, verb: str, path: str, body: Mapping[str, Any] | None, kind: type[T]) -> T:
        """Write something; the answer as ``kind`` (``type(None)`` where it does not matter)."""
        answer = self._ask(verb, path, body=body)[1]
        return self._read(path, None if kind is type(None) else answer, kind)

    def graphql(self, query: str, variables: Mapping[str, Any], kind: type[T]) -> T:
        """The ``data`` of a GraphQL query (never of a mutation: it may be repeated)."""
        answer = self._tried(
            "POST", GRAPHQL, lambda requester: requester.graphql_query(query, dict(variables))
        )
        data = answer[1].get("data") if isinstance(answer[1], dict) else None
        return self._read(GRAPHQL, data, kind)

    def _ask(
        self,
        verb: str,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> tuple[dict[str, Any], Any]:
        return self._tried(
            verb,
            path,
            lambda requester: requester.requestJsonAndCheck(
                verb, path, parameters=dict(parameters or {}), input=None if body is None else dict(body)
            ),
        )

    def _tried(
        self, verb: str, path: str, ask: Callable[[Requester], tuple[dict[str, Any], Any]]
    ) -> tuple[dict[str, Any], Any]:
        with self._lock:
            requester = self._idle.pop() if self._idle else None
        requester = requester or self._open()
        try:
            try:
                return _once(requester, verb, path, ask)
            except ExpiredError:
                # A token ends early when it is revoked or the clocks differ; a fresh one settles it.
                requester.close()
                requester = self._open()
                return _once(requester, verb, path, ask)
        finally:
            with self._lock:
                self._idle.append(requester)

    @staticmethod
    def _read(path: str, data: Any, kind: type[T]) -> T:
        try:
            return decoded(data, kind)
        except msgspec.ValidationError as error:
            raise TransientError(f"{path}: the answer is not as GitHub describes it: {error}") from error


def _next(link: str) -> str:
    """The address of the next page in a Link header (docs: "Using pagination in the REST API")."""
    for part in requests.utils.parse_header_links(link):
        if part.get("rel") == "next":
            return str(part["url"])
    return ""


def _once(
    requester: Requester, verb: str, path: str, ask: Callable[[Requester], tuple[dict[str, Any], Any]]
) -> tuple[dict[str, Any], Any]:
    try:
        return ask(requester)
    except _ERRORS as error:
        raise translated(error, verb, path.partition("?")[0]) from error
    except ValueError as error:  # JSON that ends too early
        raise TransientError(f"{verb} {path}: the answer is no JSON", ambiguous=verb != "GET") from error
