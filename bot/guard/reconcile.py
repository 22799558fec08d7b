"""Finds what webhooks did not tell: deliveries that failed, and pull requests that nobody has judged as they are."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.actions import CheckState
from bot.guard.world import World
from bot.jobs import AssessPull, Where
from bot.ports import GoneError

# How many repositories are asked in one round; the next round goes on with the following ones, since GitHub
# allows an installation some thousand requests an hour.
_AT_ONCE = 40

_log = logging.getLogger("cratewarden.guard")


@dataclass
class Reconciler:
    """Goes round the repositories of all installations, a few at a time."""

    world: Callable[[], World]
    installations: Callable[[], Sequence[int]]
    _left: list[Where] = field(default_factory=list)

    def stale(self) -> tuple[tuple[str, AssessPull], ...]:
        """Assessments that are due in the next few repositories, each with the occasion it is due for.

        A pull request is due whenever GitHub says that something about it was changed: its webhook may be lost for
        good, that of a dismissed approval among them. Besides, one that was never judged as it stands or waits for
        people is due once an hour, since somebody may have been silent for too long, and any other once a day.
        """
        world = self.world()
        if not self._left:
            self._left = [where for each in self.installations() for where in _seen(world, each)]
        batch, self._left = self._left[:_AT_ONCE], self._left[_AT_ONCE:]
        return tuple(due for where in batch for due in _due_or_told(world, where))


def _seen(world: World, installation: int) -> Sequence[Where]:
    try:
        return world.repositories(installation)
    except GoneError:
        # Suspended or removed meanwhile.
        return ()


def _due_or_told(world: World, where: Where) -> tuple[tuple[str, AssessPull], ...]:
    try:
        return tuple(_due(world, where))
    except Exception:  # noqa: BLE001 - the other repositories must not wait for this one; the log has the reason
        _log.exception("repository not reconciled", extra={"repository": where.full_name})
        return ()


def _due(world: World, where: Where) -> Iterator[tuple[str, AssessPull]]:
    try:
        forge = world.forge(where)
        tips = forge.open_pulls()
    except GoneError:
        return
    now = world.clock.now().astimezone(datetime.UTC)
    for tip in tips:
        book = world.book(forge.repository, tip.number)
        known = {verdict.number: verdict.state for verdict in book.verdicts(tip.head_sha)}
        state = known.get(tip.number)
        job = AssessPull(where, tip.number)
        changed = tip.updated.isoformat() if tip.updated else ""
        often = state in {None, CheckState.IN_PROGRESS}
        period = f"{now:%Y-%m-%dT%H}" if often else f"{now:%Y-%m-%d}"
        yield f"due:{job.key}:{tip.head_sha}:{changed}:{period}", job
