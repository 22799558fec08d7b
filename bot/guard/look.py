"""One look at a pull request: its code, its people and its policy, judged."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from analyzers.model import Analysis
from bot.actions import CheckState
from bot.comparison import NO_LIBRARY, Library
from bot.gate import broken, circumstances_of, evaluate, standing, to_cover, verdict
from bot.git import GitError, Repository
from bot.guard.study import Study, read_policy_files, study
from bot.guard.world import World
from bot.model import Decision, Mode, Standing, State
from bot.policy import (
    BUILT_IN,
    ORGANISATION_HOME,
    Policy,
    PolicyError,
    PolicyProblem,
    apply_policy,
    choose_file,
    read_layers,
)
from bot.ports import Book, Cover, Forge, Runner, Tip
from bot.pull import PullRequest

_LOG = logging.getLogger(__name__)


NOTHING = Decision(State.PENDING, Mode.ENFORCE)
"""Before anything is judged nothing may pass."""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that was seen, and the decision from it.

    ``problems`` are those of a policy that cannot be read; then ``policy`` is the built-in one and decides
    nothing. ``after`` is the policy that the head would bring, or what is wrong with it; None where none is
    edited. ``analysis`` has findings of the policy's severity.
    """

    pull: PullRequest
    repository: Repository
    study: Study
    standing: Standing
    policy: Policy
    now: datetime.datetime
    problems: tuple[PolicyProblem, ...] = ()
    after: Policy | PolicyError | None = None
    analysis: Analysis = field(default_factory=Analysis)
    decision: Decision = NOTHING
    people: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def verdict(self) -> CheckState:
        """What the check run of the pull request by itself would say."""
        return verdict(self.decision)

    @property
    def mistakes(self) -> tuple[PolicyProblem, ...]:
        """What is wrong with the policy that the head would bring."""
        return mistakes_in(self.after)

    def under(self, policy: Policy) -> Look:
        """The same look, judged by a policy."""
        study = self.study
        analysis = apply_policy(policy, study.analysis)
        around = circumstances_of(self.pull, policy, study.crates, study.policy_edits, self.mistakes)
        decision = (
            broken(self.problems)
            if self.problems
            else evaluate(policy, analysis, around, self.standing, now=self.now)
        )
        return replace(self, policy=policy, analysis=analysis, decision=decision, people=around.people)


def policy_at(forge: Forge, repository: Repository, commit: str) -> Policy:
    """The policy in force on a commit of a base branch.

    Raises:
        PolicyError: a file of it is no policy.
    """
    first, ignored = choose_file(read_policy_files(repository, commit))
    return read_layers(first, forge.organisation_policy(), ignored)


def policy_after(forge: Forge, repository: Repository, seen: Study) -> Policy | PolicyError | None:
    """The policy that the head of a study would bring, or what is wrong with it; None where no policy is edited.

    Raises:
        GitError: its files cannot be read.
    """
    if not seen.policy_edits:
        return None
    first, ignored = choose_file(read_policy_files(repository, seen.head))
    # There the edited file is the one of the organisation too, which is not yet what GitHub shows.
    is_home = forge.repository.name == ORGANISATION_HOME
    try:
        return read_layers(first, first if is_home else forge.organisation_policy(), ignored)
    except PolicyError as error:
        return error


def mistakes_in(after: Policy | PolicyError | None) -> tuple[PolicyProblem, ...]:
    """The problems of what ``policy_after`` gives."""
    return after.errors if isinstance(after, PolicyError) else ()


def look(
    world: World, forge: Forge, book: Book, tip: Tip, runner: Runner, other: Policy | None = None
) -> Look:
    """Look at a pull request as it stands at ``tip``; enough is read to judge it under ``other`` as well.

    Raises:
        GitError: its code cannot be read.
        GoneError: it is not there any more.
    """
    # Before anything is read: what people say meanwhile is later.
    now = world.clock.now()
    repository = _fetch(world, forge, (tip.base_sha, tip.head_sha), tip.number)
    problems: tuple[PolicyProblem, ...] = ()
    policy = BUILT_IN
    try:
        policy = policy_at(forge, repository, tip.base_sha)
    except PolicyError as error:
        problems = error.errors
    teams = teams_of(policy) | (teams_of(other) if other else frozenset())
    commits = repository.commits(tip.base_sha, tip.head_sha)
    pull = _on_record(book, forge, forge.snapshot(tip.number, teams, commits), tip)
    with_crates = any(asks_for_crates(each) for each in (policy, other) if each)
    seen = study_pull(repository, tip, tip.head_sha, runner, with_crates=with_crates, library=world.library)
    covers = _covers(_Reviews(world, forge, book, repository, tip, runner), pull, seen)
    said = standing(pull, covers, book.waivers(), book.vetoes())
    said = replace(said, unknown_pusher=not pull.last_pusher)
    drawn = Look(
        pull, repository, seen, said, policy, now, problems, after=policy_after(forge, repository, seen)
    )
    return drawn.under(policy)


