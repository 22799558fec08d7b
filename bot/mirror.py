"""Local mirrors of repositories on GitHub: bare, without blobs until somebody reads them.

A mirror has no remote: its address and token come with every use. Commits and trees arrive by ``fetch``; the blobs that
a comparison reads arrive together, in one request, when it is made.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.git import GitError, Repository
from bot.git.transfer import (
    Allowance,
    NotThereError,
    Remote,
    RepositoryGoneError,
    TooLargeError,
    fetch,
    pack_refs,
    repack,
)
from bot.ports import CloneAccess, GoneError
from bot.pull import RepositoryRef

# `cratewarden.mirror` makes whoever opens a mirror by its path, and so without a supply, see that blobs may be missing.
_CONFIG = """[core]
\trepositoryformatversion = 0
\tbare = true
\tlogAllRefUpdates = false
[cratewarden]
\tmirror = true
"""
# Commits that were asked for stay on refs, so that git can tell the other side what is here.
_KEPT = "refs/cratewarden"

_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_REF = re.compile(r"refs/[^\s:+*?\[\\^~\x00-\x1f\x7f]+")
_HISTORY = Allowance(size=4 << 30, seconds=900.0)
_BLOBS = Allowance(size=1 << 30, seconds=300.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large and slow mirrors may be, in bytes and seconds.

    ``history`` holds for commits and trees of one fetch, ``blobs`` for the files that one comparison reads.
    ``budget`` is for all mirrors together: beyond it those not used for longest are removed, unless within
    ``in_use`` seconds. ``packs`` is how many packs a mirror has before they are made one.
    """

    history: Allowance = _HISTORY
    blobs: Allowance = _BLOBS
    budget: int = 20 << 30
    in_use: float = 3600.0
    packs: int = 40
    lock: float = 900.0


