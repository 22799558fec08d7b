"""What a comparison needs of the trees besides the changed files themselves."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from analyzers.inventory import declaring_candidates, module_candidates
from analyzers.model import FileChange
from analyzers.rust.scan import declared_modules
from analyzers.survey import Entry, Tree
from bot.git import Entry as TreeEntry
from bot.git import GitError, Repository

_log = logging.getLogger("cratewarden.comparison")
# In front of the ids of contents that are in the library and not in the repository.
_LIBRARY = "library:"


def test_modules(
    repository: Repository, listed: Sequence[TreeEntry], changes: Sequence[FileChange]
) -> Mapping[str, bool]:
    """Which changed paths exist only through a ``#[cfg(test)] mod`` in the tree of which everything is listed."""
    wanted = {
        change.head.path for change in changes if change.head is not None and change.head.mode == "file"
    }
    tree = {entry.path: entry.blob for entry in listed}
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


@dataclass(frozen=True, slots=True)
class Library:
    """Clones of what maintainers keep at hand, such as RustSec's database of advisories, by their folders.

    They are opened whenever something is compared, so that bringing one up to date counts at once. Where a path is in
    several, the first one counts.
    """

    clones: tuple[str, ...] = ()

    def tree(self) -> Tree:
        """Everything in the last commits; what cannot be listed is its problem, and in the log where it stands."""
        entries: dict[str, Entry] = {}
        for number, clone in enumerate(self.clones):
            try:
                for entry in Repository.open(clone).tree("HEAD"):
                    blob = f"{_LIBRARY}{number}:{entry.blob}"
                    entries.setdefault(entry.path, Entry(entry.kind, blob))
            except GitError as error:
                _log.warning("the clone %s with advisories cannot be read: %s", clone, error)
                return Tree(problem="the clone with advisories cannot be read")
        return Tree(entries)

    def read(self, blobs: Iterable[str], total: int) -> dict[str, bytes]:
        """Contents by the ids that ``tree`` gives; those that cannot be read are left out.

        Raises:
            GitError: a partial clone lacks one.
        """
        wanted: defaultdict[int, list[str]] = defaultdict(list)
        for blob in blobs:
            number, _, id = blob.removeprefix(_LIBRARY).partition(":")
            wanted[int(number)].append(id)
        found: dict[str, bytes] = {}
        for clone, ids in wanted.items():
            read = Repository.open(self.clones[clone]).read_blobs(ids, total)
            found |= {f"{_LIBRARY}{clone}:{id}": data for id, data in read if data is not None}
        return found


NO_LIBRARY = Library()


class Around:
    """The trees of a comparison in a repository; nothing is read before a survey asks."""

    def __init__(
        self,
        repository: Repository,
        base: str,
        head: str,
        changes: Sequence[FileChange],
        library: Library = NO_LIBRARY,
    ) -> None:
        """``base`` and ``head`` are commits; the head of an index or work tree is the last commit and its changes."""
        self._repository, self._base, self._head, self._changes = repository, base, head, tuple(changes)
        self._library = library

    @cached_property
    def base_tree(self) -> tuple[TreeEntry, ...]:
        """Everything in the base.

        Raises:
            GitError: it cannot be read.
        """
        return tuple(self._repository.tree(self._base))

    @cached_property
    def head_tree(self) -> tuple[TreeEntry, ...]:
        """Everything in the head; of an index or work tree, in the last commit.

        Raises:
            GitError: it cannot be read.
        """
        return tuple(self._repository.tree(self._head))

    @cached_property
    def test_modules(self) -> Mapping[str, bool]:
        """Which changed paths exist only through a ``#[cfg(test)] mod``."""
        return test_modules(self._repository, self.head_tree, self._changes)

    def entries(self) -> tuple[Mapping[str, Entry], Mapping[str, Entry]]:
        """Everything that stands in the base and in the head, by path.

        Raises:
            GitError: a tree cannot be read.
        """
        base, head = (
            {entry.path: Entry(entry.kind, entry.blob) for entry in tree}
            for tree in (self.base_tree, self.head_tree)
        )
        # Changes of the index or the work tree are in no commit yet.
        for change in self._changes:
            if change.base is not None:
                head.pop(change.base.path, None)
        for change in self._changes:
            if change.head is not None:
                head[change.head.path] = Entry(change.head.mode, change.head.blob)
        return base, head

    def library(self) -> Tree:
        """Everything that the maintainers keep at hand."""
        return self._library.tree()

    def read(self, blobs: Iterable[str], total: int) -> Mapping[str, bytes]:
        """Contents by id; those that cannot be read, or lie beyond ``total`` bytes, are left out.

        Raises:
            GitError: a partial clone lacks one.
        """
        asked = list(blobs)
        own = (blob for blob in asked if not blob.startswith(_LIBRARY))
        found = {blob: data for blob, data in self._repository.read_blobs(own, total) if data is not None}
        return found | self._library.read((blob for blob in asked if blob.startswith(_LIBRARY)), total)


def _folder(root: str) -> str:
    return root.removesuffix("/mod.rs") if root.endswith("/mod.rs") else root.removesuffix(".rs")
