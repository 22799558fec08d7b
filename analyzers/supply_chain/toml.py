"""The TOML files of lock files and audit stores: larger than manifests, and only ever read as tables."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

MAX_BYTES = 8 << 20
"""Bytes of one file: Mozilla's whole store of audits is 1.5 MB."""
_DEEPEST = 64


class StoreError(Exception):
    """Why a file cannot be used, in words; ``path`` is the file's."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def read_table(path: str, data: bytes) -> Mapping[str, Any]:
    """The table of a TOML file.

    Raises:
        StoreError: it is too large, no UTF-8, nested too deeply or no TOML.
    """
    if len(data) > MAX_BYTES:
        raise StoreError(path, f"larger than {MAX_BYTES} bytes")
    # Only what opens can nest; a store or lock file has a handful of levels, and the parser recurses for each.
    if any(line.count(b"[") + line.count(b"{") > _DEEPEST for line in data.splitlines()):
        raise StoreError(path, "nested too deeply")
    try:
        return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(path, str(error)) from error


def tables(value: object) -> Iterator[Mapping[str, Any]]:
    """The tables of an array of tables; nothing where it is something else."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, Mapping):
            yield each


def named(value: object) -> Iterator[tuple[str, Any]]:
    """The keys and values of a table; nothing where it is something else."""
    if isinstance(value, Mapping):
        yield from value.items()


def text(value: object) -> str:
    """The value if it is a string, else the empty string."""
    return value if isinstance(value, str) else ""


def words(value: object) -> tuple[str, ...]:
    """A string, or the strings of a list: the audit files of cargo-vet allow both."""
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
