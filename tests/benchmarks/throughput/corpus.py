"""Lays out the files to measure: each content once, the same for every tool, in parts of known size."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Part:
    """A folder with ``files`` Rust files of ``size`` bytes in all."""

    name: str
    folder: Path
    files: int
    size: int

    @property
    def megabytes(self) -> float:
        """The size in units of 1,000,000 bytes."""
        return self.size / 1e6


class Corpus:
    """The Rust files of a folder, or of a list of paths relative to the list's own folder.

    Left out are hidden names, which some tools pass over, and repeated contents, which an audit scans once.
    """

    def __init__(self, source: Path, target: Path) -> None:
        self._root = source if source.is_dir() else source.parent
        self._target = target
        listed = _walk(source) if source.is_dir() else source.read_text().splitlines()
        self.files = tuple(_distinct(self._root, sorted(path for path in listed if _is_plain(path))))

    def part(self, name: str, *, every: int = 1, without: str | None = None) -> Part:
        """Copy every n-th file, or those without a folder of that name, below the target folder."""
        files = [path for path in self.files if without is None or without not in Path(path).parts][::every]
        folder = self._target / name
        _copy(self._root, folder, [*files, *_manifests(self._root, files)])
        # An empty list of its own keeps semgrep from passing over folders named tests.
        (folder / ".semgrepignore").touch()
        return Part(name, folder, len(files), sum((folder / path).stat().st_size for path in files))


def rust_files(folder: Path) -> list[Path]:
    """All Rust files below a folder, sorted."""
    return sorted(folder / path for path in _walk(folder))


def _walk(folder: Path) -> Iterable[str]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in names:
            path = Path(place, name)
            if name.endswith(".rs") and path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix()


def _is_plain(path: str) -> bool:
    return path.endswith(".rs") and not any(part.startswith(".") for part in Path(path).parts)


def _distinct(root: Path, paths: Sequence[str]) -> Iterable[str]:
    seen: set[bytes] = set()
    for path in paths:
        digest = hashlib.sha1((root / path).read_bytes(), usedforsecurity=False).digest()
        if digest not in seen:
            seen.add(digest)
            yield path


def _manifests(root: Path, files: Sequence[str]) -> list[str]:
    """The manifests in the folders above the files: an audit tells sites by crate."""
    folders = {parent for path in files for parent in Path(path).parents}
    return sorted((folder / "Cargo.toml").as_posix() for folder in folders if _has_manifest(root / folder))


def _has_manifest(folder: Path) -> bool:
    manifest = folder / "Cargo.toml"
    return manifest.is_file() and not manifest.is_symlink()


def _copy(root: Path, folder: Path, paths: Iterable[str]) -> None:
    for path in paths:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, place)
