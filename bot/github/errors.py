"""What a failed request means: try again, nothing there, or something a person has to put right."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.ports import GoneError

if TYPE_CHECKING:
    from github import GithubException

# GitHub asks to wait a minute where it does not say how long (docs: "Rate limits for the REST API").
MINUTE = 60.0
GRAPHQL = "/graphql"
GONE = frozenset({404, 410, 451})
_SUSPENDED = "installation has been suspended"
_NOT_ALLOWED = "not accessible by integration"


class TransientError(Exception):
    """It may work later: after ``retry_after`` seconds at the soonest.

    ``ambiguous``: the request may have taken effect although its answer was lost.
    """

    def __init__(self, message: str, retry_after: float = 0.0, *, ambiguous: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.ambiguous = ambiguous


class RefusedError(Exception):
    """GitHub will not do it, however often it is asked; the text says what to put right.

    ``status`` is the HTTP status.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ExpiredError(RefusedError):
    """GitHub does not know the token or signature (any more)."""


def translated(
    error: Exception, verb: str, path: str, now: Callable[[], float] = time.time
) -> TransientError | RefusedError | GoneError:
    """What an exception of PyGithub, requests or urllib3 means for one request; ``path`` has no query."""
    from github import GithubException

    what = f"{verb} {path}"
    if not isinstance(error, GithubException):
        return TransientError(f"{what}: {type(error).__name__}", ambiguous=verb != "GET")
    headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
    wait = _wait(error, headers, now)
    if wait is not None or error.status >= 500:
        said = f"status {error.status}" if wait is None else "GitHub's rate limit is used up"
        return TransientError(f"{what}: {said}", wait or 0.0, ambiguous=wait is None and verb != "GET")
    message = _message(error)
    if path == GRAPHQL and error.status == 400:
        return _of_graphql(error, what, message)
    if error.status in GONE or _SUSPENDED in message:
        return GoneError(f"{what}: {message or error.status}")
    if error.status == 401:
        return ExpiredError(f"{what}: GitHub does not accept the App's key or token: {message}", 401)
    return RefusedError(_reason(what, error.status, message, headers), error.status)


def _of_graphql(error: GithubException, what: str, message: str) -> TransientError | RefusedError:
    """GraphQL answers 200 with errors that have a type; one without is a trouble of GitHub's own."""
    listed = error.data.get("errors") if isinstance(error.data, dict) else None
    kinds = {one.get("type") for one in listed or () if isinstance(one, dict)}
    if "RATE_LIMITED" in kinds:
        return TransientError(f"{what}: GitHub's rate limit is used up", MINUTE)
    if kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
        return RefusedError(_reason(what, 403, message, {}), 403)
    return TransientError(f"{what}: {message}")


def _wait(error: GithubException, headers: Mapping[str, str], now: Callable[[], float]) -> float | None:
    """The seconds to wait for a rate limit; None if it is something else.

    The order is GitHub's: Retry-After, the reset time when nothing remains, else a minute.
    """
    from github import RateLimitExceededException

    limited = (
        error.status == 429
        or isinstance(error, RateLimitExceededException)
        or (error.status == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"))
    )
    if not limited:
        return None
    after = headers.get("retry-after", "")
    if after.isdecimal():
        return float(after)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return max(float(reset) - now(), 0.0) + 1.0  # nobody knows when in that second
    return MINUTE


def _message(error: GithubException) -> str:
    data: Any = error.data
    if not isinstance(data, dict):
        return str(data or "")
    parts = [str(data.get("message") or "")]
    errors = data.get("errors")
    for one in errors if isinstance(errors, list) else ():
        said = (
            (one.get("message") or f"{one.get('field')}: {one.get('code')}") if isinstance(one, dict) else one
        )
        parts.append(str(said))
    return "; ".join(filter(None, parts))


def _reason(what: str, status: int, message: str, headers: Mapping[str, str]) -> str:
    if status == 403 and _NOT_ALLOWED in message:
        needed = _permissions(headers.get("x-accepted-github-permissions", ""))
        return (
            f"{what}: the App's installation lacks a permission{needed}: "
            "grant it in the App's settings, and accept it for the installation"
        )
    return f"{what}: GitHub refuses it ({status}): {message or 'it does not say why'}"


def _permissions(header: str) -> str:
    """The header in words: sets are separated by ``;``, each of them is enough (GitHub changelog, 2023-08-10)."""
    sets = [
        " and ".join(" ".join(reversed(one.strip().split("="))) for one in group.split(","))
        for group in header.split(";")
        if group.strip()
    ]
    return f" ({' or '.join(sets)})" if sets else ""
