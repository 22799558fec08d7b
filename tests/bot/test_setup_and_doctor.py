"""``setup`` registers the App and writes what ``doctor`` then finds in order; ``doctor`` names what is not."""

from __future__ import annotations

import contextlib
import html
import io
import os
import re
import stat
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from unittest.mock import patch

import pytest
import requests

from bot.cli import main
from bot.events import events
from bot.github.permissions import PERMISSIONS, beyond, lacking, subscribed
from bot.github.registration import manifest
from bot.sandbox.model import App
from bot.sandbox.world import Sandbox

PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("CRATEWARDEN_")}


@dataclass
class Ran:
    """A command that is running: what it has said, and how it ends."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def address(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+(?=,)", line)
        assert found, line
        return found[0]

    def end(self) -> tuple[int, str]:
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out + err


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox.start(tmp_path_factory.mktemp("github")) as running:
        yield running


@contextlib.contextmanager
def listening(status: int) -> Iterator[str]:
    """A server that answers every webhook with one status; gives its address."""

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def command(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot.cli", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=PLAIN | variables,
    )  # fmt: skip


def set_up(world: Sandbox, config: Path, name: str, *more: str) -> Ran:
    return Ran(
        command(
            "setup", "--github-url", world.url, "--url", "http://127.0.0.1:8080", "--name", name,
            "--config", str(config), "--no-browser", *more,
        )
    )  # fmt: skip


def form(page: str) -> tuple[str, dict[str, str]]:
    action = re.search(r'<form[^>]*action="([^"]*)"', page)
    assert action, page
    fields = re.findall(
        r'<(?:input type="hidden"|button)(?: [a-z]+="[^"]*")*? name="(\w+)" value="([^"]*)"', page
    )
    return html.unescape(action[1]), {name: html.unescape(value) for name, value in fields}


def create(world: Sandbox, start: str) -> str:
    """Press the buttons as a person does, up to GitHub's way back; gives that address."""
    address, fields = form(requests.get(start, timeout=5).text)
    page = requests.post(address, data=fields, timeout=5)
    action, fields = form(page.text)
    back = requests.post(f"{world.url}{action}", data=fields, timeout=5, allow_redirects=False)
    assert back.status_code == 302
    return back.headers["Location"]


def app_named(world: Sandbox, name: str) -> App:
    return next(app for app in world.state.apps.values() if app.name == name)


def doctor(world: Sandbox, tmp_path: Path, *more: str, **variables: str) -> tuple[int, list[str]]:
    given = {"CRATEWARDEN_GITHUB_URL": world.url, "CRATEWARDEN_DATA_DIR": str(tmp_path)} | variables
    said = io.StringIO()
    with patch.dict(os.environ, PLAIN | given, clear=True), contextlib.redirect_stdout(said):
        status = main(["doctor", *more])
    return status, said.getvalue().splitlines()


def own(app: App) -> dict[str, str]:
    return {
        "CRATEWARDEN_APP_ID": str(app.id),
        "CRATEWARDEN_PRIVATE_KEY": app.private_key.replace("\n", "\\n"),
        "CRATEWARDEN_WEBHOOK_SECRET": app.webhook_secret,
    }


def wrong(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("wrong")]


