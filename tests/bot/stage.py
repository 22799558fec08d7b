"""A repository on a sandbox GitHub with the App installed, for tests of whatever talks to GitHub."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.github.address import Address
from bot.github.app import App, Credentials
from bot.github.forge import GitHubForge
from bot.github.patience import Manners
from bot.sandbox.model import Installation
from bot.sandbox.people import Organisation, User
from bot.sandbox.projects import Project
from bot.sandbox.pull_requests import PullRequest
from bot.sandbox.state import Served
from bot.sandbox.world import Sandbox
from tests.bot.sandbox.description import Description

QUICK = Manners(timeout=5, attempts=2, backoff=0.01, longest_wait=0.5, between_writes=0.0, settle=0.01)
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Stage:
    """Alice writes, bob and carol may write; ``app`` is ours."""

    world: Sandbox
    app: App
    acme: Organisation
    ring: Project
    installation: Installation
    alice: User
    bob: User
    carol: User

    @property
    def credentials(self) -> Credentials:
        """The App's own, for another connection."""
        return Credentials(self.world.app.id, self.world.app.private_key)

    def forge(self, project: Project | None = None) -> GitHubForge:
        """The repository, or another one, as the App sees it."""
        return self.app.forge(self.installation.id, (project or self.ring).full_name)

    def pull(self, text: str = "pub fn f() { unsafe {} }\n", branch: str = "patch") -> PullRequest:
        """A pull request of one commit by alice."""
        self.ring.commit(branch, {"src/lib.rs": text}, author=self.alice)
        return self.ring.open_pull(head=branch, by=self.alice)

    def asked(self, since: int = 0) -> list[str]:
        """The requests since a count of them, as ``GET /path 200``."""
        return [_shown(one) for one in self.world.requests[since:]]

    def written(self, since: int = 0) -> list[str]:
        """Those of them that write, without queries and tokens."""
        return [
            one
            for one in self.asked(since)
            if not one.startswith("GET ") and "/graphql " not in one and "/access_tokens " not in one
        ]

    def count(self) -> int:
        """How many requests there were up to now."""
        return len(self.world.requests)


@contextmanager
def started(folder: Path) -> Iterator[tuple[Sandbox, App]]:
    """A sandbox whose answers are checked against GitHub's description, and our App on it."""
    with Sandbox.start(folder, validator=Description()) as world:
        credentials = Credentials(world.app.id, world.app.private_key)
        app = App(Address.of(world.url), credentials, QUICK)
        yield world, app
        app.close()


def fresh(world: Sandbox, app: App) -> Stage:
    """A new organisation on a running sandbox, with new people in it."""
    number = next(_NUMBERS)
    world.faults.clear()
    alice, bob, carol = (world.user(f"{name}-{number}") for name in ("alice", "bob", "carol"))
    acme = world.organisation(f"acme-{number}")
    acme.add(bob)
    acme.add(carol)
    ring = acme.repository("ring", {"src/lib.rs": "pub fn f() {}\n"})
    return Stage(world, app, acme, ring, acme.install(), alice, bob, carol)


def _shown(one: Served) -> str:
    return f"{one.method} {one.path} {one.status}"
