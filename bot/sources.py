"""Lists what an audit reads, in a clone or in any folder, and reads it wherever the caller's workers are."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzers.manifest.package import is_manifest
from analyzers.model import Unanalysed, UnanalysedReason
from analyzers.surveys import is_counted
from bot.git import (
    BLOB_LIMIT,
    BlobReader,
    Entry,
    GitError,
    NoRepositoryError,
    Repository,
    blob_id,
    printable_path,
    raw_name,
    read_regular_file,
    shown,
)

_CACHE_TAG = b"Signature: 8a477f597d28d172789f06886806bc55"


class SourceError(GitError):
    """Why there is nothing to audit at a path, or why a file cannot be had any more, in one line."""


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A Rust file: printable path, id of its content as git computes it, and size in bytes."""

    path: str
    blob: str
    size: int


@dataclass(frozen=True, slots=True)
class Sources:
    """What an audit reads.

    ``files`` are all Rust sources, ``manifests`` the bytes of all Cargo.toml files by path, ``others`` what surveys
    count sites in besides, ``unanalysed`` the submodules, links and over-large or unreadable files; all sorted by
    path. ``skipped`` are build
    folders that were left out. ``rev`` is a full commit id, or empty for files on disk; ``root`` the folder
    that paths are relative to, or None where nothing is on disk.
    """

    files: tuple[SourceRef, ...]
    manifests: Mapping[str, bytes]
    unanalysed: tuple[Unanalysed, ...]
    skipped: tuple[str, ...]
    reader: SourceReader
    rev: str
    root: str | None
    others: tuple[SourceRef, ...] = ()


class SourceReader:
    """Reads listed files by path and id; picklable, so that every worker has a reader of its own."""

    def __init__(self, root: str | None, repository: Repository | None) -> None:
        self._root = root
        self._repository = repository
        self._blobs = BlobReader(repository) if repository else None
        self.algorithm = repository.algorithm if repository else "sha1"

    def __reduce__(self) -> tuple[type[SourceReader], tuple[str | None, Repository | None]]:
        return SourceReader, (self._root, self._repository)

    def read(self, path: str, blob: str) -> bytes:
        """The bytes that have this id: from the disk if it still has them, else from git.

        A file may differ from what git records for it without being modified, by its line ends for one.

        Raises:
            SourceError: neither has them, since the file changed after it was listed.
        """
        if self._root is not None:
            data = read_regular_file(f"{self._root}/{os.fsdecode(raw_name(path))}")
            if data is not None and blob_id(data, self.algorithm) == blob:
                return data
        data = self._blobs.read(blob) if self._blobs else None
        if data is None:
            raise SourceError(f"{path} has changed while it was read: run again")
        return data

    def close(self) -> None:
        """End the process that reads from git, if there is one."""
        if self._blobs:
            self._blobs.close()


def list_sources(path: str | os.PathLike[str], rev: str | None = None) -> Sources:
    """List the sources below a path: of a commit, of a work tree without what git ignores, or of any folder.

    In a bare repository ``rev`` defaults to HEAD. A path inside a repository restricts the listing to what
    is below it; paths are always relative to the repository. A folder that git ignores as a whole, or that
    is in no repository, is read from the disk as it is, without following links; paths are relative to it.

    Raises:
        SourceError: there is no such path, or no Rust file below it.
        GitError: the revision is unknown, or the repository cannot be read.
    """
    place = Path(path)
    if not place.exists():
        raise SourceError(f"{shown(place)} does not exist: give a folder, a clone or a bare repository")
    try:
        repository = Repository.open(place)
    except NoRepositoryError:
        if rev is not None:
            raise
        return _require_some(_in_folder(place), place)
    below = _below(repository, place)
    if rev is not None or repository.root is None:
        return _require_some(_in_commit(repository, repository.resolve(rev or "HEAD"), below), place)
    sources = _in_work_tree(repository, below)
    if below and not sources.files:
        sources = _in_folder(place)
    return _require_some(sources, place)


