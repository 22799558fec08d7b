"""Assesses one pull request: looks, tells GitHub, and writes down why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.actions import (
    Action,
    CheckState,
    DismissReview,
    DropComment,
    KeepComment,
    PublishCheck,
    RequestReviewers,
    SetLabels,
    UploadSarif,
    WithdrawRequests,
)
from bot.gate import strictest
from bot.git import GitError
from bot.guard.asking import Asking, plan_for
from bot.guard.look import Look, look
from bot.guard.mentoring import follow_up
from bot.guard.policy_edits import edited_policy
from bot.guard.record import record_of
from bot.guard.speaking import Speaker, speaking_last
from bot.guard.world import StaleError, World
from bot.jobs import AssessPull, MentorPull, Where
from bot.model import Mode, State
from bot.ports import Assignment, Book, Forge, Tip
from bot.pull import ReviewState
from bot.render import (
    check_run,
    dismissal,
    policy_annotations,
    policy_comment,
    sticky_comment,
    unread_check,
)
from bot.render import review as report_as
from bot.render.view import Asked, EditedPolicy, Phrase, Sibling, Verdicted
from bot.reviewers import Why

REVIEW, POLICY = "review", "policy"
"""The topics of the App's comments."""

# How often a pull request may move while it is looked at, before a later attempt takes over.
_LOOKS = 4


def assess_pull(world: World, job: AssessPull) -> tuple[AssessPull | MentorPull, ...]:
    """Assess a pull request as it is now; returns jobs for others that share its head, and for the mentor.

    Raises:
        StaleError: it moved all the time, or another process looks at it.
        GoneError: it is not there any more.
        GitError: its code cannot be read.
    """
    forge = world.forge(job.where)
    book = world.book(forge.repository, job.number)
    if job.pusher:
        book.remember_pusher(job.head, job.pusher)
    name = f"{forge.repository.full_name}#{job.number}"
    return speaking_last(book, name, lambda speaker: _assess(world, forge, speaker, job))


def _assess(
    world: World, forge: Forge, speaker: Speaker, job: AssessPull
) -> tuple[AssessPull | MentorPull, ...]:
    book = speaker.book
    tip = forge.tip(job.number)
    if not tip.is_open:
        return _close(forge, book, job.where, tip)
    try:
        seen = _look_at_rest(world, forge, book, tip)
    except GitError as error:
        known = [one.state for one in book.verdicts(tip.head_sha) if one.number == tip.number]
        if not known or known == [CheckState.SUCCESS]:
            # People should know why it takes so long; and what was green may be aimed at another branch by now.
            forge.perform(tip.number, [unread_check(tip.head_sha, str(error))])
        raise
    return (*_conclude(world, forge, speaker, job.where, seen), *follow_up(book, job.where, seen))


def _look_at_rest(world: World, forge: Forge, book: Book, tip: Tip) -> Look:
    """A look during which nothing moved."""
    with world.runner() as runner:
        for _ in range(_LOOKS):
            seen = look(world, forge, book, tip, runner)
            now = forge.tip(tip.number)
            if now == tip and (seen.pull.head_sha, seen.pull.base_ref) == (tip.head_sha, tip.base_ref):
                return seen
            tip = now
    raise StaleError(f"{forge.repository.full_name}#{tip.number} moved {_LOOKS} times while it was looked at")


def _conclude(
    world: World, forge: Forge, speaker: Speaker, where: Where, seen: Look
) -> tuple[AssessPull, ...]:
    """Tell GitHub and the ledger what a look came to; returns jobs for pull requests that share the head.

    Where GitHub does not let somebody be asked, others are, and what is told is told of them: each round leaves out
    somebody more, so there are no more rounds than people.

    Raises:
        StaleError: somebody has begun to look since; what they see is newer.
    """
    book, pull = speaker.book, seen.pull
    edited = edited_policy(world, forge, seen)
    while True:
        asking = plan_for(book, seen)
        with world.exclusive(forge.repository, pull.head_sha):
            speaker.ensure_last()
            book.conclude(pull.head_sha, seen.verdict, record_of(seen))
            siblings, unknown = _siblings(book, seen)
            published = strictest((seen.verdict, *(sibling.verdict for sibling in siblings)))
            view = _view(world, forge, seen, asking, siblings, published)
            forge.perform(pull.number, [_check(view, edited)])
        _write_down(book, seen, asking)
        refused = forge.perform(pull.number, list(_actions(seen, asking, view, edited)))
        if not refused:
            return tuple(AssessPull(where, number) for number in unknown)
        book.remember_refusals(pull.head_sha, refused)


def _write_down(book: Book, seen: Look, asking: Asking) -> None:
    """Record what is to be done before it is: after a crash it is done again, and never forgotten."""
    for pick in (*asking.plan.ask, *asking.plan.ask_teams):
        book.assign(Assignment(pick.person, pick.rule, seen.now, pick.why.written()))
    book.close_assignments(asking.plan.over, "answered")
    book.close_assignments(asking.plan.withdraw, "not-needed")
    for review in _stale_approvals(seen):
        book.remember_dismissal(review, "stale")


