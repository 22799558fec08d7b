"""What the code is built with; a survey finds it, since no source alone shows it."""

from __future__ import annotations

from analyzers.kind import Kind
from analyzers.model import Group

KIND = Kind(
    "toolchain",
    Group.BUILD,
    "what the code is built with: the toolchain, unstable features, the edition, a target",
    "https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file",
    words=(),
)
