"""The App: its key, its installations, and the webhooks that GitHub could not deliver."""

from __future__ import annotations

import datetime
import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from github import Auth
from github.Requester import Requester

from bot import __version__
from bot.github.address import Address
from bot.github.answers import (
    AppAnswer,
    DeliveryAnswer,
    HookAnswer,
    InstallationAnswer,
    RepositoryAnswer,
    TokenAnswer,
)
from bot.github.api import Api
from bot.github.forge import GitHubForge, repository_ref
from bot.github.patience import Manners
from bot.pull import RepositoryRef


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the App signs its requests with; ``private_key`` is PEM text."""

    app_id: int
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """A webhook that has not arrived in any attempt; ``id`` is the newest attempt's, ``first_at`` the oldest one's."""

    id: int
    guid: str
    event: str
    first_at: datetime.datetime
    delivered_at: datetime.datetime
    status_code: int

    def is_due(self, now: datetime.datetime) -> bool:
        """Whether to try again: after a pause as long as all attempts so far took, so that they are few."""
        return now - self.delivered_at >= self.delivered_at - self.first_at


class App:
    """One GitHub App on one GitHub, with all of its installations. Threads may share it.

    Every method may raise TransientError, RefusedError and GoneError.
    """

    def __init__(self, address: Address, credentials: Credentials, manners: Manners | None = None) -> None:
        self.address = address
        self._manners = manners or Manners()
        self._auth = Auth.AppAuth(credentials.app_id, sign_func=_signer(credentials.private_key))
        self._api = Api(lambda: self._requester(self._auth))
        self._installed: dict[int, Api] = {}
        self._uploads: dict[tuple[int, str], bytes] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for api in (self._api, *self._installed.values()):
                api.close()

    @cached_property
    def identity(self) -> AppAnswer:
        """The App as GitHub knows it; read once."""
        return self.read_identity()

    def read_identity(self) -> AppAnswer:
        """The App as GitHub knows it now."""
        return self._api.get("/app", AppAnswer)

    @property
    def login(self) -> str:
        """The name that stands beside what the App writes."""
        return f"{self.identity.slug}[bot]".lower()

    def forge(self, installation: int, full_name: str) -> GitHubForge:
        """A repository as an installation sees it; reads it, so that a new name is followed."""
        api = self._installation(installation)
        answer = api.get(f"/repos/{full_name}", RepositoryAnswer)
        return GitHubForge(
            api=api,
            repository=repository_ref(answer),
            app=self.identity,
            address=self.address,
            clone_token=lambda: self._clone_token(installation, answer.id),
            settle=self._manners.settle,
            uploads=self._uploads,
        )

    def installations(self) -> tuple[InstallationAnswer, ...]:
        """All installations, suspended ones too, by id."""
        return tuple(
            sorted(self._api.pages("/app/installations", InstallationAnswer), key=lambda one: one.id)
        )

    def repositories(self, installation: int) -> tuple[RepositoryRef, ...]:
        """The repositories that an installation may see, by id."""
        api = self._installation(installation)
        listed = api.pages("/installation/repositories", RepositoryAnswer, key="repositories")
        return tuple(sorted((repository_ref(one) for one in listed), key=lambda one: one.id))

    def clock_ahead(self, now: datetime.datetime) -> datetime.timedelta | None:
        """How far this computer's clock is ahead of GitHub's; None if GitHub does not tell the time.

        Asked without a signature: one made by a wrong clock would be refused.
        """
        requester = open_requester(self.address, None, self._manners)
        api = Api(lambda: requester)
        try:
            told = api.time("/meta")
        finally:
            api.close()
        return None if told is None else now - told

    def hook(self) -> HookAnswer:
        """Where the App's webhooks go."""
        return self._api.get("/app/hook/config", HookAnswer)

    def deliveries(self, since: datetime.datetime) -> tuple[DeliveryAnswer, ...]:
        """Attempts to deliver webhooks since a time, newest first; GitHub keeps them for three days."""
        found = []
        for attempt in self._api.pages("/app/hook/deliveries", DeliveryAnswer):
            if attempt.delivered_at < since:
                break
            found.append(attempt)
        return tuple(found)

    def failed_deliveries(self, since: datetime.datetime) -> tuple[FailedDelivery, ...]:
        """Webhooks whose attempts since a time have all failed, oldest first.

        An attempt under way (status code 0) has not failed yet.
        """
        newest: dict[str, DeliveryAnswer] = {}
        oldest: dict[str, datetime.datetime] = {}
        settled: set[str] = set()
        for attempt in self.deliveries(since):
            newest.setdefault(attempt.guid, attempt)
            oldest[attempt.guid] = attempt.delivered_at
            if attempt.status_code < 300:
                settled.add(attempt.guid)
        failed = [
            FailedDelivery(one.id, one.guid, one.event, oldest[one.guid], one.delivered_at, one.status_code)
            for one in newest.values()
            if one.guid not in settled
        ]
        return tuple(sorted(failed, key=lambda one: (one.delivered_at, one.id)))

    def redeliver(self, delivery: int) -> None:
        """Let GitHub send a webhook once more; ``delivery`` is the id of any of its attempts."""
        self._api.send("POST", f"/app/hook/deliveries/{delivery}/attempts", None, type(None))

    def _installation(self, installation: int) -> Api:
        """The requests of an installation; all threads share its pace, as GitHub's limits are its own."""
        with self._lock:
            if installation not in self._installed:
                self._installed[installation] = Api(self._opener(installation))
            return self._installed[installation]

    def _opener(self, installation: int) -> Callable[[], Requester]:
        return lambda: self._requester(Auth.AppInstallationAuth(self._auth, installation))

    def _requester(self, auth: Auth.Auth) -> Requester:
        return open_requester(self.address, auth, self._manners)

    def _clone_token(self, installation: int, repository: int) -> str:
        """A token that can do nothing but read the code of one repository: git gets it, so it may leak there."""
        wanted: dict[str, Any] = {"repository_ids": [repository], "permissions": {"contents": "read"}}
        return self._api.send(
            "POST", f"/app/installations/{installation}/access_tokens", wanted, TokenAnswer
        ).token


def _signer(pem: str) -> Callable[[dict[str, Any]], str]:
    """Signs tokens (RS256, docs: "Generating a JSON Web Token for a GitHub App") with a key that is read once.

    To read and check it takes some 0.1 s, and every look at a pull request asks for a token.
    """
    key = functools.cache(lambda: load_pem_private_key(pem.encode(), password=None))

    def sign(claims: dict[str, Any]) -> str:
        return jwt.encode(claims, key(), algorithm="RS256")  # type: ignore[arg-type]  # GitHub's keys are RSA

    return sign


def open_requester(address: Address, auth: Auth.Auth | None, manners: Manners) -> Requester:
    """PyGithub's connection; every option is given, since its defaults are not ours."""
    return Requester(
        auth=auth,
        base_url=address.rest,
        timeout=manners.timeout,
        user_agent=f"cratewarden/{__version__}",
        per_page=100,
        verify=True,
        retry=manners.retry(),
        pool_size=None,
        seconds_between_requests=manners.between_requests or None,
        seconds_between_writes=manners.between_writes or None,
    )
