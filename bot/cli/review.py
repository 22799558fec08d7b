"""``cratewarden review``: two revisions, what changed, who has to look."""

from __future__ import annotations

import datetime
from argparse import Namespace
from pathlib import Path

from analyzers.model import Analysis, FileChange
from analyzers.survey import sources
from bot.assess import assess
from bot.cli import INTERNAL, NOTHING_TO_ASK, REVIEW_NEEDED
from bot.cli.errors import UserError
from bot.cli.output import display, write
from bot.comparison import Around, Library
from bot.git import GitError, Repository
from bot.isolation import Workers
from bot.model import Decision, Mode, ReviewReport, State
from bot.policy import Policy, read_layers
from bot.render import review

INDEX, WORKTREE = "INDEX", "WORKTREE"
WORKERS = 2
"""As many as pay off for one change: a large one takes a quarter less time than with one, a small one no more."""


def run_review(options: Namespace) -> int:
    """Review and print; the exit status is the decision's."""
    policy = read_policy(options.policy, options.organisation)
    repository = Repository.open(options.path)
    base, head, changes = _changes(repository, options)
    library = library_of(options.advisories)
    # For the index and the work tree the last commit answers: a declaration that is only there asks once more.
    around = Around(repository, base, "HEAD" if head in (INDEX, WORKTREE) else head, changes, library)
    with Workers(processes=WORKERS) as workers:
        analysis, decision = assess(changes, workers, policy, _today(), around)
    report = ReviewReport(
        base,
        head,
        analysis,
        decision,
        sources(change.base for change in changes),
        sources(change.head for change in changes),
        repository.root,
    )
    write(options, [review(report, options.format, display(options))])
    return _status(decision, analysis)


def library_of(clones: list[str]) -> Library:
    """The clones that are asked about dependencies; whoever names one here is told at once that it is none.

    Raises:
        GitError: one is no repository.
    """
    for clone in clones:
        Repository.open(clone)
    return Library(tuple(clones))


def _status(decision: Decision, analysis: Analysis) -> int:
    if decision.mode is Mode.OFF or decision.state is State.CLEAR:
        return NOTHING_TO_ASK
    enforcing = decision.mode is Mode.ENFORCE
    return INTERNAL if enforcing and analysis.unanalysed else REVIEW_NEEDED


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def read_policy(path: str | None, organisation: str | None = None) -> Policy:
    """The policy in a file, over the organisation's defaults in another; without either the built-in one.

    Raises:
        UserError: a file cannot be read.
        PolicyError: one is no valid policy.
    """
    own, above = (read_policy_file(name) if name is not None else None for name in (path, organisation))
    return read_layers(own, above)


def read_policy_file(path: str) -> tuple[str, bytes]:
    """A policy file's name and bytes.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        return path, Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"cannot read the policy {path}: {error.strerror}") from error


def _changes(repository: Repository, options: Namespace) -> tuple[str, str, list[FileChange]]:
    """Base commit, head commit (or what stands for it) and the changed files."""
    if options.staged:
        base = repository.resolve(options.base or "HEAD")
        return base, INDEX, repository.diff_index(base)
    if options.worktree:
        base = repository.resolve(options.base or "HEAD")
        return base, WORKTREE, repository.diff_worktree(base)
    base, head = commits(repository, options)
    return base, head, repository.diff(base, head)


def commits(repository: Repository, options: Namespace) -> tuple[str, str]:
    """The full ids of the commits that ``--base`` and ``--head`` mean: the merge base, and the head.

    Raises:
        GitError: a revision is unknown.
    """
    head = repository.resolve(options.head or "HEAD")
    named = base_revision(repository, options)
    # Histories that share nothing are compared as they are: everything is new then.
    return repository.merge_base(named, head) or repository.resolve(named), head


def base_revision(repository: Repository, options: Namespace) -> str:
    """The revision that ``--base`` names, or the default branch.

    Raises:
        GitError: no default branch is known.
    """
    named = options.base or repository.default_branch()
    if named is None:
        raise GitError("no default branch is known here: give --base REV")
    return str(named)
