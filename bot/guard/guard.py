"""The one entry: a job in, further jobs out."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.guard import fan_out
from bot.guard.groups import assess_group
from bot.guard.inventory import take_inventory
from bot.guard.mentoring import mentor_pull
from bot.guard.orders import obey_comment
from bot.guard.pulls import assess_pull
from bot.guard.world import World
from bot.jobs import (
    AssessAll,
    AssessCommit,
    AssessGroup,
    AssessInstallation,
    AssessPull,
    Job,
    MentorPull,
    ObeyComment,
)
from bot.ports import GoneError

_LOG = logging.getLogger(__name__)


def carry_out(world: World, job: Job) -> Sequence[Job]:
    """Do a job, as often as it takes: to do it again changes nothing more. What is gone needs nothing done.

    Raises:
        StaleError: the pull request moved all the time, or another process looks at it.
        GitError: code cannot be read.
    """
    try:
        return _done(world, job)
    except GoneError as gone:
        _LOG.info("%s of %s has nothing left to do: %s", job.kind, job.key, gone)
        return ()


def _done(world: World, job: Job) -> Sequence[Job]:  # noqa: PLR0911 - one line for each job
    match job:
        case AssessPull():
            return assess_pull(world, job)
        case ObeyComment():
            return obey_comment(world, job)
        case MentorPull():
            mentor_pull(world, job)
            return ()
        case AssessGroup():
            assess_group(world, job)
            return ()
        case AssessAll():
            return fan_out.of_repository(world, job)
        case AssessCommit():
            return fan_out.of_commit(world, job)
        case AssessInstallation():
            return fan_out.of_installation(world, job)
    take_inventory(world, job)
    return ()
