"""The sources of build scripts; a survey finds them, since no source alone shows them."""

from __future__ import annotations

from analyzers.kind import Kind
from analyzers.model import Group

KIND = Kind(
    "build-script",
    Group.BUILD,
    "a source of a build script: it runs on every machine that builds the crate",
    "https://doc.rust-lang.org/cargo/reference/build-scripts.html",
    words=(),
)
