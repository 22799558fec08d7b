"""What a path alone says: the folders it is in, and about a Rust source."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

_TEST_TARGETS = frozenset(("tests", "benches", "examples"))


def is_test_target(path: str) -> bool:
    """Whether Cargo builds the path only for tests, benchmarks and examples.

    These are folders beside ``src`` (Cargo book, "Package Layout"). Below ``src`` a folder called
    ``tests`` is a module like any other unless its declaration says ``#[cfg(test)]``, so there the path
    proves nothing.
    """
    folders = path.split("/")[:-1]
    for folder in folders:
        if folder == "src":
            return False
        if folder in _TEST_TARGETS:
            return True
    return False


def folders_above(path: str) -> Iterator[str]:
    """The folder of a path and those above it, nearest first; the root of the repository is the empty one, and last.

    A name that begins with a slash, which only a forged tree has, is below the root like all others.
    """
    folder = dirname(path)
    while folder.strip("/"):
        yield folder
        folder = dirname(folder)
    yield ""


def is_rust(path: str) -> bool:
    """Whether a path is a Rust source by its name."""
    return path.endswith(".rs")
