"""``cratewarden serve`` as a process of its own, beside a sandbox GitHub."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from bot.sandbox.model import App
from bot.signals import EndSignals

_READY = "listening on "
# Settings of the person who runs this are not meant for the process; a proxy would be asked for loopback.
_FOREIGN = ("CRATEWARDEN_", "GIT_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class ServerError(Exception):
    """The server did not start or has ended: one line with its own words."""


class ServerProcess:
    """A server with settings of its own, to be started, stopped and killed; a stopped one starts anew.

    ``folder`` holds its key, its database (unless ``database`` names another one) and its log.
    """

    def __init__(
        self, folder: Path, app: App, github_url: str, *, port: int = 0, database: str = "", **settings: str
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        key = folder / "app.pem"
        key.touch(0o600)
        key.write_text(app.private_key, encoding="ascii")
        self.log = folder / "server.log"
        self._settings = {
            "APP_ID": str(app.id),
            "PRIVATE_KEY_FILE": str(key),
            "WEBHOOK_SECRET": app.webhook_secret,
            "GITHUB_URL": github_url,
            "DATA_DIR": str(folder),
            "PORT": str(port),
            **({"DATABASE_URL": database} if database else {}),
            **{name.upper(): value for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def webhooks(self) -> str:
        """Where deliveries go."""
        return f"{self.url}/webhooks/github"

    def start(self, seconds: float = 60) -> None:
        """Start it and wait until it listens; ``url`` is where.

        Raises:
            ServerError: it ended instead, or is not ready in time.
        """
        self.launch()
        self.wait_until_ready(seconds)

    def launch(self) -> None:
        """Start it without waiting."""
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C is for us, and we end the server in order.
            self._process = subprocess.Popen(
                # -P: what lies in the current folder is not ours to import.
                [sys.executable, "-P", "-m", "bot.cli", "serve"],
                env=_environment(os.environ, self._settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, seconds: float = 60, signals: EndSignals | None = None) -> None:
        """Wait until it listens.

        Raises:
            ServerError: it ended instead, or is not ready in time.
            Ended: one of the signals came first.
        """
        line = self._first_line(seconds, signals)
        if _READY not in line:
            status = self.kill() if self.is_running() else self.wait()
            raise ServerError(f"the server did not start (status {status}): {self.last_words()}")
        self.url = line.partition(_READY)[2].strip()

    def stop(self, seconds: float = 30) -> int:
        """End it in order (SIGTERM), by force if that takes too long; its exit status."""
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            return self.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """End it at once, and whatever it started (SIGKILL); its exit status."""
        if self._process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        return self.wait()

    def wait(self, seconds: float | None = None) -> int:
        """Wait for its end; its exit status (negative: the signal).

        Raises:
            subprocess.TimeoutExpired: it goes on.
        """
        if self._process is None:
            return 0
        status = self._process.wait(seconds)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return status

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its session; 0 before the first start."""
        return self._process.pid if self._process else 0

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")

    def _first_line(self, seconds: float, signals: EndSignals | None) -> str:
        """What it says when it is ready; empty if it ends or the time is up."""
        if self._process is None or self._process.stdout is None:
            return ""
        pipe, said = self._process.stdout.fileno(), b""
        deadline = time.monotonic() + seconds
        while b"\n" not in said:
            waited_for: list[int | EndSignals] = [pipe, signals] if signals else [pipe]
            ready, _, _ = select.select(waited_for, [], [], max(0.0, deadline - time.monotonic()))
            if signals is not None:
                signals.sleep(0)
            if ready and pipe not in ready:
                continue
            piece = os.read(pipe, 4096) if ready else b""
            if not piece:
                break
            said += piece
        return said.decode("utf-8", "replace").partition("\n")[0]


def _environment(inherited: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.startswith(_FOREIGN) and name.lower() not in _PROXIES
    }
    return kept | {f"CRATEWARDEN_{name}": value for name, value in settings.items()}
