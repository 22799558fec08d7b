"""Which requests are tried again at once, and which are not.

A worker must not sleep for minutes inside a request: long waits are told to the queue. And what may have taken effect
must not be sent twice blindly: PyGithub's own policy repeats a POST whose answer was lost.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

from github import GithubRetry
from github.Requester import Requester
from urllib3.exceptions import NewConnectionError

if TYPE_CHECKING:
    from urllib3.connectionpool import ConnectionPool
    from urllib3.response import BaseHTTPResponse

# POST requests without an effect of their own.
_REPEATABLE = ("/access_tokens", "/graphql")


@dataclass(frozen=True, slots=True)
class Manners:
    """How requests are made; times in seconds.

    ``timeout`` holds for connecting and for each read. ``attempts`` are repetitions. ``longest_wait`` is the
    most that a request waits for a rate limit by itself. GitHub asks to pause between writes; 80 a minute
    that make something new are allowed (docs: "Best practices for using the REST API").
    """

    timeout: int = 15
    attempts: int = 3
    backoff: float = 0.5
    longest_wait: float = 5.0
    between_requests: float = 0.0
    between_writes: float = 0.3
    settle: float = 1.0

    def retry(self) -> Patience:
        """The policy for urllib3."""
        return Patience(
            total=self.attempts,
            backoff_factor=self.backoff,
            secondary_rate_wait=60.0,
            max_rate_limit_wait=self.longest_wait,
        )


class Patience(GithubRetry):
    """PyGithub's retry policy, less patient with limits and more careful with writes."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        """The policy for the next attempt, or the exception that ends it."""
        repeatable = method != "POST" or (url or "").partition("?")[0].endswith(_REPEATABLE)
        if response is not None:
            seconds = response.headers.get("Retry-After", "")
            too_long = seconds.isdecimal() and float(seconds) > (self.max_rate_limit_wait or 0.0)
            if too_long or (not repeatable and response.status >= 500):
                raise self._refusal(response, url)
        elif error is not None and not repeatable and not isinstance(error, NewConnectionError):
            raise error
        after = super().increment(method, url, response, error, _pool, _stacktrace)  # type: ignore[arg-type]
        return cast("Self", after)

    def _refusal(self, response: BaseHTTPResponse, url: str | None) -> Exception:
        try:
            content: Any = json.loads(self.get_content(response, url or ""))  # type: ignore[arg-type]
        except ValueError:
            content = None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Requester.createException(
            response.status, headers, content if isinstance(content, dict) else {}
        )
