"""What build scripts and manifests tell the linker; a survey finds it, since no source alone shows it."""

from __future__ import annotations

from analyzers.kind import Kind
from analyzers.model import Group

KIND = Kind(
    "native-link",
    Group.BUILD,
    "what a build script or a manifest tells the linker",
    "https://doc.rust-lang.org/cargo/reference/build-scripts.html#rustc-link-lib",
    words=(),
)
