"""What a path alone says about a Rust source."""

from __future__ import annotations

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


def is_rust(path: str) -> bool:
    """Whether a path is a Rust source by its name."""
    return path.endswith(".rs")