def test_setup_writes_settings_with_which_doctor_has_nothing_to_say(world: Sandbox, tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    acme = world.organisation("acme-setup")
    running = set_up(world, config, "Warden One", "--organisation", "acme-setup")
    location = create(world, running.address())
    assert "close this page" in requests.get(location, timeout=5).text
    status, said = running.end()
    assert status == 0, said
    app = app_named(world, "Warden One")
    assert app.owner is acme.account
    settings = tomllib.loads(config.read_text())
    assert settings == {
        "app_id": app.id,
        "private_key_file": str(tmp_path / "server.pem"),
        "webhook_secret": app.webhook_secret,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "github_url": world.url,
    }
    for path in (config, tmp_path / "server.pem"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for secret in (app.webhook_secret, app.client_secret, app.private_key):
        assert secret not in said
    assert lacking(app.permissions) == ()
    assert beyond(app.permissions) == ()
    with listening(202) as url:
        world.deliver_to(f"{url}/webhooks/github", app)
        acme.install(app)
        world.settle()
    code, lines = doctor(world, tmp_path, "--config", str(config))
    assert wrong(lines) == []
    assert code == 0


def test_setup_takes_no_code_that_it_did_not_ask_for(world: Sandbox, tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    running = set_up(world, config, "Warden Two")
    start = running.address()
    home = start.rsplit("/", 1)[0]
    assert requests.get(f"{home}/created?code=theirs&state=guessed", timeout=5).status_code == 400
    assert requests.get(f"{home}/created?code=theirs", timeout=5).status_code == 400
    assert requests.get(f"{home}/", timeout=5).status_code == 404
    assert requests.get(start, timeout=5, headers={"Host": "evil.example"}).status_code == 404
    assert requests.get(create(world, start), timeout=5).status_code == 200
    assert running.end()[0] == 0


def test_setup_never_writes_over_a_file(world: Sandbox, tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    (tmp_path / "server.pem").write_text("mine")
    status, said = set_up(world, config, "Warden Three").end()
    assert status == 2
    assert "server.pem" in said
    assert not config.exists()
    assert (tmp_path / "server.pem").read_text() == "mine"


def test_setup_leaves_nothing_behind_when_github_does_not_know_the_code(
    world: Sandbox, tmp_path: Path
) -> None:
    config = tmp_path / "server.toml"
    running = set_up(world, config, "Warden Four")
    location = create(world, running.address())
    world.state.manifests.clear()
    requests.get(location, timeout=5)
    status, said = running.end()
    assert status == 2
    assert "setup` again" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        pytest.param(["--url", "http://warden.example"], "https://", id="webhooks without encryption"),
        pytest.param(["--github-url", "http://git.example"], "https://", id="tokens without encryption"),
        pytest.param(["--name", "n" * 35], "34", id="a name that is too long"),
    ],
)
def test_setup_names_what_is_wrong_with_its_arguments(
    world: Sandbox, tmp_path: Path, arguments: list[str], word: str
) -> None:
    status, said = set_up(world, tmp_path / "server.toml", "Warden", *arguments).end()
    assert status == 2
    assert word in said
    assert list(tmp_path.iterdir()) == []


def test_doctor_names_everything_that_is_wrong_with_the_app(world: Sandbox, tmp_path: Path) -> None:
    app = world.create_app(
        "Poor", permissions={"metadata": "read", "checks": "read", "secrets": "write"}, events=()
    )
    code, lines = doctor(world, tmp_path, **own(app))
    told = "\n".join(wrong(lines))
    assert code == 1
    for words in ("Checks: write", "Contents: read", "pull_request ", "no webhook URL", "installed nowhere"):
        assert words in told
    assert any(line.startswith("note") and "secrets" in line for line in lines)


def test_doctor_tells_an_installation_that_has_not_accepted_what_the_app_asks(
    world: Sandbox, tmp_path: Path
) -> None:
    app = world.create_app("Asking")
    acme = world.organisation("acme-asking")
    acme.install(app)
    code, lines = doctor(world, tmp_path, **own(app))
    assert any("installed on acme-asking" in line for line in lines)
    assert code == 1  # it has no webhook URL


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "signature"), (500, "status 500")],
)
def test_doctor_tells_why_webhooks_do_not_arrive(
    world: Sandbox, tmp_path: Path, status: int, words: str
) -> None:
    app = world.create_app(f"Deaf {status}")
    with listening(status) as url:
        world.deliver_to(f"{url}/webhooks/github", app)
        acme = world.organisation(f"acme-deaf-{status}")
        acme.install(app)
        acme.repository("ring", {"README.md": "hello\n"})
        world.settle()
    code, lines = doctor(world, tmp_path, **own(app))
    assert code == 1
    assert any(words in line for line in wrong(lines)), lines


def test_doctor_tells_a_key_of_another_app(world: Sandbox, tmp_path: Path) -> None:
    one, other = world.create_app("One"), world.create_app("Other")
    given = own(one) | {"CRATEWARDEN_PRIVATE_KEY": other.private_key.replace("\n", "\\n")}
    code, lines = doctor(world, tmp_path, **given)
    assert code == 1
    (line,) = wrong(lines)
    assert f"App {one.id}" in line
    assert "private key" in line


def test_doctor_tells_settings_that_are_missing_or_wrong(world: Sandbox, tmp_path: Path) -> None:
    code, lines = doctor(world, tmp_path)
    assert code == 1
    assert len(wrong(lines)) == 3
    code, lines = doctor(world, tmp_path, CRATEWARDEN_APP_ID="none", CRATEWARDEN_APPID="1")
    assert code == 1
    assert len(wrong(lines)) == 2


def test_doctor_tells_that_github_does_not_answer(tmp_path: Path, world: Sandbox) -> None:
    given = own(world.app) | {"CRATEWARDEN_GITHUB_URL": "http://127.0.0.1:9"}
    code, lines = doctor(world, tmp_path, **given)
    assert code == 1
    assert "http://127.0.0.1:9" in "\n".join(wrong(lines))


def test_doctor_tells_a_database_that_cannot_be_used(world: Sandbox, tmp_path: Path) -> None:
    given = own(world.app) | {"CRATEWARDEN_DATABASE_URL": "postgresql://me:secret-word@127.0.0.1:9/none"}
    code, lines = doctor(world, tmp_path, **given)
    assert code == 1
    (line,) = [one for one in wrong(lines) if "database" in one]
    assert "secret-word" not in line


def test_the_permission_that_each_event_needs_is_asked_for() -> None:
    assert {event.needs for event in events().values()} - {""} <= {one.name for one in PERMISSIONS}


def test_the_manifest_asks_for_what_the_tables_say() -> None:
    asked = manifest("Cratewarden", "https://warden.example", "http://127.0.0.1:1/created")
    assert asked["default_permissions"] == {one.name: one.level for one in PERMISSIONS}
    assert asked["default_events"] == [one.name for one in subscribed()]
    assert asked["public"] is False
    assert asked["hook_attributes"]["url"] == "https://warden.example/webhooks/github"


def test_permissions_that_are_more_than_needed_are_not_lacking() -> None:
    granted = {one.name: one.level for one in PERMISSIONS} | {"contents": "write"}
    assert lacking(granted) == ()
    assert beyond(granted) == ("contents",)
    assert [one.name for one in lacking({})] == [one.name for one in PERMISSIONS]
