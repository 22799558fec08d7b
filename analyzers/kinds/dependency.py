"""Packages of the lock file, and the words of people who vouch for them; a survey finds both."""

from __future__ import annotations

from analyzers.kind import Kind
from analyzers.model import Group

KIND = Kind(
    "dependency",
    Group.DEPENDENCY,
    "a package that the lock file brings in, or an entry of the audit store that vouches for one",
    "https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html",
    words=(),
)
