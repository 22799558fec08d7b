"""What the code of a pull request says between two commits: its changes, its policy files, its crates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from analyzers.fingerprint import digest_of, of_unanalysed
from analyzers.manifest.package import MANIFEST, is_manifest, package_name
from analyzers.model import Analysis, FileChange
from analyzers.paths import folders_above
from analyzers.survey import sources
from bot.assess import analysis_of
from bot.comparison import NO_LIBRARY, Around, Library
from bot.git import Entry, Repository
from bot.model import PolicyEdit
from bot.policy import POLICY_PATHS
from bot.ports import Runner


@dataclass(frozen=True, slots=True)
class Study:
    """Everything that changes between two commits, as the gate needs it.

    ``analysis`` has findings with the severity they are born with. ``crates`` names the package of each changed
    path that is in one, and of those whose sites rely on an edit; None when nobody asked.
    """

    base: str
    head: str
    changes: tuple[FileChange, ...]
    analysis: Analysis
    policy_edits: tuple[PolicyEdit, ...]
    crates: Mapping[str, str] | None

    @property
    def base_sources(self) -> Mapping[str, bytes]:
        """The bytes of the changed files before."""
        return sources(change.base for change in self.changes)

    @property
    def head_sources(self) -> Mapping[str, bytes]:
        """The bytes of the changed files after."""
        return sources(change.head for change in self.changes)

    @property
    def fingerprints(self) -> frozenset[str]:
        """Of everything that somebody who looked at it has seen."""
        return frozenset(
            (
                *(change.fingerprint for change in self.analysis.changes),
                *(of_unanalysed(doubt) for doubt in self.analysis.unanalysed),
                *(edit.fingerprint for edit in self.policy_edits),
            )
        )

    @property
    def paths(self) -> frozenset[str]:
        """The files that hold what somebody has seen."""
        return frozenset(change.path for change in self.analysis.changes)


def study(
    repository: Repository,
    base: str,
    head: str,
    runner: Runner,
    *,
    with_crates: bool = False,
    library: Library = NO_LIBRARY,
) -> Study:
    """Read and analyse what changes from ``base`` to ``head``, both commits in the repository.

    Only ``with_crates`` is it worked out which crate a path belongs to.

    Raises:
        GitError: a commit or its trees cannot be read.
    """
    changes = repository.diff(base, head)
    around = Around(repository, base, head, changes, library)
    analysis = analysis_of(changes, runner, around)
    before, after = around.base_tree, around.head_tree
    return Study(
        base,
        head,
        tuple(changes),
        analysis,
        _policy_edits(before, after),
        _crates(repository, before, after, _paths(changes, analysis)) if with_crates else None,
    )


def read_policy_files(repository: Repository, commit: str) -> dict[str, bytes]:
    """The bytes of the policy files of a commit, by path.

    Raises:
        GitError: the commit or a file cannot be read.
    """
    blobs = {entry.path: entry.blob for entry in repository.tree(commit) if entry.path in POLICY_PATHS}
    data = dict(repository.read_blobs(sorted(set(blobs.values()))))
    # A file that is there and cannot be read is no policy, which is an error and not the absence of one.
    return {path: data[blob] or b"\0" for path, blob in sorted(blobs.items())}


def _policy_edits(before: Sequence[Entry], after: Sequence[Entry]) -> tuple[PolicyEdit, ...]:
    was, now = (
        {entry.path: (entry.blob, entry.kind) for entry in side if entry.path in POLICY_PATHS}
        for side in (before, after)
    )
    edits = []
    for path in POLICY_PATHS:
        if was.get(path) != now.get(path):
            blob = now[path][0] if path in now else ""
            edits.append(PolicyEdit(path, blob, digest_of("policy", path, blob)))
    return tuple(edits)


def _paths(changes: Sequence[FileChange], analysis: Analysis) -> set[str]:
    """What rules are asked about: the paths that changed, and those of the sites that rely on them."""
    changed = {side.path for change in changes for side in (change.base, change.head) if side is not None}
    return changed.union(*(change.relying for change in analysis.changes))


def _crates(
    repository: Repository, before: Sequence[Entry], after: Sequence[Entry], paths: Collection[str]
) -> dict[str, str]:
    """The package of each path, as the base names it: a pull request cannot rename its way out of a rule."""
    known = [_packages(repository, side) for side in (before, after)]
    found = {path: next(filter(None, (_nearest(path, packages) for packages in known)), "") for path in paths}
    return {path: name for path, name in sorted(found.items()) if name}


def _packages(repository: Repository, tree: Sequence[Entry]) -> dict[str, str]:
    """Package names by folder; the root's is empty."""
    manifests = {entry.path: entry.blob for entry in tree if entry.kind == "file" and is_manifest(entry.path)}
    data = dict(repository.read_blobs(sorted(set(manifests.values()))))
    named = {
        path.removesuffix(MANIFEST).rstrip("/"): package_name(data[blob] or b"")
        for path, blob in manifests.items()
    }
    return {folder: name for folder, name in named.items() if name}


def _nearest(path: str, packages: Mapping[str, str]) -> str:
    return next((packages[folder] for folder in folders_above(path) if folder in packages), "")
