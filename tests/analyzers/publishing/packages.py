"""Tiny packages for the tests of the checklist: written out in files of cases, or as a mapping from path to text.

A file of cases belongs to one item. A case begins with ``=== what it shows: verdict problem``; then come its files,
each behind ``-- path --``. ``Cargo.toml +`` adds lines below the manifest's first table, ``base: path`` is a file of
the revision that is compared with, ``tags`` are the repository's. ``(N bytes)`` stands for a file that nobody reads,
``(N bytes, M packed)`` for one whose compressed size is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analyzers.publishing.checklist import checklist
from analyzers.publishing.model import Checked, Checklist
from analyzers.publishing.tree import (
    Blob,
    BrokenManifest,
    CrateTree,
    Listing,
    crate_trees,
    is_read,
    with_base,
)

CASES = Path(__file__).parent / "cases"
MANIFEST = '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n'
PACKAGE: Mapping[str, str] = {"Cargo.toml": MANIFEST, "src/lib.rs": "//! Words.\n"}
_CASE = re.compile(r"^=== (.+): (pass|fail|ask)(?: ([a-z-]+))?\n", re.MULTILINE)
_FILE = re.compile(r"^-- (.+?)(?: \(([0-9]+) bytes(?:, ([0-9]+) packed)?\))? --\n", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """A case of an item: the sentence it shows, what has to come of it, and the package."""

    item: str
    sentence: str
    verdict: str
    problem: str
    tree: CrateTree | BrokenManifest

    def __str__(self) -> str:
        return f"{self.item}: {self.sentence}"

    @property
    def found(self) -> Checked:
        """The item as the checklist has it."""
        return next(item for item in checklist(self.tree).items if item.id == self.item)


def listing(files: Mapping[str, str], tags: tuple[str, ...] | None = None) -> Listing:
    """The files as if they were under version control."""
    blobs = {}
    for path, text in files.items():
        data = text.encode()
        blobs[path] = Blob(len(data), data if is_read(path) else None)
    return Listing(blobs, in_git=True, tags=tags)


def checked(files: Mapping[str, str], base: Mapping[str, str] | None = None) -> list[Checklist]:
    """The checklists of all packages among the files."""
    trees = crate_trees(listing(files))
    return [checklist(tree) for tree in with_base(trees, crate_trees(listing(base or {})))]


@cache
def cases() -> tuple[Case, ...]:
    """Every case of every item, by item and in the order of its file."""
    return tuple(case for path in sorted(CASES.glob("*.txt")) for case in _read(path))


def _read(path: Path) -> Iterator[Case]:
    _, *parts = _CASE.split(path.read_text(encoding="utf-8"))
    for sentence, verdict, problem, body in zip(*(parts[at::4] for at in range(4)), strict=True):
        yield Case(path.stem, sentence, verdict, problem or "", _tree(body))


def _tree(body: str) -> CrateTree | BrokenManifest:
    _, *parts = _FILE.split(body)
    files, base = dict(PACKAGE), dict(PACKAGE)
    sizes: dict[str, Blob] = {}
    packed: dict[str, int] = {}
    tags, is_compared = None, False
    for name, size, archived, text in zip(*(parts[at::4] for at in range(4)), strict=True):
        if name == "tags":
            tags = tuple(text.split())
        elif name.startswith("base: "):
            base[name.removeprefix("base: ")] = text
            is_compared = True
        elif name == "Cargo.toml +":
            files["Cargo.toml"] = MANIFEST + text
        elif size:
            sizes[name] = Blob(int(size))
            packed |= {name: int(archived)} if archived else {}
        else:
            files[name] = text
    blobs = listing(files, tags)
    found = crate_trees(Listing({**blobs.files, **sizes}, in_git=True, tags=tags, packed=packed))
    return with_base(found, crate_trees(listing(base)) if is_compared else ())[0]