def list_commit(repository: Repository, rev: str) -> Sources:
    """List the sources of a commit of a repository that is open already, such as a mirror.

    Raises:
        SourceError: it holds no Rust file.
        GitError: the revision is unknown, or its files cannot be had.
    """
    return _require_some(_in_commit(repository, repository.resolve(rev), b""), Path(repository.git_dir))


def _require_some(sources: Sources, place: Path) -> Sources:
    if sources.files or sources.unanalysed:
        return sources
    raise SourceError(f"{shown(place)} holds no Rust files: give the folder of a crate or workspace")


def _below(repository: Repository, place: Path) -> bytes:
    """The name of the path relative to the work tree's root; empty for the root and for bare repositories."""
    if repository.root is None:
        return b""
    relative = place.resolve().relative_to(Path(repository.root).resolve()).as_posix()
    return b"" if relative == "." else os.fsencode(relative)


@dataclass(frozen=True, slots=True)
class _Found:
    """A name with what stands there: ``disk`` is its path if only the disk has it, then without an id.

    ``size`` is None where the content is missing. ``target`` is a link's, None if it cannot be read.
    """

    entry: Entry
    size: int | None = None
    disk: str | None = None
    target: bytes | None = None


def _in_commit(repository: Repository, rev: str, below: bytes) -> Sources:
    entries = [entry for entry in repository.tree(rev) if _is_wanted(entry) and _is_below(entry.name, below)]
    return _sources(_recorded(repository, entries), SourceReader(None, repository), rev=rev)


def _recorded(repository: Repository, entries: Sequence[Entry]) -> Iterator[_Found]:
    """Entries with what the repository has for them."""
    sizes = repository.blob_sizes(sorted({entry.blob for entry in entries if entry.kind == "file"}))
    targets = dict(
        repository.read_blobs(sorted({entry.blob for entry in entries if entry.kind == "symlink"}))
    )
    for entry in entries:
        yield _Found(entry, sizes.get(entry.blob), target=targets.get(entry.blob))


def _in_work_tree(repository: Repository, below: bytes) -> Sources:
    state = repository.worktree(os.fsdecode(below) or ".")
    untouched = [entry for entry in state.index if _is_wanted(entry) and entry.name not in state.touched]
    found: list[_Found] = []
    elsewhere: list[Entry] = []
    for entry in untouched:
        size = _size_on_disk(repository.path_on_disk(entry.name)) if entry.kind == "file" else None
        if size is None:  # a link or submodule, or a file outside a sparse checkout
            elsewhere.append(entry)
        else:
            found.append(_Found(entry, size))
    found.extend(_recorded(repository, elsewhere))
    submodules = {entry.name for entry in state.index if entry.kind == "submodule"}
    for name in sorted(state.touched - submodules):
        status = repository.lstat(name)
        if status is not None:
            found.extend(_on_disk(name, repository.path_on_disk(name), status))
    modules = sorted((submodules & state.touched) | set(state.nested))
    found.extend(_Found(Entry(name, "160000", "")) for name in modules)
    return _sources(found, SourceReader(repository.root, repository), root=repository.root)


def _in_folder(place: Path) -> Sources:
    """All files below a folder, or a single file; a link is never followed."""
    root = str((place if place.is_dir() else place.parent).resolve())
    skipped: list[str] = []
    problems: list[Unanalysed] = []
    if place.is_dir():
        found = list(_walk(root, skipped, problems))
    else:
        found = list(_on_disk(os.fsencode(place.name), f"{root}/{place.name}", place.lstat()))
    return _sources(found, SourceReader(root, None), root=root, skipped=skipped, problems=problems)


def _walk(root: str, skipped: list[str], problems: list[Unanalysed]) -> Iterator[_Found]:
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(f"{root}/{folder}") as listing:
                entries = list(listing)
        except OSError as error:
            path = printable_path(os.fsencode(folder)) or "."
            problems.append(Unanalysed(path, UnanalysedReason.MISSING, detail=str(error.strerror)))
            continue
        if folder and _is_build_folder(f"{root}/{folder}CACHEDIR.TAG"):
            skipped.append(printable_path(os.fsencode(folder[:-1])))
            continue
        for entry in entries:
            name = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                folders.extend([f"{name}/"] if entry.name != ".git" else [])
            else:
                yield from _on_disk(os.fsencode(name), entry.path, entry.stat(follow_symlinks=False))


