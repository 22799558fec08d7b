"""Assesses a merge group: every member is approved, and their sum holds nothing that nobody has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyzers.fingerprint import of_unanalysed
from bot.actions import CheckState
from bot.gate import Circumstances, broken, evaluate, merged, strictest, verdict
from bot.git import Repository
from bot.guard.look import (
    Look,
    asks_for_crates,
    look,
    mistakes_in,
    policy_after,
    policy_at,
    study_pull,
)
from bot.guard.speaking import Speaker, speaking_last
from bot.guard.study import Study
from bot.guard.world import World
from bot.jobs import AssessGroup
from bot.model import Mode
from bot.policy import BUILT_IN, Policy, PolicyError, PolicyProblem, apply_policy
from bot.ports import Forge, GoneError, Runner, Tip
from bot.render import group_check_run
from bot.render.view import Group, Member


def assess_group(world: World, job: AssessGroup) -> None:
    """Judge a merge group and publish its check run.

    Raises:
        GitError: its code cannot be read.
        GoneError: it is not there any more.
        StaleError: another process looks at it.
    """
    forge = world.forge(job.where)
    book = world.book(forge.repository, 0)
    name = f"{forge.repository.full_name}: {job.head_sha}"
    speaking_last(book, name, lambda speaker: _assess(world, forge, speaker, job), job.head_sha)


def _assess(world: World, forge: Forge, speaker: Speaker, job: AssessGroup) -> None:
    repository = world.code.fetch(forge.clone_access(), forge.repository, (job.base_sha, job.head_sha))
    with world.runner() as runner:
        group = _judge(world, forge, repository, job, runner)
    record = {
        "base_ref": job.branch,
        "base": job.base_sha,
        "members": [{"number": member.number, "verdict": member.verdict.value} for member in group.members],
        "uncovered": [
            {"rule": rule.name, "uncovered": list(rule.uncovered)} for rule in group.decision.rules
        ],
    }
    with world.exclusive(forge.repository, job.head_sha):
        speaker.ensure_last()
        speaker.book.conclude(job.head_sha, group.verdict, record)
        forge.perform(0, [group_check_run(group)])


def _judge(world: World, forge: Forge, repository: Repository, job: AssessGroup, runner: Runner) -> Group:
    problems: tuple[PolicyProblem, ...] = ()
    policy: Policy = BUILT_IN
    try:
        policy = policy_at(forge, repository, job.base_sha)
    except PolicyError as error:
        problems = error.errors
    tip = Tip(0, job.branch, job.base_sha, job.head_sha)
    now = world.clock.now()
    with_crates = asks_for_crates(policy)
    seen = study_pull(repository, tip, job.head_sha, runner, with_crates=with_crates, library=world.library)
    numbers = forge.queue_members(job.branch, job.head_sha)
    looks = [(number, _look(world, forge, number, runner)) for number in numbers]
    known = [each for _, each in looks if each is not None]
    left = _unseen(seen, known)
    # Edits that are right by themselves may be wrong together.
    mistakes = mistakes_in(policy_after(forge, repository, seen))
    if problems:
        decision = broken(problems)
    else:
        around = Circumstances(
            branch=job.branch,
            crates=seen.crates,
            policy_edits=left.policy_edits,
            mistakes=mistakes,
            people={pool: people for each in known for pool, people in each.people.items()},
        )
        analysis = apply_policy(policy, left.analysis)
        decision = evaluate(policy, analysis, around, merged(each.standing for each in known), now=now)
    members = tuple(
        Member(number, each.verdict if each else CheckState.FAILURE, each.decision if each else None)
        for number, each in looks
    )
    return Group(
        sha=job.head_sha,
        base_ref=job.branch,
        compared_with=left.base,
        analysis=left.analysis,
        decision=decision,
        verdict=_verdict(verdict(decision), members, decision.mode),
        web=world.web(forge.repository),
        members=members,
        policy_edits=left.policy_edits,
        problems=problems,
        mistakes=mistakes,
        details_url=world.details_url(forge.repository, 0),
        app=world.slug,
    )


def _unseen(group: Study, members: Sequence[Look]) -> Study:
    """What the group changes and no member changes by itself; of those, each member's own verdict tells."""
    told = frozenset(fingerprint for member in members for fingerprint in member.study.fingerprints)
    analysis = group.analysis
    changes = tuple(change for change in analysis.changes if change.fingerprint not in told)
    lines = {(change.path, change.site.line) for change in changes}
    return replace(
        group,
        analysis=replace(
            analysis,
            changes=changes,
            findings=tuple(each for each in analysis.findings if (each.path, each.line) in lines),
            unanalysed=tuple(doubt for doubt in analysis.unanalysed if of_unanalysed(doubt) not in told),
        ),
        policy_edits=tuple(edit for edit in group.policy_edits if edit.fingerprint not in told),
    )


def _verdict(own: CheckState, members: tuple[Member, ...], mode: Mode) -> CheckState:
    """The strictest; a queue does not wait, so what would have to wait for people is refused."""
    if mode is not Mode.ENFORCE:
        return own
    if not members:
        return CheckState.FAILURE
    worst = strictest((own, *(member.verdict for member in members)))
    return CheckState.FAILURE if worst is CheckState.IN_PROGRESS else worst


def _look(world: World, forge: Forge, number: int, runner: Runner) -> Look | None:
    """A member as it is now; None when it is gone or moved while it was looked at."""
    try:
        tip = forge.tip(number)
        seen = look(world, forge, world.book(forge.repository, number), tip, runner)
        return seen if forge.tip(number) == tip else None
    except GoneError:
        return None
