"""Keeps scans on disk by blob id and analyser version, so that unchanged files are not scanned again.

SQLite, because several processes share it safely. It is opened for each call and never synced to the disk:
every value carries a digest over itself, its blob id and the analyser's version, so that damage of any origin
costs a scan and cannot give a wrong answer.
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
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from analyzers.model import Scan, UnanalysedReason
from bot.decoding import message_decoder

if TYPE_CHECKING:
    import sqlite3
    from importlib.machinery import ModuleSpec

T = TypeVar("T")

LIMIT = 512 << 20
KEEP_SHARE = 0.9
BATCH = 500
COMPRESS_FROM = 512
WAIT_SECONDS = 5.0
# How exactly the last use is known; finer would turn most reads into writes.
USE_SECONDS = 3600
_DIGEST = 16
_NAME = re.compile(r"scans-(\d{6})\.sqlite")
_IMPORTED = re.compile(rb"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)
_SCHEMA = "CREATE TABLE IF NOT EXISTS scan (key BLOB PRIMARY KEY, used INTEGER NOT NULL, value BLOB NOT NULL)"
# Verdicts that another run, or another machine, might not repeat.
_PASSING = {
    UnanalysedReason.TIMED_OUT,
    UnanalysedReason.OUT_OF_MEMORY,
    UnanalysedReason.CRASHED,
    UnanalysedReason.MISSING,
}


class ScanCache:
    """Scans by blob id, for the analyser as it is installed; to be shared by processes, not by threads.

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

    def get_many(self, ids: Iterable[str]) -> dict[str, Scan]:
        """The scans that are known among these blobs. Ask in portions where memory matters."""
        if self._newest() is None or not self._identified():
            return {}
        keys = {self._key(blob): blob for blob in ids}
        return self._use(lambda connection: self._read(connection, keys)) or {}

    def put_many(self, scans: Mapping[str, Scan]) -> None:
        """Remember scans by blob id, without their ``words``; those not used for longest make room.

        A scan with a verdict that might not repeat (timed out, out of memory) is not remembered.
        """
        values = {self._key(blob): scan for blob, scan in scans.items() if _is_lasting(scan)}
        if values and self._identified():
            self._use(lambda connection: self._write(connection, values))

    def clear(self) -> None:
        """Forget everything, whichever version it is of."""
        if self._newest() is not None:
            self._use(_forget)

    def take_notices(self) -> tuple[str, ...]:
        """What the user should know about the cache, one line each, told once."""
        notices, self._notices = tuple(self._notices), []
        return notices

    def _identified(self) -> bool:
        """Whether it is known by which analyser scans are made."""
        if self._usable and not self._version():
            self._give_up("the analysers are not files, so that their version is not known")
        return self._usable

    def _version(self) -> str:
        return self._given_version or analyser_version()

    def _key(self, blob: str) -> bytes:
        return hashlib.blake2b(f"{self._version()} {blob}".encode(), digest_size=_DIGEST).digest()

    def _read(self, connection: sqlite3.Connection, keys: Mapping[bytes, str]) -> dict[str, Scan]:
        found: dict[str, Scan] = {}
        stale: list[bytes] = []
        damaged: list[bytes] = []
        now = int(self._clock())
        for some in _portions(keys):
            marks = ",".join("?" * len(some))
            rows = connection.execute(f"SELECT key, used, value FROM scan WHERE key IN ({marks})", some)  # noqa: S608
            for key, used, value in rows:
                scan = _decode(key, value)
                if scan is None or not isinstance(used, int):
                    damaged.append(key)
                    continue
                found[keys[key]] = scan
                if abs(now - used) >= USE_SECONDS:
                    stale.append(key)
        if damaged:
            self._notices.append(f"{len(damaged)} damaged entries in the cache {self.folder} were dropped")
        if stale or damaged:
            with connection:
                connection.executemany(
                    "UPDATE scan SET used = ? WHERE key = ?", [(now, key) for key in stale]
                )
                connection.executemany("DELETE FROM scan WHERE key = ?", [(key,) for key in damaged])
        return found

    def _write(self, connection: sqlite3.Connection, values: Mapping[bytes, Scan]) -> None:
        now = int(self._clock())
        for some in _portions(values):
            rows = [(key, now, _encode(key, values[key])) for key in some]
            with connection:
                connection.executemany("INSERT OR REPLACE INTO scan VALUES (?, ?, ?)", rows)
            self._make_room(connection)

    def _make_room(self, connection: sqlite3.Connection) -> None:
        if _size(connection) <= self._limit:
            return
        while _size(connection) > self._limit * KEEP_SHARE:
            oldest = "SELECT key FROM scan ORDER BY used, key LIMIT 1 + (SELECT COUNT(*) FROM scan) / 20"
            with connection:
                if not connection.execute(f"DELETE FROM scan WHERE key IN ({oldest})").rowcount:  # noqa: S608
                    break
        _shrink(connection)

    def _use(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do something with the database; build it anew if it is damaged, do without it if it is out of reach."""
        import sqlite3

        for _ in range(2):
            if not self._usable:
                break
            path = self._newest() or self.folder / "scans-000001.sqlite"
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
            damaged.with_name(f"scans-{number:06}.sqlite").touch()
            for suffix in ("", "-wal", "-shm"):
                damaged.with_name(damaged.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            self._give_up(str(error.strerror))

    def _give_up(self, reason: str) -> None:
        self._usable = False
        self._notices.append(f"working without the cache {self.folder}: {reason}")


@functools.cache
def analyser_version() -> str:
    """A digest of everything that a scan's outcome depends on, and of how it is stored.

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
        connection.execute("DELETE FROM scan")
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


def _is_lasting(scan: Scan) -> bool:
    return not any(doubt.reason in _PASSING for doubt in scan.unanalysed)


def _encode(key: bytes, scan: Scan) -> bytes:
    """A digest, then MessagePack: a sixth of pickle's time, a third of its size when compressed, and typed."""
    import msgspec

    plain = msgspec.msgpack.encode(replace(scan, words=()))
    body = b"z" + zlib.compress(plain, 1) if len(plain) >= COMPRESS_FROM else b"m" + plain
    return _digest(key, body) + body


def _decode(key: bytes, value: object) -> Scan | None:
    """The scan, or None if this is not what was stored under the key."""
    if not isinstance(value, bytes) or value[:_DIGEST] != _digest(key, value[_DIGEST:]):
        return None
    body = value[_DIGEST + 1 :]
    read: Callable[[bytes], Scan] = message_decoder(Scan)
    return read(zlib.decompress(body) if value[_DIGEST : _DIGEST + 1] == b"z" else body)


def _digest(key: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST, key=key).digest()


def _portions(keys: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(keys)
    while some := list(islice(rest, BATCH)):
        yield some
