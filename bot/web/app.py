"""The composition root of the server: wires GitHub, the ledger, the mirrors and the engine to the pipeline."""

from __future__ import annotations

import contextlib
import datetime
import functools
from collections.abc import Iterator, Sequence

from bot.comparison import Library
from bot.config import Settings
from bot.events import events, route
from bot.git import GitError
from bot.github.address import Address
from bot.github.app import App, Credentials
from bot.github.errors import TransientError
from bot.guard.guard import carry_out
from bot.guard.reconcile import Reconciler
from bot.guard.world import StaleError, World
from bot.isolation import Limits, Workers
from bot.jobs import Job, Where
from bot.ledger import Ledger
from bot.mirror import Mirrors
from bot.ports import Runner
from bot.pull import RepositoryRef
from bot.queue import Queue
from bot.web.server import Work

_NICENESS = 5
"""How far a worker that reads code steps back for the thread that answers webhooks."""
_REDELIVER_SINCE = datetime.timedelta(days=3)
"""GitHub forgets deliveries after three days."""
_REDELIVER_AT_ONCE = 200
"""The rest has its turn in the next round: GitHub allows an App some thousand requests an hour."""


def compose(settings: Settings, ledger: Ledger) -> Work:
    """What the server is there for, on the GitHub and the database of the settings.

    Nothing is asked of GitHub before the first job, so that deliveries are accepted while it is away.

    Raises:
        ConfigError: a setting is missing.
    """
    settings.require("app_id", "private_key")
    address = Address.of(settings.github_url)
    app = App(address, Credentials(settings.app_id, settings.private_key))
    world = functools.cache(lambda: world_of(settings, ledger, app, address))

    def perform(job: Job) -> Sequence[Job]:
        return carry_out(world(), job)

    reconciler = Reconciler(
        world, lambda: [each.id for each in app.installations() if each.suspended_at is None]
    )

    def reconcile(queue: Queue) -> None:
        now = ledger.clock.now()
        failed = app.failed_deliveries(now - _REDELIVER_SINCE)
        for delivery in [one for one in failed if one.is_due(now)][:_REDELIVER_AT_ONCE]:
            app.redeliver(delivery.id)
        for cause, job in reconciler.stale():
            queue.submit(cause, (job,))

    return Work(
        route=route,
        perform=perform,
        transient=(TransientError, StaleError, GitError),
        schedules=(("reconcile", settings.reconcile_seconds, reconcile),),
        events=tuple(events()),
    )


def world_of(settings: Settings, ledger: Ledger, app: App, address: Address) -> World:
    """Everything outside the pipeline; asks GitHub who the App is."""
    mirrors = Mirrors(settings.data_dir / "mirrors")

    def repositories(installation: int) -> Sequence[Where]:
        return [Where(installation, each.id, each.full_name) for each in app.repositories(installation)]

    def exclusive(repository: RepositoryRef, sha: str) -> contextlib.AbstractContextManager[None]:
        return ledger.exclusive(f"{repository.id}:{sha}")

    return World(
        forge=lambda where: app.forge(where.installation, where.full_name),
        repositories=repositories,
        book=ledger.book,
        exclusive=exclusive,
        code=mirrors,
        runner=runner,
        clock=ledger.clock,
        slug=app.identity.slug,
        web=lambda repository: f"{address.web}/{repository.full_name}",
        library=Library(settings.advisories),
    )


@contextlib.contextmanager
def runner() -> Iterator[Runner]:
    """A worker of its own for one job: other threads of the server must not be copied into it."""
    with Workers(processes=1, limits=Limits(niceness=_NICENESS), fork=False) as workers:
        yield workers
