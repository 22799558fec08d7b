"""Vendored packages against the digests that ``cargo vendor`` wrote beside them.

Cargo compares every listed file with its digest whenever it builds, and refuses to go on if one differs
(``DirectorySource::verify``). It does not look for files that are not listed, and it believes the list: so what
matters in a review are files beside the list, and digests that change although the archive stays the same.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from analyzers.fingerprint import digest_of
from analyzers.manifest.package import MANIFEST
from analyzers.manifest.reading import document_at
from analyzers.model import (
    Change,
    ChangeClass,
    Finding,
    Note,
    Place,
    Severity,
    Site,
    Unanalysed,
    UnanalysedReason,
)
from analyzers.paths import folders_above
from analyzers.supply_chain.findings import KIND, VENDORED, finding
from analyzers.supply_chain.lock import read_lock
from analyzers.supply_chain.paths import CHECKSUMS, LOCK, is_vendored_code, vendored_folder
from analyzers.supply_chain.toml import StoreError
from analyzers.survey import Sides, Surveyed, Tree

MAX_BYTES = 4 << 20
"""Bytes of one list; those of the largest packages have some hundred thousand."""
# What some versions of `cargo vendor` keep of an archive and others do not; nothing builds it.
_KEPT_OR_NOT = frozenset(
    {".cargo_vcs_info.json", ".gitattributes", ".gitignore", "Cargo.lock", "Cargo.toml.orig"}
)
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Checksums:
    """The digests of a vendored package, SHA-256 in hex: of each file, and of the archive (empty for git sources)."""

    files: Mapping[str, str] = field(default_factory=dict)
    package: str = ""


# A list is asked for the files of its package one after the other.
@lru_cache(maxsize=16)
def read_checksums(path: str, data: bytes) -> Checksums:
    """The digests in a list.

    Raises:
        StoreError: it cannot be read.
    """
    if len(data) > MAX_BYTES:
        raise StoreError(path, f"larger than {MAX_BYTES} bytes")
    try:
        table = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise StoreError(path, "no JSON") from error
    files = table.get("files") if isinstance(table, dict) else None
    if not isinstance(files, dict) or not all(isinstance(each, str) for each in files.values()):
        raise StoreError(path, "no list of files with their digests")
    package = table.get("package")
    return Checksums(files, package if isinstance(package, str) else "")


def wants(sides: Sides) -> Iterator[str]:
    """The list of every vendored package that is touched, its manifest and lock file, and the files it covers."""
    for folder, files in sorted(_touched(sides).items()):
        yield posixpath.join(folder, CHECKSUMS)
        yield posixpath.join(folder, MANIFEST)
        yield from _locks_for(sides.head, folder)
        if _same_archive(sides, folder):
            yield from (posixpath.join(folder, file) for file in files)


def compare(sides: Sides) -> Surveyed:
    """One change and one finding for each vendored package that no longer is what its digests promise."""
    changes: list[Change] = []
    findings: list[Finding] = []
    unread: list[Unanalysed] = []
    for folder, files in sorted(_touched(sides).items()):
        try:
            edits = list(_edits(sides, folder, files))
            archive = list(_other_archive(sides, folder))
        except StoreError as error:
            blob = sides.head.entries[error.path].blob if error.path in sides.head.entries else ""
            unread.append(Unanalysed(error.path, UnanalysedReason.UNPARSABLE, detail=error.reason, blob=blob))
            continue
        if edits or archive:
            change = _change(sides, folder, [file for file, _ in edits])
            changes.append(change)
            findings.append(finding(VENDORED, Severity.BLOCK, change, *_shown(edits), *archive))
    return Surveyed(tuple(changes), tuple(findings), unanalysed=tuple(unread))


def _touched(sides: Sides) -> dict[str, list[str]]:
    """Names of changed files by the folder of the vendored package, sorted; packages that go as a whole are none.

    Once code changed, every other file counts as well, also such as concern nobody by themselves.
    """
    if not any(map(is_vendored_code, sides.paths)):
        return {}
    there = sides.there
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted({path for path, _ in sides.base.entries.items() ^ sides.head.entries.items()}):
        folder = vendored_folder(path, there)
        if folder is not None and posixpath.join(folder, MANIFEST) in sides.head.entries:
            found[folder].append(path[len(folder) :].lstrip("/"))
    return dict(found)


def _checksums(tree: Tree, folder: str) -> Checksums | None:
    path = posixpath.join(folder, CHECKSUMS)
    data = tree.contents.get(path)
    return None if data is None else read_checksums(path, data)


def _same_archive(sides: Sides, folder: str) -> bool:
    """Whether both lists are for the same archive, so that its files cannot have changed; also where one is unread."""
    try:
        base, head = _checksums(sides.base, folder), _checksums(sides.head, folder)
    except StoreError:
        return False
    return base is not None and head is not None and base.package == head.package


def _edits(sides: Sides, folder: str, files: list[str]) -> Iterator[tuple[str, Note]]:
    """Files with what is wrong about each."""
    base, head = _checksums(sides.base, folder), _checksums(sides.head, folder)
    if head is None:
        # Nothing was vendored here before, or nothing says any more what was.
        if base is not None:
            yield CHECKSUMS, Note("vendored-list-gone", (("file", CHECKSUMS),))
        return
    kept = base if base is not None and base.package == head.package else None
    for file in files:
        if file == CHECKSUMS:
            continue
        told = _edit(sides, folder, file, head, kept)
        if told:
            yield file, Note(told, (("file", file),))


def _edit(sides: Sides, folder: str, file: str, head: Checksums, kept: Checksums | None) -> str:
    """What is wrong about a changed file, as the id of a note; ``kept`` is the old list where the archive stays."""
    entry = sides.head.entries.get(posixpath.join(folder, file))
    listed = head.files.get(file)
    if entry is None:
        return "vendored-missing" if listed is not None else ""
    if listed is None:
        return "vendored-unlisted"
    data = sides.head.contents.get(posixpath.join(folder, file))
    if entry.mode != "file" or (data is not None and hashlib.sha256(data).hexdigest() != listed):
        return "vendored-differs"
    if kept is None or kept.files.get(file) == listed or _is_kept_or_not(file, kept):
        return ""
    return "vendored-relisted" if file in kept.files else "vendored-new-in-archive"


def _is_kept_or_not(file: str, kept: Checksums) -> bool:
    return file not in kept.files and posixpath.basename(file) in _KEPT_OR_NOT


def _other_archive(sides: Sides, folder: str) -> Iterator[Note]:
    """The archive that a changed list is for, where the lock file asks for another one."""
    path = posixpath.join(folder, CHECKSUMS)
    head = _checksums(sides.head, folder)
    manifest = document_at(sides.head, posixpath.join(folder, MANIFEST))
    if head is None or manifest is None or path not in sides.paths:
        return
    named = manifest.get("package", "name"), manifest.get("package", "version")
    for lock in _locks_for(sides.head, folder):
        data = sides.head.contents.get(lock)
        packages = () if data is None else read_lock(lock, data)
        asked = {each.checksum for each in packages if (each.name, each.version) == named and each.checksum}
        if asked and head.package not in asked:
            values = (("here", head.package[:12] or "none"), ("lock", min(asked)[:12]))
            yield Note("vendored-archive", values, lock)
        return


def _locks_for(tree: Tree, folder: str) -> Iterator[str]:
    """The nearest lock file above a vendored package; its own one counts for nobody."""
    above = (posixpath.join(each, LOCK) for each in folders_above(folder))
    nearest = next((path for path in above if path in tree.entries), None)
    if nearest is not None:
        yield nearest


def _shown(edits: list[tuple[str, Note]]) -> Iterator[Note]:
    yield from (note for _, note in edits[:_SHOWN])
    if len(edits) > _SHOWN:
        yield Note("vendored-more", (("count", str(len(edits) - _SHOWN)),))


def _change(sides: Sides, folder: str, files: list[str]) -> Change:
    """A change at the first file that is there, whose fingerprint covers all that is wrong as it stands."""
    paths = [posixpath.join(folder, file) for file in files]
    there = [path for path in paths if path in sides.head.entries]
    path = (there or [posixpath.join(folder, CHECKSUMS)])[0]
    contents = [
        f"{each} {tree.entries[each].blob if each in tree.entries else ''}"
        for tree in (sides.base, sides.head)
        for each in sorted({*paths, posixpath.join(folder, CHECKSUMS)})
    ]
    site = _site(sides.head, folder, digest_of(*contents))
    before = Place(path, _site(sides.base, folder, "")) if path in sides.base.entries else None
    kind = ChangeClass.CHANGED if before is not None else ChangeClass.ADDED
    fingerprint = digest_of(KIND, kind, folder, site.tokens)
    return Change(kind, path, site, fingerprint, before)


def _site(tree: Tree, folder: str, tokens: str) -> Site:
    manifest = document_at(tree, posixpath.join(folder, MANIFEST))
    named = [manifest.get("package", key) if manifest is not None else None for key in ("name", "version")]
    name, version = (each if isinstance(each, str) else "" for each in named)
    return Site(KIND, name or posixpath.basename(folder), 1, 1, 1, 0, 0, 0, tokens, version)
