"""What an endpoint is: a function with a method, a path of GitHub's description and the permission it needs."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.model import Account, App, Installation, Json, Repository, Token
from bot.sandbox.state import State

By = Literal["anyone", "app", "installation", "token"]


class Refusal(Exception):  # noqa: N818 - an answer of GitHub's, not a fault of ours
    """An answer that is an error: HTTP status, GitHub's message, and its list of errors for a 422."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: list[Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = dict(headers or {})


def not_found() -> Refusal:
    """What GitHub says of a thing that is not there, or that the caller may not know of."""
    return Refusal(404, "Not Found")


def invalid(resource: str, field_name: str, message: str, *, code: str = "invalid") -> Refusal:
    """A 422 about one field."""
    fault = {"resource": resource, "field": field_name, "code": code, "message": message}
    return Refusal(422, "Validation Failed", [fault])


def forbidden(needs: tuple[tuple[str, str], ...] = ()) -> Refusal:
    """What an App hears that lacks a permission, with those of which one is enough."""
    accepted = "; ".join(f"{name}={level}" for name, level in needs)
    headers = {"X-Accepted-GitHub-Permissions": accepted} if accepted else {}
    return Refusal(403, "Resource not accessible by integration", headers=headers)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an App (by its signature), an installation (by its token), a user, or nobody known."""

    app: App | None = None
    token: Token | None = None
    account: Account | None = None

    @property
    def name(self) -> str:
        """For the log of requests."""
        if self.account is not None:
            return self.account.login
        return f"app:{self.app.slug}" if self.app else "anonymous"

    @property
    def installation(self) -> Installation | None:
        """The installation whose token it is."""
        return self.token.installation if self.token else None


@dataclass(slots=True)
class Call:
    """A request on its way through an endpoint. ``body`` is {} without one."""

    state: State
    caller: Caller
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json
    url: str
    repository: Repository | None = None

    @property
    def repo(self) -> Repository:
        """The repository that the path names.

        Raises:
            Refusal: the path names none.
        """
        if self.repository is None:
            raise not_found()
        return self.repository

    @property
    def actor(self) -> Account:
        """Who acts: the user, or the App's bot.

        Raises:
            Refusal: nobody is signed in.
        """
        if self.caller.account is None:
            raise Refusal(401, "Requires authentication")
        return self.caller.account

    def number(self, name: str) -> int:
        """A number out of the path.

        Raises:
            Refusal: it is none.
        """
        text = self.path[name]
        if not re.fullmatch("[0-9]{1,18}", text):
            raise not_found()
        return int(text)

    def text(self, name: str, default: str = "") -> str:
        """A string of the body.

        Raises:
            Refusal: it is something else.
        """
        value = self.body.get(name, default)
        if value is None:
            return default
        if not isinstance(value, str):
            raise Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', {value!r} is not a string.")
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: a JSON value, or bytes of a media type. ``pages`` sets the Link header."""

    value: Any = None
    status: int = 200
    raw: bytes | None = None
    media_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A member of the registry.

    ``needs`` are permissions, each as (name, ``read`` or ``write``), of which an installation has to have one;
    none means that any token will do. ``level`` is what a user has to be allowed for the repository.
    """

    method: str
    template: str
    handler: Handler
    by: By
    needs: tuple[tuple[str, str], ...]
    level: str
    pattern: re.Pattern[str]


ENDPOINTS: list[Endpoint] = []


def endpoint(
    method: str, template: str, *needs: tuple[str, str], by: By = "token", level: str | None = None
) -> Callable[[Handler], Handler]:
    """Enter a function into the registry; ``{path}`` and ``{ref}`` in the template take slashes too."""

    def enter(handler: Handler) -> Handler:
        parts = re.split(r"\{(\w+)\}", template)
        pattern = "".join(
            (f"(?P<{part}>.+)" if part in {"path", "ref", "basehead", "branch"} else f"(?P<{part}>[^/]+)")
            if index % 2
            else re.escape(part)
            for index, part in enumerate(parts)
        )
        wanted = level or ("read" if method == "GET" else "write")
        ENDPOINTS.append(Endpoint(method, template, handler, by, needs, wanted, re.compile(pattern)))
        return handler

    return enter


def endpoints() -> list[Endpoint]:
    """All endpoints of the folder ``rest``, those with fixed words before those with variables."""
    from bot.sandbox import rest

    for module in pkgutil.iter_modules(rest.__path__):
        importlib.import_module(f"{rest.__name__}.{module.name}")
    return sorted(
        ENDPOINTS, key=lambda one: (-one.template.count("/"), one.template.count("{"), one.template)
    )
