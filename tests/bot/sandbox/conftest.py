"""A sandbox with a repository, people and the App installed, everything compared with GitHub's description."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from github import Auth, Github, GithubIntegration

from bot.sandbox.model import Installation
from bot.sandbox.people import Organisation, TeamHandle, User
from bot.sandbox.projects import Project
from bot.sandbox.world import Sandbox
from tests.bot.sandbox.description import Description

SAFE = "pub fn get(x: &[u8]) -> u8 {\n    x[0]\n}\n"
UNSAFE = "pub fn get(x: &[u8]) -> u8 {\n    unsafe { *x.get_unchecked(0) }\n}\n"


@dataclass(frozen=True, slots=True)
class Heard:
    """A webhook as a receiver got it."""

    headers: Message
    body: bytes


@dataclass(slots=True)
class Receiver:
    """A web server that writes down what it is sent, and answers with ``status``."""

    url: str
    heard: list[Heard] = field(default_factory=list)
    status: int = 202


@dataclass(frozen=True, slots=True)
class Said:
    """What the REST API answered."""

    status: int
    headers: Message
    value: Any


@dataclass(frozen=True, slots=True)
class Scene:
    """acme/ring with alice (no member), bob and carol in teams, and Cratewarden installed."""

    world: Sandbox
    acme: Organisation
    ring: Project
    alice: User
    bob: User
    carol: User
    team: TeamHandle
    installation: Installation

    def github(self, **options: Any) -> Github:
        """PyGithub as the App's installation, without its pauses."""
        app = self.world.app
        auth = Auth.AppAuth(app.id, app.private_key).get_installation_auth(self.installation.id)
        pace = {"seconds_between_requests": None, "seconds_between_writes": None, "retry": None}
        return Github(base_url=self.world.api_url, auth=auth, **(pace | options))

    def integration(self) -> GithubIntegration:
        """PyGithub as the App."""
        app = self.world.app
        return GithubIntegration(
            auth=Auth.AppAuth(app.id, app.private_key),
            base_url=self.world.api_url,
            seconds_between_writes=None,
        )

    def token(self, **narrowed: Any) -> str:
        """A token of the installation."""
        path = f"/app/installations/{self.installation.id}/access_tokens"
        return str(self.ask("POST", path, self.jwt(), narrowed or None).value["token"])

    def jwt(self) -> str:
        """The App's signature."""
        return Auth.AppAuth(self.world.app.id, self.world.app.private_key).token

    def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Said:
        """A plain request to the REST API."""
        url = path if path.startswith("http") else f"{self.world.api_url}{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, dict(headers or {}), method=method)  # noqa: S310 - http
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - the same
                return _said(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return _said(error.code, error.headers, error.read())


def _said(status: int, headers: Message, body: bytes) -> Said:
    kind = headers.get("Content-Type", "")
    return Said(status, headers, json.loads(body) if body and kind.startswith("application/json") else body)


@pytest.fixture(scope="session")
def description() -> Description:
    return Description()


@pytest.fixture
def world(tmp_path: Path, description: Description) -> Iterator[Sandbox]:
    with Sandbox.start(tmp_path / "hub", validator=description) as started:
        yield started


@pytest.fixture
def scene(world: Sandbox) -> Scene:
    alice, bob, carol = world.user("alice"), world.user("bob"), world.user("carol")
    acme = world.organisation("acme")
    ring = acme.repository("ring", {"src/lib.rs": SAFE, "README.md": "# ring\n"})
    team = acme.team("unsafe-reviewers", [bob])
    acme.team("kernel", [carol], parent=team)
    return Scene(world, acme, ring, alice, bob, carol, team, ring.install())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.heard.append(Heard(self.headers, body))
            self.send_response(kept.status)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/webhooks/github"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()
