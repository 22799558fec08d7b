"""Keeps answers of the analysers on disk by what they were worked out from, so that nothing is worked out twice.

SQLite, because several processes share it safely. It is opened for each call and never synced to the disk:
every value carries a digest over itself, its id and the analyser's version, so that damage of any origin
costs the work again and cannot give a wrong answer.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from analyzers.model import Finding, Scan, UnanalysedReason
from analyzers.survey import Sites
from bot.decoding import message_decoder

if TYPE_CHECKING:
    import sqlite3
    from importlib.machinery import ModuleSpec

T = TypeVar("T")
V = TypeVar("V")

LIMIT = 512 << 20
KEEP_SHARE = 0.9
BATCH = 500
COMPRESS_FROM = 512
WAIT_SECONDS = 5.0
# How exactly the last use is known; finer would turn most reads into writes.
USE_SECONDS = 3600
_DIGEST = 16
_NAME = re.compile(r"cache-(\d{6})\.sqlite")
_IMPORTED = re.compile(rb"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, used INTEGER NOT NULL, value BLOB NOT NULL)"
)
# Verdicts that another run, or another machine, might not repeat.
_PASSING = {
    UnanalysedReason.TIMED_OUT,
    UnanalysedReason.OUT_OF_MEMORY,
    UnanalysedReason.CRASHED,
    UnanalysedReason.MISSING,
}


class Cache:
    """Answers of the analyser as it is installed; to be shared by processes, not by threads.

    A cache that cannot be used is an empty one: no method raises for the state of the disk. What happened
    is in ``take_notices``.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        limit: int = LIMIT,
        version: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``folder`` defaults to CRATEWARDEN_CACHE_DIR, else to the user's cache folder; ``limit`` is bytes."""
        self.folder = Path(folder or os.environ.get("CRATEWARDEN_CACHE_DIR") or _user_folder())
        self._limit = limit
        self._given_version = version
        self._clock = clock
        self._usable = True
        self._notices: list[str] = []

    @property
    def scans(self) -> Shelf[Scan]:
        """Scans by blob id, without their ``words``; one with a verdict that might not repeat is not kept."""
        return Shelf(self, "scan", Scan, _lasting)

    @property
    def findings(self) -> Shelf[tuple[Finding, ...]]:
        """What surveys find, by a digest of what they read."""
        return Shelf(self, "findings", tuple[Finding, ...])

    @property
    def sites(self) -> Shelf[Sites]:
        """What surveys count, by a digest of what they read."""
        return Shelf(self, "sites", Sites)

    @property
    def paths(self) -> Shelf[tuple[str, ...]]:
        """What surveys wanted to read, by a digest of what is there."""
        return Shelf(self, "paths", tuple[str, ...])

    def read(self, shelf: str, ids: Iterable[str]) -> dict[str, bytes]:
        """The values of a shelf that are known among these ids."""
        if self._newest() is None or not self._identified():
            return {}
        keys = {self._key(shelf, id): id for id in ids}
        return self._use(lambda connection: self._read(connection, keys)) or {}

    def write(self, shelf: str, values: Mapping[str, bytes]) -> None:
        """Remember values of a shelf by their ids; those not used for longest make room."""
        if values and self._identified():
            keyed = {self._key(shelf, id): value for id, value in values.items()}
            self._use(lambda connection: self._write(connection, keyed))

    def clear(self) -> None:
        """Forget everything, whichever version it is of."""
        if self._newest() is not None:
            self._use(_forget)

    def take_notices(self) -> tuple[str, ...]:
        """What the user should know about the cache, one line each, told once."""
        notices, self._notices = tuple(self._notices), []
        return notices

    def _identified(self) -> bool:
        """Whether it is known which analyser answers."""
        if self._usable and not self._version():
            self._give_up("the analysers are not files, so that their version is not known")
        return self._usable

    def _version(self) -> str:
        return self._given_version or analyser_version()

    def _key(self, shelf: str, id: str) -> bytes:
        return hashlib.blake2b(f"{self._version()} {shelf} {id}".encode(), digest_size=_DIGEST).digest()

    def _read(self, connection: sqlite3.Connection, keys: Mapping[bytes, str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        stale: list[bytes] = []
        damaged: list[bytes] = []
        now = int(self._clock())
        for some in _portions(keys):
            marks = ",".join("?" * len(some))
            rows = connection.execute(f"SELECT key, used, value FROM entry WHERE key IN ({marks})", some)  # noqa: S608
            for key, used, value in rows:
                body = _opened(key, value)
                if body is None or not isinstance(used, int):
                    damaged.append(key)
                    continue
                found[keys[key]] = body
                if abs(now - used) >= USE_SECONDS:
                    stale.append(key)
        if damaged:
            self._notices.append(f"{len(damaged)} damaged entries in the cache {self.folder} were dropped")
        if stale or damaged:
            with connection:
                connection.executemany(
                    "UPDATE entry SET used = ? WHERE key = ?", [(now, key) for key in stale]
                )
                connection.executemany("DELETE FROM entry WHERE key = ?", [(key,) for key in damaged])
        return found

    def _write(self, connection: sqlite3.Connection, values: Mapping[bytes, bytes]) -> None:
        now = int(self._clock())
        for some in _portions(values):
            rows = [(key, now, _sealed(key, values[key])) for key in some]
            with connection:
                connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", rows)
            self._make_room(connection)

    def _make_room(self, connection: sqlite3.Connection) -> None:
        if _size(connection) <= self._limit:
            return
        while _size(connection) > self._limit * KEEP_SHARE:
            oldest = "SELECT key FROM entry ORDER BY used, key LIMIT 1 + (SELECT COUNT(*) FROM entry) / 20"
            with connection:
                if not connection.execute(f"DELETE FROM entry WHERE key IN ({oldest})").rowcount:  # noqa: S608
                    break
        _shrink(connection)

    def _use(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do something with the database; build it anew if it is damaged, do without it if it is out of reach."""
        import sqlite3

        for _ in range(2):
            if not self._usable:
                break
            path = self._newest() or self.folder / "cache-000001.sqlite"
            try:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                with _connected(path) as connection:
                    return work(connection)
            except UnicodeDecodeError:  # Python cannot read what SQLite says about a damaged schema
                self._rebuild(path)
            except sqlite3.DatabaseError as error:
                if _is_damage(error):
                    self._rebuild(path)
                else:
                    self._give_up(f"{error}; set CRATEWARDEN_CACHE_DIR to a folder that can be written")
            except OSError as error:
                self._give_up(f"{error.strerror}; set CRATEWARDEN_CACHE_DIR to a folder that can be written")
        return None

    def _newest(self) -> Path | None:
        try:
            return max((path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)), default=None)
        except OSError:  # not there yet; or out of reach, which _use() will tell
            return None

    def _rebuild(self, damaged: Path) -> None:
        """Go on with a new file: another process may still have the old one open, under its name."""
        self._notices.append(f"the cache {damaged} was damaged and is built anew")
        number = int(damaged.name[6:12]) + 1
        try:
            damaged.with_name(f"cache-{number:06}.sqlite").touch()
            for suffix in ("", "-wal", "-shm"):
                damaged.with_name(damaged.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            self._give_up(str(error.strerror))

    def _give_up(self, reason: str) -> None:
        self._usable = False
        self._notices.append(f"working without the cache {self.folder}: {reason}")


@dataclass(frozen=True, slots=True)
class Shelf(Generic[V]):
    """The values of one sort; ``lasting`` gives what is kept of one, or None where it had better be forgotten."""

    cache: Cache
    name: str
    type: Any
    lasting: Callable[[V], V | None] = lambda value: value

    def get_many(self, ids: Iterable[str]) -> dict[str, V]:
        """The values that are known among these ids. Ask in portions where memory matters."""
        read: Callable[[bytes], V] = message_decoder(self.type)
        return {id: read(body) for id, body in self.cache.read(self.name, ids).items()}

    def put_many(self, values: Mapping[str, V]) -> None:
        """Remember values by their ids."""
        import msgspec

        lasting = {id: self.lasting(value) for id, value in values.items()}
        encoded = {id: msgspec.msgpack.encode(kept) for id, kept in lasting.items() if kept is not None}
        self.cache.write(self.name, encoded)


@functools.cache
def analyser_version() -> str:
    """A digest of everything that an answer depends on besides what it is about, and of how it is stored.

    The contents of the analyzers package, of every third-party package that it imports (compiled grammars
    included), of the stored form, and the Python version. Contents rather than version numbers or times: an
    edited checkout, a rebuilt grammar and a restored CI cache are all told apart, for some 10 ms a run.
    Empty where the analysers are not files, as in a zipped program.
    """
    import importlib.util

    digest = hashlib.sha256(repr((sys.version_info[:3], sys.byteorder)).encode())
    if not (own := Path(__file__)).is_file():
        return ""
    digest.update(own.read_bytes())
    todo, done = ["analyzers"], set(sys.stdlib_module_names)
    while todo:
        name = todo.pop()
        done.add(name)
        spec = importlib.util.find_spec(name)
        digest.update(name.encode())
        for place, path in _files_of(spec) if spec else ():
            data = path.read_bytes()
            digest.update(f"\0{place}\0{len(data)}\0".encode())
            digest.update(data)
            if name == "analyzers":
                imported = {word.decode() for word in _IMPORTED.findall(data)}
                todo = sorted(imported.union(todo) - done)
    return digest.hexdigest()


def _files_of(spec: ModuleSpec) -> list[tuple[str, Path]]:
    """All files of a package with their places in it, or the one of a module, in the same order everywhere."""
    if spec.submodule_search_locations is None:
        return [("", Path(spec.origin))] if spec.origin else []
    return sorted(
        (path.relative_to(root).as_posix(), path)
        for root in map(Path, spec.submodule_search_locations)
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def _user_folder() -> str:
    import platformdirs

    return platformdirs.user_cache_dir("cratewarden", appauthor=False)


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    import sqlite3

    with contextlib.closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as connection:
        # First not to sync: to open and close the log would cost 16 ms instead of 0.2.
        for pragma in (
            "synchronous = OFF",
            "auto_vacuum = INCREMENTAL",
            "journal_mode = WAL",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(_SCHEMA)
        yield connection


def _forget(connection: sqlite3.Connection) -> None:
    with connection:
        connection.execute("DELETE FROM entry")
    _shrink(connection)


def _shrink(connection: sqlite3.Connection) -> None:
    """Give free pages back to the disk."""
    connection.executescript("PRAGMA incremental_vacuum")  # execute() would take one step, of one page
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _size(connection: sqlite3.Connection) -> int:
    """Bytes in use, free pages not counted."""
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is to blame, and not its folder, the disk or another process (sqlite.org/rescode)."""
    import sqlite3

    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code == sqlite3.SQLITE_IOERR_SHORT_READ or code & 0xFF not in {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }


def _lasting(scan: Scan) -> Scan | None:
    if any(doubt.reason in _PASSING for doubt in scan.unanalysed):
        return None
    return replace(scan, words=())


def _sealed(key: bytes, plain: bytes) -> bytes:
    """A digest, then MessagePack: a sixth of pickle's time, a third of its size when compressed, and typed."""
    body = b"z" + zlib.compress(plain, 1) if len(plain) >= COMPRESS_FROM else b"m" + plain
    return _digest(key, body) + body


def _opened(key: bytes, value: object) -> bytes | None:
    """What was stored under the key; None if it was something else."""
    if not isinstance(value, bytes) or value[:_DIGEST] != _digest(key, value[_DIGEST:]):
        return None
    body = value[_DIGEST + 1 :]
    return zlib.decompress(body) if value[_DIGEST : _DIGEST + 1] == b"z" else body


def _digest(key: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST, key=key).digest()


def _portions(keys: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(keys)
    while some := list(islice(rest, BATCH)):
        yield some
