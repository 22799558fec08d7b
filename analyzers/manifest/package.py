"""Manifests by their name, and the package that one declares."""

from __future__ import annotations

import tomllib
from posixpath import basename

MANIFEST = "Cargo.toml"
"""The name of Cargo's manifest, in any folder."""
# Real manifests stay far below; a larger one is not read for its name.
_MAX_BYTES = 1 << 20


def is_manifest(path: str) -> bool:
    """Whether a file is a manifest by its name."""
    return basename(path) == MANIFEST


def package_name(manifest: bytes) -> str:
    """The ``package.name`` of a ``Cargo.toml``; empty for virtual or unreadable manifests.

    An unreadable manifest costs only the grouping by crate, never a site.
    """
    if len(manifest) > _MAX_BYTES:
        return ""
    try:
        document = tomllib.loads(manifest.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return ""
    package = document.get("package")
    name = package.get("name") if isinstance(package, dict) else None
    return name if isinstance(name, str) else ""