def _on_record(book: Book, forge: Forge, pull: PullRequest, tip: Tip) -> PullRequest:
    """A snapshot with who pushed the head, when its base was moved back, and which dismissals were ours by the ledger.

    A webhook's sender is whoever opened the pull request, or opened it again, which need not be who pushed. So it
    counts only where GitHub does not tell, as in the fork of somebody else. Both GitHub and the ledger have to say
    so of a dismissal: what somebody else dismissed does not count.
    """
    ours = book.dismissed_by_app()
    reviews = (
        replace(review, dismissed_by_app=review.dismissed_by_app and review.id in ours)
        for review in pull.reviews
    )
    pusher = forge.pusher(pull) or book.pusher(pull.head_sha)
    pull = replace(pull, base_sha=tip.base_sha, last_pusher=pusher, reviews=tuple(reviews))
    # Only what a review covers that is not on record hangs on it.
    return replace(pull, rewound=forge.rewound(pull.base_ref)) if to_cover(pull, book.covers()) else pull


def teams_of(policy: Policy) -> frozenset[str]:
    """Every team that a policy names."""
    in_pools = (team for pool in policy.pools for team in pool.teams)
    authors = (name for rule in policy.rules for name in (*rule.when.authors, *rule.when.not_authors))
    return frozenset((*in_pools, *(name for name in authors if "/" in name)))


def asks_for_crates(policy: Policy) -> bool:
    """Whether it matters to a policy which crate a path belongs to."""
    return any(rule.when.crates for rule in policy.rules)


def study_pull(
    repository: Repository,
    tip: Tip,
    head: str,
    runner: Runner,
    *,
    with_crates: bool = False,
    library: Library = NO_LIBRARY,
) -> Study:
    """What ``head`` changes, seen from the branch that the pull request goes into."""
    # Histories that share nothing are compared as they are: everything is new then.
    base = repository.merge_base(tip.base_sha, head) or tip.base_sha
    return study(repository, base, head, runner, with_crates=with_crates, library=library)


@dataclass(frozen=True, slots=True)
class _Reviews:
    world: World
    forge: Forge
    book: Book
    repository: Repository
    tip: Tip
    runner: Runner


def _covers(of: _Reviews, pull: PullRequest, seen: Study) -> Mapping[int, Cover]:
    """What every review covers; what is not recorded yet is worked out and recorded for good."""
    known = dict(of.book.covers())
    missing = to_cover(pull, known)
    studies = {pull.head_sha: seen}
    wanted = sorted({review.commit for review in missing} - {pull.head_sha})
    if wanted:
        repository = _fetch(of.world, of.forge, (of.tip.base_sha, *wanted), of.tip.number)
        for commit in wanted:
            try:
                studies[commit] = study_pull(repository, of.tip, commit, of.runner, library=of.world.library)
            except GitError as error:
                # Nobody can tell any more what was seen there, so it covers nothing.
                _LOG.warning("the reviewed commit %s of %s cannot be read: %s", commit, pull.name, error)
    for review in missing:
        if review.commit in studies:
            read = studies[review.commit]
            cover = Cover(pull.base_ref, read.fingerprints, read.paths)
            of.book.remember_cover(review.id, review.person, review.commit, cover)
            known[review.id] = cover
    return known


def _fetch(world: World, forge: Forge, wanted: Iterable[str], number: int) -> Repository:
    return world.code.fetch(
        forge.clone_access(), forge.repository, wanted, (f"refs/pull/{number}/head",) if number else ()
    )
