"""Which files say something about a build, by their paths alone: what is asked of every path before any is read."""

from __future__ import annotations

import re
from posixpath import basename

from analyzers.manifest.package import is_manifest

_WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
_CARGO_CONFIG = re.compile(r"(?:.*/)?\.cargo/config(?:\.toml)?")
_MAKEFILE = re.compile(
    r"(?:.*/)?(?:(?:GNU)?[Mm]akefile(?:\.\w+)?|[\w.-]+\.mk|Kbuild(?:\.\w+)?|meson\.build|BUILD(?:\.bazel)?"
    r"|[\w.-]+\.bzl|\.?justfile|[\w.-]+\.just)"
)
_CLIPPY = frozenset({"clippy.toml", ".clippy.toml"})
_TOOLCHAIN = frozenset({"rust-toolchain", "rust-toolchain.toml"})


def concerns_build_time(path: str) -> bool:
    """Whether a changed path can be build-time code, or say what is."""
    return path.endswith(".rs") or is_manifest(path)


def concerns_lints(path: str) -> bool:
    """Whether a file may set lint levels, sources aside."""
    return is_manifest(path) or is_clippy(path) or is_cargo_config(path) or is_command_file(path)


def concerns_toolchain(path: str) -> bool:
    """Whether a file may say what code is built with."""
    return (
        path.endswith((".rs", ".json"))
        or is_manifest(path)
        or is_toolchain_file(path)
        or is_cargo_config(path)
        or is_command_file(path)
    )


def is_clippy(path: str) -> bool:
    """Whether clippy would read a file for its settings."""
    return basename(path) in _CLIPPY


def is_cargo_config(path: str) -> bool:
    """Whether Cargo would read a file for its settings."""
    return _CARGO_CONFIG.fullmatch(path) is not None


def is_toolchain_file(path: str) -> bool:
    """Whether rustup would read a file."""
    return basename(path) in _TOOLCHAIN


def is_command_file(path: str) -> bool:
    """Whether a file is likely to start rustc or Cargo."""
    return is_workflow(path) or is_makefile(path)


def is_workflow(path: str) -> bool:
    """Whether a path is that of a GitHub workflow."""
    return _WORKFLOW.fullmatch(path) is not None


def is_makefile(path: str) -> bool:
    """Whether a file is for make or one of its kin."""
    return _MAKEFILE.fullmatch(path) is not None
