"""Reads the packages of a tree for the publishing checklist: of a commit, of a work tree, or of any folder."""

from __future__ import annotations

import os
import posixpath
import stat
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analyzers.publishing.checklist import checklist
from analyzers.publishing.model import Checklist
from analyzers.publishing.tree import (
    MAX_READ,
    OWN_TEXTS,
    Blob,
    BrokenManifest,
    CrateTree,
    Listing,
    crate_trees,
    is_read,
    with_base,
)
from bot.git import (
    TOTAL_LIMIT,
    GitError,
    NoRepositoryError,
    Repository,
    printable_path,
    raw_name,
    read_regular_file,
    shown,
)

_CACHE_TAG = b"Signature: 8a477f597d28d172789f06886806bc55"
_MOST_HOPS = 8
_MOST_ALIASES = 20_000
_WEIGHED_FROM = 10 << 20
_MOST_WEIGHED = 128 << 20


class ChecklistError(GitError):
    """Why there is no package to check at a path, in one line."""


@dataclass(frozen=True, slots=True)
class Packages:
    """Packages with the texts that their repository has for items, by the items' ids.

    ``root`` is the folder that paths are relative to, None where nothing is on disk; ``head`` the commit that was
    read, empty for files on disk.
    """

    trees: tuple[CrateTree | BrokenManifest, ...]
    texts: Mapping[str, str]
    root: str | None = None
    head: str = ""

    def checklists(self) -> tuple[Checklist, ...]:
        """The checklist of each package, in the order of their folders."""
        return tuple(checklist(tree) for tree in self.trees)


def read_path(path: str | os.PathLike[str], base: str | None = None) -> Packages:
    """The packages at or below a path: of a work tree as it is, of HEAD in a bare repository, or of any folder.

    With ``base`` each package knows itself as it was where HEAD and that revision parted; the maintainers' texts
    are read from there too.

    Raises:
        ChecklistError: there is no such path, or no package.
        GitError: the revision is unknown, or the repository cannot be read.
    """
    place = Path(path)
    if not place.exists():
        raise ChecklistError(f"{shown(place)} does not exist: give the folder of a crate or workspace")
    try:
        repository = Repository.open(place)
    except NoRepositoryError:
        if base is not None:
            raise
        return _of_folder(place)
    if repository.root is None:
        parted = None if base is None else parting(repository, base)
        return _require_some(read_commit(repository, "HEAD", parted), place)
    below = place.resolve().relative_to(Path(repository.root).resolve()).as_posix()
    listing = _weighed_on_disk(_work_tree(repository), repository.root)
    trees = _below(crate_trees(listing), below)
    if not trees:
        # What git ignores, or an example project of its own that no workspace knows.
        return _of_folder(place)
    before = None if base is None else listing_of(repository, parting(repository, base))
    return Packages(_compared(trees, before), own_texts(before or listing), repository.root)


def read_commit(repository: Repository, rev: str, base: str | None = None) -> Packages:
    """The packages of a commit, for an open repository such as a mirror; ``base`` names what to compare with.

    Only what is looked at is fetched into a mirror, in one request for each commit.

    Raises:
        GitError: a revision is unknown, or its files cannot be had.
    """
    head = repository.resolve(rev)
    listing = listing_of(repository, head)
    earlier = None if base is None else listing_of(repository, repository.resolve(base))
    trees = _compared(tuple(crate_trees(listing)), earlier)
    return Packages(trees, own_texts(earlier or listing), head=head)


def parting(repository: Repository, base: str) -> str:
    """Where HEAD and a revision parted; the revision itself where their histories share nothing.

    Raises:
        GitError: the revision is unknown.
    """
    return repository.merge_base(base, "HEAD") or repository.resolve(base)


def own_texts(listing: Listing) -> dict[str, str]:
    """The maintainers' texts by item: the files of ``.github/cratewarden/checklist``."""
    return {
        posixpath.basename(path).removesuffix(".md"): blob.data.decode("utf-8", "replace")
        for path, blob in sorted(listing.files.items())
        if blob.data is not None and path.startswith(OWN_TEXTS) and path.endswith(".md")
    }


def _of_folder(place: Path) -> Packages:
    folder = place if place.is_dir() else place.parent
    root = str(folder.resolve())
    listing = _weighed_on_disk(Listing(_aliased(dict(_on_disk(root))), in_git=False), root)
    return _require_some(Packages(tuple(crate_trees(listing)), own_texts(listing), root), place)


def _require_some(packages: Packages, place: Path) -> Packages:
    if packages.trees:
        return packages
    raise ChecklistError(f"{shown(place)} holds no Cargo.toml: give the folder of a crate or workspace")


def _compared(
    trees: tuple[CrateTree | BrokenManifest, ...], before: Listing | None
) -> tuple[CrateTree | BrokenManifest, ...]:
    return trees if before is None else tuple(with_base(trees, crate_trees(before)))


def _below(trees: Iterable[CrateTree | BrokenManifest], below: str) -> tuple[CrateTree | BrokenManifest, ...]:
    """The packages at or below a folder, or the one that it lies in."""
    known = {_folder(tree): tree for tree in trees}
    if below == ".":
        return tuple(known.values())
    inside = tuple(tree for at, tree in known.items() if at == below or at.startswith(f"{below}/"))
    around = max((at for at in known if below.startswith(f"{at}/")), key=len, default=None)
    return inside or ((known[around],) if around is not None else ())


def _folder(tree: CrateTree | BrokenManifest) -> str:
    return tree.folder if isinstance(tree, CrateTree) else posixpath.dirname(tree.path) or "."


