"""What a pull request that edits the policy would change: for the file itself, and for open pull requests."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from bot.git import GitError
from bot.guard.look import Look, look
from bot.guard.world import World
from bot.policy import Policy, PolicyError
from bot.policy.edit import compare_policies
from bot.ports import Forge, GoneError, Runner
from bot.render.view import EditedPolicy, Effect

_LOG = logging.getLogger(__name__)

# Looking at one costs as much as an assessment; the others are counted.
_MOST_OTHERS = 10


def edited_policy(world: World, forge: Forge, seen: Look) -> EditedPolicy | None:
    """The edit of the policy and what it would change; None where there is none."""
    after = seen.after
    if after is None:
        return None
    before = PolicyError(seen.problems) if seen.problems else seen.policy
    effects: tuple[Effect, ...] = ()
    unjudged = 0
    if isinstance(after, Policy):
        others = [
            tip.number for tip in forge.open_pulls(seen.pull.base_ref) if tip.number != seen.pull.number
        ]
        with world.runner() as runner:
            effects = tuple(_effects(world, forge, others[-_MOST_OTHERS:], after, runner))
        unjudged = len(others) - len(effects)
    return EditedPolicy(
        head=seen.pull.head_sha,
        base_ref=seen.pull.base_ref,
        edits=seen.study.policy_edits,
        web=world.web(forge.repository),
        difference=compare_policies(before, after),
        effects=effects,
        unjudged=unjudged,
    )


def _effects(
    world: World, forge: Forge, numbers: list[int], after: Policy, runner: Runner
) -> Iterator[Effect]:
    """The verdicts of other pull requests under both policies; those that cannot be read are left out."""
    for number in numbers:
        try:
            seen = look(world, forge, world.book(forge.repository, number), forge.tip(number), runner, after)
        except (GoneError, GitError) as error:
            _LOG.info("%s#%d cannot be judged: %s", forge.repository.full_name, number, error)
            continue
        yield Effect(number, seen.verdict, seen.under(after).verdict)
