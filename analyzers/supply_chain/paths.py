"""Which files say something about dependencies, by their paths alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection

from analyzers.manifest.package import MANIFEST, is_manifest
from analyzers.paths import folders_above

LOCK = "Cargo.lock"
CHECKSUMS = ".cargo-checksum.json"
"""What ``cargo vendor`` leaves in the folder of every package: the digests of its files and of its archive."""
DENY_NAMES = ("deny.toml", ".deny.toml", ".cargo/deny.toml")
"""Where cargo-deny looks in a folder, first to last, before it goes on to the folder above."""
PROOF = ".proof.crev"
_VENDORED = re.compile(r"(?:^|/)(?:vendor(?:ed|s)?|third[-_]party/rust)/", re.IGNORECASE)
# Other languages call such folders the same, and all that concerns somebody is read.
_BUILT = (".rs", ".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".s", ".S", ".asm")


def concerns(path: str) -> bool:
    """Whether a change of a file may concern dependencies."""
    return is_lock(path) or is_manifest(path) or is_deny(path) or is_vendored_code(path)


def is_lock(path: str) -> bool:
    """Whether a path is that of a lock file of Cargo."""
    return posixpath.basename(path) == LOCK


def is_deny(path: str) -> bool:
    """Whether a path is one of cargo-deny's configuration."""
    return posixpath.basename(path) in {"deny.toml", ".deny.toml"}


def is_vendored_code(path: str) -> bool:
    """Whether a file may be code that ``cargo vendor`` wrote, by the usual names of such folders; or its checksums."""
    if posixpath.basename(path) == CHECKSUMS:
        return True
    return path.endswith((*_BUILT, MANIFEST)) and _is_in_vendor_folder(path)


def _is_in_vendor_folder(path: str) -> bool:
    return _VENDORED.search(path) is not None or posixpath.basename(path) == CHECKSUMS


def is_proof(path: str) -> bool:
    """Whether a file may hold reviews of cargo-crev; proofs of trust between people lie in folders of their own."""
    return path.endswith(PROOF) and "/trust/" not in path


def deny_folder(path: str) -> str:
    """The folder that a file of cargo-deny's configuration is for."""
    folder = posixpath.dirname(path)
    return posixpath.dirname(folder) if posixpath.basename(folder) == ".cargo" else folder


def deny_at(folder: str, there: Collection[str]) -> str:
    """Where cargo-deny's configuration for a folder stands; empty where there is none in it."""
    paths = (posixpath.join(folder, name) for name in DENY_NAMES)
    return next((path for path in paths if path in there), "")


def vendored_folder(path: str, there: Collection[str]) -> str | None:
    """The folder of the vendored package that a file belongs to, by the nearest list of checksums; None for others."""
    if not _is_in_vendor_folder(path):
        return None
    lists = (folder for folder in folders_above(path) if posixpath.join(folder, CHECKSUMS) in there)
    return next(lists, None)
