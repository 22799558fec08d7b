"""Cargo's files of a tree: those above a path, and what is told of one that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath

from analyzers.manifest.document import Document, DocumentError, read_document
from analyzers.manifest.package import MANIFEST
from analyzers.model import Unanalysed, UnanalysedReason
from analyzers.paths import folders_above
from analyzers.survey import Tree


def unreadable(tree: Tree, error: DocumentError) -> Unanalysed:
    """A file that is not what Cargo could read."""
    blob = tree.entries[error.path].blob if error.path in tree.entries else ""
    return Unanalysed(error.path, UnanalysedReason.UNPARSABLE, error.line, error.reason, blob)


def manifests_above(tree: Tree, path: str) -> Iterator[str]:
    """The manifests in the folders above a file, nearest first; for a manifest itself those above it."""
    manifests = (join(folder, MANIFEST) for folder in folders_above(path))
    yield from (manifest for manifest in manifests if manifest != path and manifest in tree.entries)


def workspace_of(tree: Tree, document: Document) -> Document | None:
    """The manifest with ``[workspace]`` that a manifest belongs to, which may be itself, of those that were read.

    A file that cannot be read is told where it changed; here it only means that nothing is taken over from it.
    """
    if isinstance(document.get("workspace"), Mapping):
        return document
    named = document.get("package", "workspace")
    if isinstance(named, str):
        candidates = [normpath(join(dirname(document.path), named, MANIFEST))]
    else:
        candidates = list(manifests_above(tree, document.path))
    for path in candidates:
        found = document_at(tree, path)
        if found is not None and isinstance(found.get("workspace"), Mapping):
            return found
    return None


def document_at(tree: Tree, path: str) -> Document | None:
    """The document at a path, or None where it was not read or is no TOML."""
    data = tree.contents.get(path)
    if data is None:
        return None
    try:
        return read_document(path, data)
    except DocumentError:
        return None