class Mirrors:
    """``bot.ports.Code`` on a folder. Processes and threads may share it."""

    def __init__(
        self, folder: Path, limits: Limits | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._limits = limits or Limits()
        self._clock = clock

    def fetch(
        self, access: CloneAccess, repository: RepositoryRef, wanted: Iterable[str], refs: Iterable[str] = ()
    ) -> Repository:
        """A mirror that holds the wanted commits; see ``bot.ports.Code.fetch``.

        Raises:
            UnreachableError: GitHub cannot be reached now.
            TooLargeError: the history is larger than the limits allow.
            GoneError: the repository is not there, or the token is not for it.
            GitError: git fails in another way, with a new mirror too.
        """
        home = self._folder / f"{repository.id}.git"
        # One to a line goes to git: what no commit or ref can be called is not there either.
        ids = sorted({sha for sha in wanted if _ID.fullmatch(sha)})
        names = sorted({ref for ref in refs if _REF.fullmatch(ref)})
        remote = Remote(access.url, access.token)
        with self._locked(home):
            mirror = _Mirror(home, self._limits)
            try:
                try:
                    mirror.have(remote, ids, names)
                except (NotThereError, RepositoryGoneError, TooLargeError):
                    raise
                except GitError as error:
                    if not mirror.is_to_blame(error):
                        raise
                    mirror.remove()
                    mirror.have(remote, ids, names)
            except RepositoryGoneError as error:
                raise GoneError(f"{repository.full_name}: {error}") from error
            mirror.touch(self._clock())
        self._evict(home)
        opened = Repository.open(home)
        return dataclasses.replace(opened, supply=_Supply(self, home, remote))

    def bring(self, home: Path, remote: Remote, blobs: Collection[str]) -> bool:
        """Have blobs in a mirror; False if some are left out because they are gone or too large.

        Raises:
            UnreachableError: GitHub cannot be reached now.
            GitError: git fails in another way.
        """
        mirror = _Mirror(home, self._limits)
        if not mirror.missing(blobs):
            return True
        with self._locked(home):
            mirror.touch(self._clock())
            return mirror.bring(remote, mirror.missing(blobs))

    @contextlib.contextmanager
    def _locked(self, home: Path) -> Iterator[None]:
        """One at a time writes to a mirror, whatever process it is in."""
        deadline = time.monotonic() + self._limits.lock
        with _lock_file(home) as descriptor:
            while not _try_lock(descriptor):
                if time.monotonic() > deadline:
                    raise GitError(f"{home.name} is locked for too long: is another process stuck?")
                time.sleep(0.02)
            yield

    def _evict(self, kept: Path) -> None:
        """Remove mirrors beyond the budget, those not used for longest first."""
        homes = {home: _used(home) for home in self._folder.glob("*.git") if home.is_dir()}
        sizes = {home: _size_of(home) for home in homes}
        total = sum(sizes.values())
        for home in sorted(homes, key=lambda one: (homes[one], one)):
            if total <= self._limits.budget:
                return
            if home == kept or homes[home] > self._clock() - self._limits.in_use:
                continue
            with _lock_file(home) as descriptor:
                if _try_lock(descriptor):
                    _Mirror(home, self._limits).remove()
                    total -= sizes[home]


@dataclass(frozen=True, slots=True)
class _Supply:
    """Brings blobs to one mirror. A copy in another process brings none: workers read hostile files."""

    mirrors: Mirrors
    home: Path
    remote: Remote

    def bring(self, blobs: Collection[str]) -> bool:
        return self.mirrors.bring(self.home, self.remote, blobs)

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return _nothing, ()


def _nothing() -> None:
    """What a supply is once it was pickled."""


class _Mirror:
    """One mirror; whoever writes to it holds its lock."""

    def __init__(self, home: Path, limits: Limits) -> None:
        self._home = home
        self._limits = limits

    def have(self, remote: Remote, ids: Collection[str], refs: Collection[str]) -> None:
        """Have commits with their history and trees, and refs; those that are gone are left out."""
        self._make()
        repository = self._open()
        here = set(ids) - self._lacking(repository, ids)
        wanted = {sha: f"+{sha}:{_KEPT}/{sha}" for sha in ids if sha not in here}
        wanted |= {ref: f"+{ref}:{ref}" for ref in refs}
        while wanted:
            try:
                fetch(repository, remote, wanted.values(), self._limits.history, negotiate=True)
            except NotThereError as gone:
                if not gone.names & wanted.keys():
                    raise
                wanted = {name: spec for name, spec in wanted.items() if name not in gone.names}
            else:
                self._tidy(repository)
                break
        lost = self._lacking(repository, [sha for sha in ids if sha in wanted])
        if lost:
            raise _BrokenError(f"the mirror {self._home.name} lacks {min(lost)}, which has just arrived")

    def bring(self, remote: Remote, blobs: Collection[str]) -> bool:
        """Have blobs; those that are gone or too large together are left out."""
        wanted = set(blobs)
        complete = True
        while wanted:
            try:
                fetch(self._open(), remote, sorted(wanted), self._limits.blobs, negotiate=False)
            except NotThereError as gone:
                if not gone.names & wanted:
                    raise
                wanted -= gone.names
                complete = False
            except TooLargeError:
                return False
            else:
                break
        return complete

    def missing(self, blobs: Collection[str]) -> list[str]:
        """Which of these blobs are not here, sorted."""
        return sorted(self._open().absent(blobs))

    def touch(self, now: float) -> None:
        """Remember that it was used."""
        os.utime(self._home / "config", (now, now))

    def remove(self) -> None:
        """Delete it; whoever reads it at the moment gets an error and comes back."""
        shutil.rmtree(self._home, ignore_errors=True)

    def is_to_blame(self, error: GitError) -> bool:
        """Whether a failure may come from the mirror itself: no other kind of error has a class."""
        return type(error) in {GitError, _BrokenError} or not (self._home / "HEAD").is_file()

    def _make(self) -> None:
        if (self._home / "HEAD").is_file():
            return
        shutil.rmtree(self._home, ignore_errors=True)
        for part in ("objects/info", "objects/pack", "refs/heads"):
            (self._home / part).mkdir(parents=True)
        (self._home / "config").write_text(_CONFIG, encoding="utf-8")
        (self._home / "HEAD").write_text("ref: refs/heads/none\n", encoding="utf-8")

    def _open(self) -> Repository:
        return Repository.open(self._home)

    def _lacking(self, repository: Repository, ids: Collection[str]) -> set[str]:
        """The commits that are not here with their trees."""
        trees = {f"{sha}^{{tree}}": sha for sha in ids}
        return {trees[name] for name in repository.absent(trees)}

    def _tidy(self, repository: Repository) -> None:
        """Keep refs in one file, and packs few."""
        pack_refs(repository, self._limits.history)
        if len(list((self._home / "objects" / "pack").glob("*.pack"))) > self._limits.packs:
            repack(repository, self._limits.history)


class _BrokenError(GitError):
    """A mirror does not hold what it should."""


@contextlib.contextmanager
def _lock_file(home: Path) -> Iterator[int]:
    home.parent.mkdir(parents=True, exist_ok=True)
    # It is never removed: a lock on a file without a name locks nobody out.
    descriptor = os.open(home.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _used(home: Path) -> float:
    try:
        return (home / "config").stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _size_of(home: Path) -> int:
    total = 0
    for folder, _, names in os.walk(home):
        for name in names:
            with contextlib.suppress(FileNotFoundError):  # removed meanwhile
                total += os.lstat(f"{folder}/{name}").st_size
    return total