def _on_disk(name: bytes, disk: str, status: os.stat_result) -> Iterator[_Found]:
    """What stands at a name of which git knows nothing."""
    if stat.S_ISLNK(status.st_mode):
        yield _Found(Entry(name, "120000", ""), target=os.fsencode(Path(disk).readlink()))
    elif stat.S_ISREG(status.st_mode) and _is_wanted(Entry(name, "100644", "")):
        yield _Found(Entry(name, "100644", ""), status.st_size, disk)


def _sources(
    found: Iterable[_Found],
    reader: SourceReader,
    *,
    rev: str = "",
    root: str | None = None,
    skipped: Sequence[str] = (),
    problems: Iterable[Unanalysed] = (),
) -> Sources:
    """Sort what was found into sources, manifests and what cannot be judged."""
    files: list[SourceRef] = []
    others: list[SourceRef] = []
    manifests: dict[str, bytes] = {}
    unanalysed = list(problems)
    for item in found:
        path = item.entry.path
        if item.entry.kind == "submodule":
            unanalysed.append(Unanalysed(path, UnanalysedReason.SUBMODULE))
        elif item.entry.kind == "symlink":
            if _may_lead_to_rust(item, root):
                unanalysed.append(Unanalysed(path, UnanalysedReason.SYMLINK))
        elif item.size is not None and item.size > BLOB_LIMIT:
            # A large data file is nothing that a survey counts.
            if not _is_source(item.entry):
                continue
            unanalysed.append(Unanalysed(path, UnanalysedReason.TOO_LARGE, detail=f"{item.size} bytes"))
        elif item.size is None or (known := _content(item, reader)) is None:
            unanalysed.append(Unanalysed(path, UnanalysedReason.MISSING, detail="cannot be read"))
        elif is_manifest(path):
            manifests[path] = known[1] if known[1] is not None else reader.read(path, known[0])
            others.append(SourceRef(path, known[0], item.size))
        elif not item.entry.is_rust:
            others.append(SourceRef(path, known[0], item.size))
        else:
            files.append(SourceRef(path, known[0], item.size))
    reader.close()
    return Sources(
        tuple(sorted(files, key=lambda ref: ref.path)),
        dict(sorted(manifests.items())),
        tuple(sorted(unanalysed, key=lambda doubt: doubt.path)),
        tuple(sorted(skipped)),
        reader,
        rev,
        root,
        tuple(sorted(others, key=lambda ref: ref.path)),
    )


def _content(item: _Found, reader: SourceReader) -> tuple[str, bytes | None] | None:
    """The id of a file's content, and the bytes if they had to be read for that; None if they cannot be."""
    if item.disk is None:
        return item.entry.blob, None
    data = read_regular_file(item.disk)
    return None if data is None else (blob_id(data, reader.algorithm), data)


def _may_lead_to_rust(link: _Found, root: str | None) -> bool:
    """Whether a link is named like a source, or leads out of what is listed to anything but a plain file."""
    if link.entry.name.endswith(b".rs") or link.target is None:
        return True
    place = posixpath.normpath(posixpath.join(posixpath.dirname(link.entry.name), link.target))
    if not place.startswith((b"/", b"../")) and place != b"..":
        return False
    return root is None or place.endswith(b".rs") or not Path(root, os.fsdecode(place)).is_file()


def _is_wanted(entry: Entry) -> bool:
    return entry.kind != "file" or _is_source(entry) or is_counted(entry.path)


def _is_source(entry: Entry) -> bool:
    return entry.is_rust or is_manifest(entry.path)


def _is_below(name: bytes, folder: bytes) -> bool:
    return not folder or name == folder or name.startswith(folder + b"/")


def _is_build_folder(tag: str) -> bool:
    """Whether a folder carries the tag that cargo gives to its target folder (bford.info/cachedir)."""
    data = read_regular_file(tag, len(_CACHE_TAG))
    return data is not None and data.startswith(_CACHE_TAG)


def _size_on_disk(path: str) -> int | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
