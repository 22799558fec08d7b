"""What GitHub's refusals mean, told by status, headers and body."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from github.Requester import Requester

from bot.github.errors import ExpiredError, RefusedError, TransientError, translated
from bot.ports import GoneError

ABSENT = "not accessible by integration"


def told(
    status: int,
    message: str = "",
    headers: dict[str, str] | None = None,
    *,
    verb: str = "GET",
    path: str = "/repos/a/b",
    errors: list[Any] | None = None,
) -> Exception:
    body: dict[str, Any] = {"message": message} | ({"errors": errors} if errors else {})
    exception = Requester.createException(status, headers or {}, body)
    return translated(exception, verb, path, lambda: 1000.0)


@pytest.mark.parametrize(
    ("error", "kind", "wait"),
    [
        pytest.param(told(500), TransientError, 0, id="a trouble of GitHub's"),
        pytest.param(told(429), TransientError, 60, id="too many requests"),
        pytest.param(told(403, "no", {"retry-after": "17"}), TransientError, 17, id="told how long to wait"),
        pytest.param(
            told(403, "API rate limit exceeded", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1100"}),
            TransientError, 101, id="nothing remains until a time",
        ),
        pytest.param(told(403, "You have exceeded a secondary rate limit"), TransientError, 60, id="a secondary limit"),
        pytest.param(
            told(400, path="/graphql", errors=[{"type": "RATE_LIMITED", "message": "slow"}]),
            TransientError, 60, id="a limit of GraphQL",
        ),
        pytest.param(
            told(400, path="/graphql", errors=[{"message": "Something went wrong"}]),
            TransientError, 0, id="GraphQL gave up",
        ),
        pytest.param(
            translated(requests.ConnectionError("no"), "GET", "/x"), TransientError, 0, id="no connection",
        ),
    ],
)  # fmt: skip
def test_what_may_work_later(error: Exception, kind: type[TransientError], wait: float) -> None:
    assert isinstance(error, kind)
    assert error.retry_after == wait


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        pytest.param(told(404, "Not Found"), GoneError, "Not Found", id="not there"),
        pytest.param(told(410), GoneError, "410", id="gone"),
        pytest.param(told(451), GoneError, "451", id="blocked"),
        pytest.param(told(403, "This installation has been suspended"), GoneError, "suspended", id="suspended"),
        pytest.param(told(401, "Bad credentials"), ExpiredError, "key or token", id="an old token"),
        pytest.param(
            told(
                403, f"Resource {ABSENT}",
                {"x-accepted-github-permissions": "issues=write,metadata=read; pull_requests=write"},
            ),
            RefusedError, "(write issues and read metadata or write pull_requests)", id="a permission, with its name",
        ),
        pytest.param(
            told(400, path="/graphql", errors=[{"type": "FORBIDDEN", "message": f"Resource {ABSENT}"}]),
            RefusedError, "lacks a permission", id="a permission of GraphQL",
        ),
        pytest.param(
            told(422, "Validation Failed", errors=["plain", {"field": "body", "code": "missing"}]),
            RefusedError, "plain; body: missing", id="a fault in what was sent",
        ),
    ],
)  # fmt: skip
def test_what_will_not_work_later(error: Exception, kind: type[Exception], words: str) -> None:
    assert isinstance(error, kind)
    assert words in str(error)


@pytest.mark.parametrize(("verb", "ambiguous"), [("GET", False), ("POST", True), ("PATCH", True)])
def test_writes_whose_answer_was_lost_may_have_worked(verb: str, ambiguous: bool) -> None:
    for error in (told(502, verb=verb), translated(requests.Timeout(), verb, "/x")):
        assert isinstance(error, TransientError)
        assert error.ambiguous is ambiguous
    limited = told(429, verb=verb)
    assert isinstance(limited, TransientError)
    assert not limited.ambiguous
