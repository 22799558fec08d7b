"""``cratewarden review``: two revisions, what changed, who has to look."""

from __future__ import annotations

import datetime
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from analyzers.inventory import declaring_candidates, module_candidates
from analyzers.model import Analysis, FileChange
from analyzers.rust.scan import declared_modules
from bot.assess import assess
from bot.cli import INTERNAL, NOTHING_TO_ASK, REVIEW_NEEDED
from bot.cli.errors import UserError
from bot.cli.output import display, write
from bot.git import GitError, Repository
from bot.isolation import Workers
from bot.model import Decision, Mode, ReviewReport, State
from bot.policy import BUILT_IN, Policy, load
from bot.render import review

INDEX, WORKTREE = "INDEX", "WORKTREE"


def run_review(options: Namespace) -> int:
    """Review and print; the exit status is the decision's."""
    policy = read_policy(options.policy)
    repository = Repository.open(options.path)
    base, head, changes = _changes(repository, options)
    tests = _test_modules(repository, head, changes)
    # One worker is enough for a pull request: a second one would cost its start.
    with Workers(processes=1) as workers:
        analysis, decision = assess(changes, workers, policy, _today(), tests)
    report = ReviewReport(
        base,
        head,
        analysis,
        decision,
        {
            change.base.path: change.base.data
            for change in changes
            if change.base and change.base.data is not None
        },
        {
            change.head.path: change.head.data
            for change in changes
            if change.head and change.head.data is not None
        },
        repository.root,
    )
    write(options, [review(report, options.format, display(options))])
    return _status(decision, analysis)


def _status(decision: Decision, analysis: Analysis) -> int:
    if decision.mode is Mode.OFF or decision.state is State.CLEAR:
        return NOTHING_TO_ASK
    enforcing = decision.mode is Mode.ENFORCE
    return INTERNAL if enforcing and analysis.unanalysed else REVIEW_NEEDED


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def read_policy(path: str | None) -> Policy:
    """The policy in a file, or the built-in one.

    Raises:
        UserError: the file cannot be read.
        PolicyError: it is no valid policy.
    """
    if path is None:
        return BUILT_IN
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"cannot read the policy {path}: {error.strerror}") from error
    return load(data, path)


def _changes(repository: Repository, options: Namespace) -> tuple[str, str, list[FileChange]]:
    """Base commit, head commit (or what stands for it) and the changed files."""
    if options.staged:
        base = repository.resolve(options.base or "HEAD")
        return base, INDEX, repository.diff_index(base)
    if options.worktree:
        base = repository.resolve(options.base or "HEAD")
        return base, WORKTREE, repository.diff_worktree(base)
    head = repository.resolve(options.head or "HEAD")
    named = options.base or repository.default_branch()
    if named is None:
        raise GitError("no default branch is known here: give --base REV")
    # Histories that share nothing are compared as they are: everything is new then.
    base = repository.merge_base(named, head) or repository.resolve(named)
    return base, head, repository.diff(base, head)


def _test_modules(repository: Repository, head: str, changes: Sequence[FileChange]) -> Mapping[str, bool]:
    """Which changed paths exist only through a ``#[cfg(test)] mod`` in the head's tree.

    For the index and the work tree the last commit answers: a declaration that is only there asks once more.
    """
    wanted = {
        change.head.path for change in changes if change.head is not None and change.head.mode == "file"
    }
    tree = {
        entry.path: entry.blob for entry in repository.tree("HEAD" if head in (INDEX, WORKTREE) else head)
    }
    parents = sorted({parent for path in wanted for parent in declaring_candidates(path) if parent in tree})
    declared = {
        blob: declared_modules(data or b"")
        for blob, data in repository.read_blobs(sorted({tree[p] for p in parents}))
    }
    roots: dict[str, bool] = {}
    for parent in parents:
        for module, test_only in declared[tree[parent]].items():
            for path in module_candidates(parent, module):
                # Declared twice, once for production: then it is production code.
                roots[path] = test_only and roots.get(path, True)
    folders = tuple(f"{_folder(root)}/" for root, test_only in roots.items() if test_only)
    return {path: roots.get(path, False) or path.startswith(folders) for path in wanted}


def _folder(root: str) -> str:
    return root.removesuffix("/mod.rs") if root.endswith("/mod.rs") else root.removesuffix(".rs")
