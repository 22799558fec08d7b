"""The sources of crates of procedural macros; a survey finds them, since no source alone shows them."""

from __future__ import annotations

from analyzers.kind import Kind
from analyzers.model import Group

KIND = Kind(
    "proc-macro",
    Group.BUILD,
    "a source of a crate of procedural macros: it runs inside the compiler",
    "https://doc.rust-lang.org/reference/procedural-macros.html",
    words=(),
)
