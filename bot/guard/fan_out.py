"""Jobs about many pull requests become one job for each."""

from __future__ import annotations

from bot.guard.world import World
from bot.jobs import AssessAll, AssessCommit, AssessInstallation, AssessPull


def of_repository(world: World, job: AssessAll) -> tuple[AssessPull, ...]:
    """Every open pull request, or those into one branch."""
    tips = world.forge(job.where).open_pulls(job.base)
    return tuple(AssessPull(job.where, tip.number) for tip in tips)


def of_commit(world: World, job: AssessCommit) -> tuple[AssessPull, ...]:
    """Every open pull request that stands at a commit."""
    tips = world.forge(job.where).open_pulls()
    return tuple(AssessPull(job.where, tip.number) for tip in tips if tip.head_sha == job.sha)


def of_installation(world: World, job: AssessInstallation) -> tuple[AssessAll, ...]:
    """Every repository that the installation may see."""
    return tuple(AssessAll(where) for where in world.repositories(job.installation))
