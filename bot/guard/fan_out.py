"""Jobs about many pull requests become one job for each.

They come when something around them has changed, or because somebody asks. Either may mean that people have access now
whom GitHub did not let be asked before.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.guard.world import World
from bot.jobs import AssessAll, AssessCommit, AssessInstallation, AssessPull, Where
from bot.ports import Tip


def of_repository(world: World, job: AssessAll) -> tuple[AssessPull, ...]:
    """Every open pull request, or those into one branch."""
    return _anew(world, job.where, lambda _: True, job.base)


def of_commit(world: World, job: AssessCommit) -> tuple[AssessPull, ...]:
    """Every open pull request that stands at a commit."""
    return _anew(world, job.where, lambda tip: tip.head_sha == job.sha)


def of_installation(world: World, job: AssessInstallation) -> tuple[AssessAll, ...]:
    """Every repository that the installation may see."""
    return tuple(AssessAll(where) for where in world.repositories(job.installation))


def _anew(
    world: World, where: Where, wanted: Callable[[Tip], bool], base: str = ""
) -> tuple[AssessPull, ...]:
    forge = world.forge(where)
    found = [tip.number for tip in forge.open_pulls(base) if wanted(tip)]
    for number in found:
        world.book(forge.repository, number).forget_refusals()
    return tuple(AssessPull(where, number) for number in found)