# --- commits ------------------------------------------------------------------------------------------


def listing_of(repository: Repository, rev: str) -> Listing:
    """The files of a commit (a full id), with the content of those that the checklist looks at.

    Raises:
        GitError: the commit is unknown, or its files cannot be had.
    """
    entries = [entry for entry in repository.tree(rev) if entry.kind != "submodule"]
    wanted = sorted({entry.blob for entry in entries if entry.kind == "symlink" or is_read(entry.path)})
    contents = dict(repository.read_blobs(wanted, TOTAL_LIMIT))
    others = {entry.blob for entry in entries} - set(wanted)
    # A mirror has only what somebody has read: to weigh a package is no reason to fetch all of it.
    here = others - repository.absent(others) if repository.supply else others
    sizes = repository.blob_sizes(sorted(here))
    files: dict[str, Blob] = {}
    for entry in entries:
        data = contents.get(entry.blob)
        size = sizes.get(entry.blob, -1) if data is None else len(data)
        files[entry.path] = Blob(size, _kept(data), "symlink" if entry.kind == "symlink" else "file")
    return Listing(_aliased(files), in_git=True, tags=repository.tags())


def _kept(data: bytes | None) -> bytes | None:
    return data if data is not None and len(data) <= MAX_READ else None


# --- the disk -----------------------------------------------------------------------------------------


def _work_tree(repository: Repository) -> Listing:
    state = repository.worktree()
    names = {entry.name for entry in state.index if entry.kind != "submodule"} | state.touched
    files: dict[str, Blob] = {}
    for name in sorted(names):
        status = repository.lstat(name)
        blob = _blob(printable_path(name), repository.path_on_disk(name), status) if status else None
        if blob is not None:
            files[printable_path(name)] = blob
    return Listing(_aliased(files), in_git=True, tags=repository.tags())


def _on_disk(root: str) -> Iterator[tuple[str, Blob]]:
    """All files below a folder; folders that links lead to are not entered, nor those that Cargo builds in."""
    folders = [""]
    while folders:
        folder = folders.pop()
        tag = read_regular_file(f"{root}/{folder}CACHEDIR.TAG", len(_CACHE_TAG)) if folder else None
        if tag is not None and tag.startswith(_CACHE_TAG):
            continue
        try:
            with os.scandir(f"{root}/{folder}") as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            raise ChecklistError(f"cannot read {shown(f'{root}/{folder}')}: {error.strerror}") from error
        for entry in entries:
            path = printable_path(os.fsencode(f"{folder}{entry.name}"))
            if entry.is_dir(follow_symlinks=False):
                folders += [f"{folder}{entry.name}/"] if entry.name != ".git" else []
            elif (blob := _blob(path, entry.path, entry.stat(follow_symlinks=False))) is not None:
                yield path, blob


def _blob(path: str, disk: str, status: os.stat_result) -> Blob | None:
    """What stands at a path; None for what is neither a file nor a link."""
    if stat.S_ISLNK(status.st_mode):
        target = os.fsencode(Path(disk).readlink())
        return Blob(len(target), target, "symlink")
    if not stat.S_ISREG(status.st_mode):
        return None
    data = read_regular_file(disk, MAX_READ) if is_read(path) and status.st_size <= MAX_READ else None
    return Blob(status.st_size, _kept(data))


def _weighed_on_disk(listing: Listing, root: str) -> Listing:
    """The listing with the compressed sizes of its files, where the archive might be too large.

    One stream takes them all, as in the archive; it is flushed behind each, which costs some bytes.
    """
    if sum(blob.size for blob in listing.files.values()) <= _WEIGHED_FROM:
        return listing
    packed: dict[str, int] = {}
    left = _MOST_WEIGHED
    stream = zlib.compressobj()
    for path, blob in sorted(listing.files.items()):
        if blob.kind == "symlink" or blob.size > left:
            continue
        data = read_regular_file(f"{root}/{os.fsdecode(raw_name(path))}", blob.size)
        if data is not None:
            left -= len(data)
            packed[path] = len(stream.compress(data)) + len(stream.flush(zlib.Z_SYNC_FLUSH))
    return replace(listing, packed=packed)


# --- links --------------------------------------------------------------------------------------------


def _aliased(files: dict[str, Blob]) -> dict[str, Blob]:
    """The files with links in place of which stands what they lead to, as Cargo packages it.

    A link that leads to nothing here, or out of the tree, stays what it is.
    """
    links = {path: blob.data for path, blob in files.items() if blob.kind == "symlink"}
    if not links:
        return files
    found = {path: replace(blob, data=None) if path in links else blob for path, blob in files.items()}
    left = _MOST_ALIASES
    for path in sorted(links):
        target = _target(path, links)
        if target in files and target not in links:
            found[path] = replace(files[target], kind="symlink")
            continue
        inside = [other for other in files if other.startswith(f"{target}/") and other not in links]
        left -= len(inside)
        if left < 0:
            break
        if inside and not path.startswith(f"{target}/"):
            del found[path]
            found |= {f"{path}/{other.removeprefix(f'{target}/')}": files[other] for other in inside}
    return found


def _target(path: str, links: Mapping[str, bytes | None]) -> str:
    """Where a link leads, by way of other links; an empty path for out of the tree."""
    for _ in range(_MOST_HOPS):
        target = links.get(path)
        if target is None:
            return path
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(target)))
        if path.startswith(("/", "..")):
            return ""
    return ""