def _siblings(book: Book, seen: Look) -> tuple[list[Sibling], list[int]]:
    """The other pull requests with this head, and the numbers of those nothing is known about yet."""
    pull = seen.pull
    known = {verdict.number: verdict.state for verdict in book.verdicts(pull.head_sha)}
    unknown = [number for number in pull.siblings if number not in known]
    states = {number: known.get(number, CheckState.IN_PROGRESS) for number in pull.siblings}
    return [Sibling(number, state) for number, state in sorted(states.items())], unknown


def _view(
    world: World,
    forge: Forge,
    seen: Look,
    asking: Asking,
    siblings: list[Sibling],
    published: CheckState,
) -> Verdicted:
    pull = seen.pull
    return Verdicted(
        pull=pull,
        policy=seen.policy,
        analysis=seen.analysis,
        decision=seen.decision,
        verdict=seen.verdict,
        published=published,
        now=seen.now,
        web=world.web(forge.repository),
        compared_with=seen.study.base,
        standing=seen.standing,
        people=seen.people,
        asked=tuple(Asked(pick.person, pick.rule, _phrase(pick.why)) for pick in asking.told),
        siblings=tuple(siblings),
        policy_edits=seen.study.policy_edits,
        problems=seen.problems,
        mistakes=seen.mistakes,
        notes=tuple(_phrase(note) for note in asking.plan.shortage),
        refused=asking.plan.refused,
        base_sources=seen.study.base_sources,
        head_sources=seen.study.head_sources,
        details_url=world.details_url(forge.repository, pull.number),
        app=world.slug,
    )


def _phrase(why: Why) -> Phrase:
    return Phrase(why.id, why.words, tuple(map(_phrase, why.also)))


def _check(view: Verdicted, edited: EditedPolicy | None) -> PublishCheck:
    check = check_run(view)
    remarks = policy_annotations(edited) if edited else ()
    return replace(check, annotations=(*check.annotations, *remarks))


def _actions(seen: Look, asking: Asking, view: Verdicted, edited: EditedPolicy | None) -> Iterator[Action]:
    """Everything besides the check run. People are asked first: the comment names who could be."""
    if asking.users or asking.teams:
        yield RequestReviewers(asking.users, asking.teams)
    body = None if seen.decision.mode is Mode.OFF else sticky_comment(view)
    yield KeepComment(REVIEW, body) if body is not None else DropComment(REVIEW)
    about = policy_comment(edited) if edited else None
    yield KeepComment(POLICY, about) if about is not None else DropComment(POLICY)
    if asking.plan.withdraw:
        yield WithdrawRequests(asking.plan.withdraw)
    yield from _labels(seen)
    for review in _stale_approvals(seen):
        yield DismissReview(review, dismissal(view))
    if seen.policy.github.code_scanning and not seen.problems:
        yield UploadSarif(
            seen.pull.head_sha,
            f"refs/pull/{seen.pull.number}/head",
            report_as(view.report, "sarif", view.display).encode(),
        )


def _labels(seen: Look) -> Iterator[SetLabels]:
    names = seen.policy.github.labels
    if seen.decision.mode is Mode.OFF or seen.problems:
        return
    edits = {edit.fingerprint for edit in seen.study.policy_edits}
    asked = any(not edits.issuperset(rule.fingerprints) for rule in seen.decision.rules)
    waits = seen.decision.state is not State.CLEAR
    wanted = {names.unsafe: asked, names.needs_review: waits}
    add = tuple(name for name, wants in wanted.items() if name and wants and name not in seen.pull.labels)
    remove = tuple(name for name, wants in wanted.items() if name and not wants and name in seen.pull.labels)
    if add or remove:
        yield SetLabels(add, remove)


def _stale_approvals(seen: Look) -> tuple[int, ...]:
    """Approvals that GitHub still counts although their people have to look at more."""
    if not seen.policy.github.dismiss_stale_approvals or seen.decision.mode is not Mode.ENFORCE:
        return ()
    open_rules = [rule for rule in seen.decision.rules if rule.uncovered]
    wanted = {
        person for rule in open_rules for pool in rule.pools for person in seen.people.get(pool, frozenset())
    }
    uncovered = frozenset(fingerprint for rule in open_rules for fingerprint in rule.uncovered)
    content: dict[str, set[str]] = {}
    for approval in seen.standing.approvals:
        content.setdefault(approval.person, set()).update(approval.covers)
    return tuple(
        review.id
        for review in seen.pull.reviews
        if review.state is ReviewState.APPROVED
        and review.person in wanted
        and review.commit != seen.pull.head_sha
        and not uncovered <= content.get(review.person, set())
    )


def _close(forge: Forge, book: Book, where: Where, tip: Tip) -> tuple[AssessPull, ...]:
    """It is closed: nobody has to look any more, and others with this head are judged without it."""
    book.forget()
    others = (other.number for other in forge.open_pulls() if other.head_sha == tip.head_sha)
    return tuple(AssessPull(where, number) for number in others if number != tip.number)
