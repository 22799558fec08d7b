"""Reads trees, blobs and changes of a git repository through plumbing, for the measurements only."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a changed path: mode, blob id and path."""

    mode: str
    blob: str
    path: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A path that differs between two trees; a side is None where the file does not exist."""

    base: Side | None
    head: Side | None


class Repository:
    """A repository, read only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.parent.name if path.name in ("repo", ".git") else path.name

    def git(self, *arguments: str) -> bytes:
        """Standard output of a git command."""
        command = ["git", "-c", "safe.directory=*", "-C", str(self.path), *arguments]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def blob(self, blob: str) -> bytes:
        """The bytes of a blob."""
        return self.git("cat-file", "blob", blob)

    def commits(self, *arguments: str) -> list[str]:
        """Ids of the commits with one parent that touch Rust files, oldest first."""
        only = (
            "log",
            "--format=%H",
            "--reverse",
            "--no-merges",
            "--min-parents=1",
            *arguments,
            "HEAD",
            "--",
            "*.rs",
        )
        return self.git(*only).decode().split()

    def subject(self, commit: str) -> str:
        """Date and subject of a commit."""
        return self.git("show", "-s", "--format=%cs %s", commit).decode("utf-8", "replace").strip()

    def files(self, revision: str) -> list[Side]:
        """The Rust files of a tree."""
        found = []
        for line in self.git("ls-tree", "-r", "-z", revision).decode("utf-8", "surrogateescape").split("\0"):
            facts, _, path = line.partition("\t")
            if path.endswith(".rs") and facts.startswith("100"):
                found.append(Side(facts.split()[0], facts.split()[2], path))
        return found

    def changes(self, base: str, head: str) -> list[Pair]:
        """The Rust files that differ between two trees, with renames."""
        raw = self.git("diff-tree", "-r", "-z", "-M", "--raw", "--no-commit-id", base, head)
        fields = iter(raw.decode("utf-8", "surrogateescape").split("\0"))
        pairs = []
        for facts in fields:
            if not facts:
                break
            old_mode, new_mode, old, new, status = facts.lstrip(":").split()
            before = after = next(fields)
            if status[0] in "RC":
                after = next(fields)
            pair = Pair(_side(old_mode, old, before), _side(new_mode, new, after))
            if pair.base or pair.head:
                pairs.append(pair)
        return pairs


def _side(mode: str, blob: str, path: str) -> Side | None:
    return Side(mode, blob, path) if mode.startswith("100") and path.endswith(".rs") else None
