"""What alice pushes in the demo: the sample's two states, then a reformatting, then more unsafe code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

POLICY_PATH = ".github/cratewarden.toml"
POLICY = """\
version = 1
mode = "enforce"

[pools.unsafe]
teams = ["acme/unsafe-reviewers"]

[[rules]]
name = "unsafe code"
when.kinds = ["unsafe", "memory", "ffi"]
require.pool = "unsafe"
request.strategy = "round-robin"
"""
_SLOTS, _RING = "src/slots.rs", "src/lib.rs"
_TIGHT = "        unsafe { self.cells.get_unchecked(index).assume_init_read() }\n"
_LOOSE = """\
        unsafe {
            self.cells
                .get_unchecked(index)
                .assume_init_read()
        }
"""
_SHARED = """
// SAFETY: whoever shares a ring between threads takes a lock first.
unsafe impl<T: Send, const N: usize> Sync for Ring<T, N> {}
"""


def before() -> Mapping[str, bytes]:
    """The default branch, with the policy."""
    return _files("base") | {POLICY_PATH: POLICY.encode()}


def proposed() -> Mapping[str, bytes]:
    """The first push of the pull request."""
    return _files("head")


def reformatted() -> Mapping[str, bytes]:
    """The second: as rustfmt with narrower chains would have it."""
    text = proposed()[_SLOTS].decode()
    if text.count(_TIGHT) != 1:
        raise ValueError(f"{_SLOTS} has no longer the line that the demo breaks")
    return {_SLOTS: text.replace(_TIGHT, _LOOSE).encode()}


def extended() -> Mapping[str, bytes]:
    """The third: one more promise that the compiler does not check."""
    return {_RING: proposed()[_RING] + _SHARED.encode()}


def _files(state: str) -> dict[str, bytes]:
    folder = Path(__file__).with_name("ring") / state
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
