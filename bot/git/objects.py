"""What trees, indexes and differences consist of, as git prints them."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzers.model import FileMode, FileSide
from bot.git.names import printable_path

BLOB_LIMIT = 16 << 20
TOTAL_LIMIT = 512 << 20
_MODES: dict[str, FileMode] = {"120000": "symlink", "160000": "submodule"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A path of a tree or an index: raw name, octal mode as git writes it (``100644``) and object id."""

    name: bytes
    mode: str
    blob: str

    @property
    def path(self) -> str:
        """The name as printable text."""
        return printable_path(self.name)

    @property
    def kind(self) -> FileMode:
        """What stands at the path."""
        return _MODES.get(self.mode, "file")

    @property
    def is_rust(self) -> bool:
        """Whether it is called like a Rust file, whatever it is."""
        return self.name.endswith(b".rs")


@dataclass(frozen=True, slots=True)
class WorkTree:
    """A work tree against its index.

    ``index`` holds all entries. ``touched`` are the names, tracked or not, whose state on disk differs from
    the index, deleted ones included; ignored files are in neither. ``nested`` are repositories inside that
    are not submodules: git does not look into them.
    """

    index: tuple[Entry, ...]
    touched: frozenset[bytes]
    nested: tuple[bytes, ...]


def blob_id(data: bytes, algorithm: str = "sha1") -> str:
    """The object id git gives to a blob with these bytes; ``algorithm`` is the repository's object format."""
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def read_regular_file(path: str, limit: int = BLOB_LIMIT) -> bytes | None:
    """Up to ``limit`` + 1 bytes of a regular file; None for anything else (links, devices, gone, unreadable)."""
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as file:
            return file.readall() if status.st_size <= limit else file.read(limit + 1)
    finally:
        os.close(descriptor)


def read_entry(line: bytes, mode: int, blob: int) -> Entry:
    """An entry from a line of ls-tree or ls-files, whose facts stand before a tab at these positions."""
    facts, _, name = line.partition(b"\t")
    fields = facts.decode("ascii").split(" ")
    return Entry(name, fields[mode], fields[blob])


def raw_changes(raw: bytes) -> Iterator[tuple[Entry | None, Entry | None]]:
    """The two sides of every record of git's raw difference format (``diff-tree -z``)."""
    fields = iter(raw.split(b"\0")[:-1])
    for record in fields:
        old_mode, new_mode, old_blob, new_blob, status = record.decode("ascii").lstrip(":").split(" ")
        old_name = next(fields)
        new_name = next(fields) if status[0] in "RC" else old_name
        old = Entry(old_name, old_mode, old_blob) if old_mode.strip("0") else None
        yield old, Entry(new_name, new_mode, new_blob) if new_mode.strip("0") else None


def side_of(entry: Entry | None, data: Mapping[str, bytes | None]) -> FileSide | None:
    """One side of a change, with its bytes as far as they were read."""
    if entry is None:
        return None
    readable = entry.kind != "submodule"
    return FileSide(entry.path, entry.kind, entry.blob, data.get(entry.blob) if readable else None)
