"""Makes git repositories out of folders of Rust files, the same on every machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.benchmarks.throughput.tools import ROOT

_AUTHOR = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"), ("DATE", "2026-01-05T09:00:00Z"))
}
_ENVIRONMENT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **_AUTHOR}


def commit(folder: Path, message: str) -> None:
    """Record everything in the folder, as a new repository if it is none yet."""
    if not (folder / ".git").exists():
        _git(folder, "init", "--quiet", "--template=", "--initial-branch=main")
    _git(folder, "add", "--all", "--force")
    _git(folder, "commit", "--quiet", "--message", message)


def branch(folder: Path, name: str) -> None:
    """Go on in a new branch."""
    _git(folder, "checkout", "--quiet", "-b", name)


def sample(folder: Path) -> None:
    """Make the sample pull request: branch topic against main."""
    subprocess.run(("sh", str(ROOT / "samples" / "repository.sh"), str(folder)), check=True)


def _git(folder: Path, *words: str) -> None:
    subprocess.run(("git", "-C", str(folder), *words), check=True, env={**os.environ, **_ENVIRONMENT})
