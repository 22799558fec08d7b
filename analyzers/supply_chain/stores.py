"""Where the audit store of a lock file stands, and what it says on both sides."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.manifest.document import Document
from analyzers.manifest.package import MANIFEST
from analyzers.manifest.reading import document_at
from analyzers.supply_chain import vet
from analyzers.survey import Sides, Tree


@dataclass(frozen=True, slots=True)
class Stores:
    """The audit store as it was, with the records of imports.lock that the pull request brings, and as it becomes.

    The second one holds nobody's new opinion: audits of imports and dates of publication are copied by cargo-vet, and
    it checks them where CI runs it.
    """

    before: vet.Store
    recorded: vet.Store
    after: vet.Store


def wants(sides: Sides, before: str, after: str) -> Iterator[str]:
    """The manifest beside a lock file, and the store that it names on either side."""
    for tree, lock in ((sides.base, before), (sides.head, after)):
        yield posixpath.join(posixpath.dirname(lock), MANIFEST)
        yield from (posixpath.join(folder_of(tree, lock), name) for name in vet.FILES)


def read_stores(sides: Sides, before: str, after: str) -> Stores | None:
    """The audit stores of a lock file that stood at ``before`` and stands at ``after``.

    None where the base has no store: nothing counts as an audit there yet. The base says where the store was, so that
    a pull request cannot bring one of its own.

    Raises:
        StoreError: a file of it cannot be read.
    """
    folders = [folder_of(sides.base, before), folder_of(sides.head, after)]
    base, head = (
        {
            name: tree.contents[path]
            for name in vet.FILES
            if (path := posixpath.join(folder, name)) in tree.contents
        }
        for tree, folder in zip((sides.base, sides.head), folders, strict=True)
    )
    if not base:
        return None
    recorded = {**base, vet.IMPORTS: head.get(vet.IMPORTS, b"")}
    known, between = (vet.read_store(folders[0], files) for files in (base, recorded))
    return Stores(known, between, vet.read_store(folders[1], head))


def folder_of(tree: Tree, lock: str) -> str:
    """Where the store of a lock file stands: as the manifest beside it says, else in the usual folder."""
    beside = posixpath.dirname(lock)
    document = document_at(tree, posixpath.join(beside, MANIFEST))
    named = named_store(document) if document is not None else ""
    return posixpath.normpath(posixpath.join(beside, named or vet.FOLDER))


def named_store(document: Document) -> str:
    """The folder that a manifest's ``metadata.vet`` names, relative to it; empty where it names none.

    A workspace and its root package may not both have one (cargo-vet, ``MetaConfig``).
    """
    for owner in ("workspace", "package"):
        path = document.get(owner, "metadata", "vet", "store", "path")
        if isinstance(path, str):
            return path
    return ""
