"""The publishing checklists of a pull request's packages, worked out where hostile files cannot harm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analyzers.manifest.package import is_manifest
from analyzers.publishing.checklist import checklist
from analyzers.publishing.model import Checklist
from analyzers.publishing.tree import Blob, Listing, crate_trees, with_base
from bot.checklist import listing_of
from bot.git import Entry, Repository
from bot.mentor.occasions import Subject, folder_of, subjects
from bot.model import Failure
from bot.ports import Runner

MOST = 20
"""How many packages of one pull request are checked: a comment has no room for more."""
MOST_BYTES = 64 << 20
"""Bytes of one package's files that a worker reads."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was worked out: the checklists by folder, the packages that failed to be read, and how many are left out."""

    checklists: tuple[Checklist, ...] = ()
    unread: tuple[tuple[str, Failure], ...] = ()
    left_out: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is published, as far as anybody can tell."""
        return not (self.checklists or self.unread)


@dataclass(frozen=True, slots=True)
class Manifests:
    """The manifests before and after, and the changed paths where somebody asked; all that a worker has to know."""

    head: Listing
    base: Listing
    asked: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Survey:
    """One package to check, in the trees before and after."""

    folder: str
    head: Listing
    base: Listing


def find_subjects(manifests: Manifests) -> tuple[Subject, ...]:
    """The packages that the checklist speaks about; runs in a worker."""
    before, after = crate_trees(manifests.base), crate_trees(manifests.head)
    return subjects(after, before, manifests.asked)


def check_package(survey: Survey) -> Checklist:
    """The checklist of one package; runs in a worker.

    Raises:
        LookupError: there is no package in that folder.
    """
    trees = with_base(crate_trees(survey.head), crate_trees(survey.base))
    return checklist(next(tree for tree in trees if folder_of(tree) == survey.folder))


def changes_manifests(repository: Repository, base: str, head: str) -> bool:
    """Whether any manifest differs between two commits.

    Raises:
        GitError: a commit or its trees cannot be read.
    """
    before, after = (_manifests(repository.tree(commit)) for commit in (base, head))
    return before != after


def published(repository: Repository, base: str, head: str, runner: Runner, *, asked: bool) -> Published:
    """The checklists of what is published from one commit to another, or of what changes where somebody ``asked``.

    Raises:
        GitError: the files of a commit cannot be read.
    """
    before, after = repository.tree(base), repository.tree(head)
    paths = _changed(before, after) if asked else None
    task = Manifests(_only_manifests(repository, after), _only_manifests(repository, before), paths)
    found: tuple[Subject, ...] = ()
    for _, result in runner.run(find_subjects, [task], lambda _: 1):
        if isinstance(result, Failure):
            return Published(unread=((".", result),))
        found = result
    if not found:
        return Published()
    folders = [subject.folder for subject in found]
    trees = listing_of(repository, head), listing_of(repository, base)
    surveys = [Survey(folder, *(_around(folder, tree) for tree in trees)) for folder in folders[:MOST]]
    lists: dict[str, Checklist] = {}
    unread: dict[str, Failure] = {}
    for survey, answer in runner.run(check_package, surveys, _weight):
        if isinstance(answer, Failure):
            unread[survey.folder] = answer
        else:
            lists[survey.folder] = answer
    return Published(
        tuple(lists[folder] for folder in sorted(lists)),
        tuple(sorted(unread.items(), key=lambda pair: pair[0])),
        len(folders) - len(surveys),
    )


def _manifests(tree: list[Entry]) -> dict[str, tuple[str, str]]:
    return {entry.path: (entry.mode, entry.blob) for entry in tree if is_manifest(entry.path)}


def _changed(before: list[Entry], after: list[Entry]) -> frozenset[str]:
    was, now = ({(entry.path, entry.mode, entry.blob) for entry in side} for side in (before, after))
    return frozenset(path for path, _, _ in was ^ now)


def _only_manifests(repository: Repository, tree: list[Entry]) -> Listing:
    wanted = _manifests(tree)
    data: Mapping[str, bytes | None] = dict(
        repository.read_blobs(sorted({blob for _, blob in wanted.values()}))
    )
    blobs = {path: Blob(len(data[blob] or b""), data[blob]) for path, (_, blob) in wanted.items()}
    return Listing(blobs, in_git=True)


def _around(folder: str, listing: Listing) -> Listing:
    """The listing with the sources of one package only, and of them no more than a worker is given.

    No item looks at sources of other packages. What a package has beyond the limit is told as unread.
    """
    return replace(listing, files=dict(_lightened(folder, listing)))


def _lightened(folder: str, listing: Listing) -> Iterator[tuple[str, Blob]]:
    left = MOST_BYTES
    for path, blob in listing.files.items():
        inside = folder == "." or path.startswith(f"{folder}/")
        left -= len(blob.data or b"") if inside else 0
        keeps = not path.endswith(".rs") or (inside and left >= 0)
        yield path, blob if keeps else replace(blob, data=None)


def _weight(survey: Survey) -> int:
    return sum(len(blob.data or b"") for blob in survey.head.files.values())
