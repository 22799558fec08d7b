"""Small repositories for the mentor's tests: text files by path, as listings and packages."""

from __future__ import annotations

from collections.abc import Mapping

from analyzers.publishing.checklist import checklist
from analyzers.publishing.model import Checklist
from analyzers.publishing.tree import Blob, Listing, crate_trees
from bot.mentor.occasions import Package


def manifest(name: str = "ring", version: str = "0.1.0", more: str = "") -> str:
    return f'[package]\nname = "{name}"\nversion = "{version}"\n{more}'


def listing(files: Mapping[str, str]) -> Listing:
    return Listing(
        {path: Blob(len(text.encode()), text.encode()) for path, text in files.items()}, in_git=True
    )


def packages(files: Mapping[str, str]) -> list[Package]:
    return crate_trees(listing(files))


def checklists(files: Mapping[str, str]) -> tuple[Checklist, ...]:
    return tuple(checklist(package) for package in packages(files))
