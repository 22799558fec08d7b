"""The stage of the demo: a sandbox GitHub with a repository and people, and the App beside it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo.history import before
from bot.demo.process import ServerProcess
from bot.sandbox.people import User
from bot.sandbox.projects import Project
from bot.sandbox.world import Sandbox
from bot.signals import EndSignals

PATIENCE = 60.0
"""Seconds for one step of the App. It needs two; a busy machine needs more."""
_POLL = 0.02


class DemoError(Exception):
    """The App did not do what the demo tells; one line."""


@dataclass(frozen=True, slots=True)
class Stage:
    """``acme/ring``: alice writes it, bob and carol are entitled to check its unsafe code."""

    github: Sandbox
    server: ServerProcess
    ring: Project
    alice: User
    people: dict[str, User]
    signals: EndSignals

    def wait(self, what: str, until: Callable[[], bool]) -> None:
        """Wait for something that the App does.

        Raises:
            DemoError: it does not come, or the server has ended; ``what`` says what was waited for.
            Ended: a signal comes instead.
        """
        deadline = time.monotonic() + PATIENCE
        while not until():
            if not self.server.is_running() or time.monotonic() > deadline:
                raise DemoError(f"the App did not {what}; its log ends with: {self.server.last_words()}")
            self.signals.sleep(_POLL)


@contextmanager
def raised(signals: EndSignals, port: int = 0, github_port: int = 0) -> Iterator[Stage]:
    """Start both; afterwards neither they nor their folder are there any more.

    Raises:
        ServerError: the App's server does not start.
        Ended: a signal has come before both are ready.
        OSError: the sandbox's port is taken.
    """
    with (
        tempfile.TemporaryDirectory(prefix="cratewarden-demo-") as name,
        Sandbox.start(Path(name, "github"), port=github_port) as github,
    ):
        server = ServerProcess(Path(name, "server"), github.app, github.url, port=port)
        try:
            # The repository is made while the server starts.
            server.launch()
            stage = _built(github, server, signals)
            server.wait_until_ready(PATIENCE, signals)
            github.deliver_to(server.webhooks)
            yield stage
        finally:
            # GitHub first, so that it does not write to a server that is gone.
            github.deliver_to("")
            server.stop(10)


def _built(github: Sandbox, server: ServerProcess, signals: EndSignals) -> Stage:
    people = {login: github.user(login) for login in ("alice", "bob", "carol")}
    acme = github.organisation("acme")
    for one in people.values():
        acme.add(one)
    ring = acme.repository("ring", before())
    acme.team("unsafe-reviewers", members=[people["bob"], people["carol"]])
    ring.collaborator(people["alice"], "write")
    ring.require_check("cratewarden")
    acme.install()
    return Stage(github, server, ring, people["alice"], people, signals)
