"""``cratewarden setup``: registers the App on GitHub in the browser, and writes the server's settings."""

from __future__ import annotations

import html
import json
import os
import secrets
import sys
import webbrowser
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bot.cli import NOTHING_TO_ASK
from bot.cli.errors import UserError
from bot.github.address import Address, AddressError
from bot.github.errors import RefusedError, TransientError
from bot.github.registration import NAME_LIMIT, NewApp, convert, manifest, registration_page
from bot.ports import GoneError
from bot.render.prose import say

_CREATED = "/created"


def run_setup(options: Namespace) -> int:
    """Lead through the registration, and end when the settings are written.

    Raises:
        UserError: an address or name is wrong, a file is there already, or GitHub does not answer.
    """
    address, server = _addresses(options)
    if not 0 < len(options.name) <= NAME_LIMIT:
        raise UserError(f"--name {options.name!r}: GitHub takes names of 1 to {NAME_LIMIT} characters")
    config = Path(options.config)
    key = config.with_suffix(".pem")
    # Made before anything else: the secrets are shown once, and must not be lost for want of a place.
    with _new_files(config, key):
        app = _register(options, address, server)
        key.write_text(app.pem, encoding="ascii")
        config.write_text(_settings(app, address, key), encoding="utf-8")
    sys.stdout.write(
        say(
            "setup.done",
            name=app.slug,
            config=str(config),
            key=str(key),
            install=f"{app.html_url}/installations/new",
        )
        + "\n"
    )
    return NOTHING_TO_ASK


def _addresses(options: Namespace) -> tuple[Address, str]:
    """GitHub's address, and the one under which GitHub reaches the server."""
    try:
        address = Address.of(
            options.github_url or os.environ.get("CRATEWARDEN_GITHUB_URL", "https://github.com")
        )
        server = Address.of(options.url).web
    except AddressError as error:
        raise UserError(str(error)) from error
    return address, server


@contextmanager
def _new_files(*paths: Path) -> Iterator[None]:
    """Files that only the user may read, and that were not there; removed again if they are not filled."""
    made: list[Path] = []
    try:
        for path in paths:
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except OSError as error:
                raise UserError(
                    f"cannot make {path}: {error.strerror}: name another file with --config"
                ) from error
            made.append(path)
        yield
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _register(options: Namespace, address: Address, server: str) -> NewApp:
    """Serve the two local pages until GitHub has sent the browser back with a code."""
    with _Desk(options.port) as desk:
        redirect = f"{desk.url}{_CREATED}"
        wanted = json.dumps(manifest(options.name, server, redirect), sort_keys=True)
        desk.form = _form(registration_page(address, options.organisation or "", desk.state), wanted)
        sys.stdout.write(say("setup.open", url=desk.start) + "\n")
        sys.stdout.flush()
        if not options.no_browser:
            webbrowser.open(desk.start)
        while not desk.code:
            desk.handle_request()
    try:
        return convert(address, desk.code)
    except (TransientError, RefusedError, GoneError) as error:
        raise UserError(
            f"GitHub does not give out the App: {error}: run `cratewarden setup` again"
        ) from error


class _Desk(HTTPServer):
    """A local server for one registration: a page behind a secret path, and the way back from GitHub."""

    def __init__(self, port: int) -> None:
        self.state = secrets.token_urlsafe(32)
        self.form = ""
        self.code = ""
        # Others on this computer can reach the port, and must not read the state off the page.
        self.path = f"/{secrets.token_urlsafe(32)}"
        try:
            super().__init__(("127.0.0.1", port), _Visitor)
        except OSError as error:
            raise UserError(
                f"cannot listen on port {port}: {error.strerror}: choose another --port"
            ) from error

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def start(self) -> str:
        """The page to begin with."""
        return self.url + self.path


class _Visitor(BaseHTTPRequestHandler):
    """One request of the browser."""

    server: _Desk
    timeout = 10

    def do_GET(self) -> None:
        """Show the form, or take the code."""
        # Any other name is another site's that was pointed at this computer.
        if self.headers.get("Host") != f"127.0.0.1:{self.server.server_port}":
            self._answer(404, "not-here")
            return
        parts = urlsplit(self.path)
        if secrets.compare_digest(parts.path, self.server.path):
            self._answer(200, "start", self.server.form)
        elif parts.path == _CREATED:
            self._take(parse_qs(parts.query))
        else:
            self._answer(404, "not-here")

    def _take(self, query: dict[str, list[str]]) -> None:
        state, code = (query.get(name, [""])[0] for name in ("state", "code"))
        if not code or not secrets.compare_digest(state.encode(), self.server.state.encode()):
            self._answer(400, "foreign")
            return
        self.server.code = code
        self._answer(200, "back")

    def _answer(self, status: int, phrase: str, rest: str = "") -> None:
        text = html.escape(say(f"setup.{phrase}"))
        body = f"<!doctype html><meta charset=utf-8><title>Cratewarden</title><p>{text}</p>{rest}".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the address of a request holds the code."""


def _form(page: str, wanted: str) -> str:
    """The form that takes the manifest to GitHub."""
    return (
        f'<form action="{html.escape(page)}" method="post">'
        f'<input type="hidden" name="manifest" value="{html.escape(wanted)}">'
        f"<button>{html.escape(say('setup.button'))}</button></form>"
    )


def _settings(app: NewApp, address: Address, key: Path) -> str:
    values: dict[str, str | int] = {
        "app_id": app.id,
        "private_key_file": str(key.absolute()),
        "webhook_secret": app.webhook_secret or "",
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "github_url": address.web,
    }
    # A JSON string is a basic string of TOML as well.
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items() if value)
