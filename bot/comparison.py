"""What a comparison needs of the trees besides the changed files themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from analyzers.inventory import declaring_candidates, module_candidates
from analyzers.model import FileChange, FileSide
from analyzers.rust.scan import declared_modules
from bot.git import Repository


def sources(sides: Iterable[FileSide | None]) -> Mapping[str, bytes]:
    """The bytes of the sides that have any, by path."""
    return {side.path: side.data for side in sides if side is not None and side.data is not None}


def test_modules(repository: Repository, rev: str, changes: Sequence[FileChange]) -> Mapping[str, bool]:
    """Which changed paths exist only through a ``#[cfg(test)] mod`` in the tree of ``rev``."""
    wanted = {
        change.head.path for change in changes if change.head is not None and change.head.mode == "file"
    }
    tree = {entry.path: entry.blob for entry in repository.tree(rev)}
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
