"""Compares what goes into a package, and what is refused, with what cargo itself says.

    python -m tests.benchmarks.publishing.cargo FOLDER [--every N]

A folder holds unpacked packages, one a folder, with the checksums that make it a directory source: cargo resolves
dependencies from it, without a network. Then every case of the tests is packaged as well, and told where cargo and the
checklist differ about refusing it. ``cargo publish`` cannot be asked without a registry; ``cargo package`` makes the
same archive and shares its checks.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from analyzers.publishing.checklist import checklist
from analyzers.publishing.model import Severity, Verdict
from analyzers.publishing.tree import BrokenManifest, CrateTree
from bot.checklist import read_path
from tests.analyzers.publishing.packages import cases

# Made by cargo or the distribution; cargo refuses to package the first two.
_MADE = ("Cargo.toml.orig", ".cargo_vcs_info.json", ".cargo-checksum.json", "debian", "Cargo.lock")
_OURS = {"Cargo.lock", "Cargo.toml.orig", ".cargo_vcs_info.json"}
_SECONDS = 60
_UNRESOLVED = (
    "failed to select a version",
    "no matching package",
    "failed to load source",
    "unable to update",
)


@dataclass(frozen=True)
class Said:
    """What cargo says: whether it packages, and its words."""

    takes: bool
    words: str

    @property
    def is_about_others(self) -> bool:
        """Whether only a dependency could not be found."""
        return any(words in self.words for words in _UNRESOLVED)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        configuration = home / ".cargo/config.toml"
        configuration.parent.mkdir()
        configuration.write_text(
            f'[source.crates-io]\nreplace-with = "here"\n[source.here]\ndirectory = "{options.folder}"\n'
        )
        packages = sorted(path for path in options.folder.iterdir() if (path / "Cargo.toml").is_file())
        counts = Counter(_published(package, home) for package in packages[:: options.every])
        counts.update(_tiny(home))
    for name, count in sorted(counts.items()):
        sys.stdout.write(f"{count:5} {name}\n")
    return 0


def _published(package: Path, home: Path) -> str:
    """How cargo and the checklist compare over a published package, in words."""
    copy = home / "published" / package.name
    shutil.copytree(package, copy, symlinks=True, ignore=shutil.ignore_patterns(*_MADE))
    try:
        tree = next(tree for tree in read_path(copy).trees if not isinstance(tree, BrokenManifest))
        ours = {file.path for file in tree.files if file.packaged} - _OURS
        answer = _cargo(copy, "--list")
        if not answer.takes:
            return f"published: cargo lists nothing, checklist {_verb(not _refusals(tree))}"
        listed = set(answer.words.splitlines()) - _OURS
        if ours != listed:
            sys.stdout.write(
                f"{package.name}: ours {sorted(ours - listed)[:5]} cargo {sorted(listed - ours)[:5]}\n"
            )
        same = "same files" if ours == listed else "other files"
        said = _cargo(copy, "--no-verify")
        refused = _refusals(tree)
        if said.is_about_others:
            return f"published: {same}; cargo cannot find a dependency"
        if said.takes == bool(refused):
            sys.stdout.write(f"{package.name}: ours {refused} cargo {said.words[-300:]}\n")
        return f"published: {same}; cargo {_verb(said.takes)}, checklist {_verb(not refused)}"
    finally:
        shutil.rmtree(copy)


def _tiny(home: Path) -> Counter[str]:
    """How they compare over the cases of the tests."""
    counts: Counter[str] = Counter()
    for at, case in enumerate(cases()):
        folder = home / "tiny" / str(at)
        if isinstance(case.tree, BrokenManifest):
            files = {case.tree.path: b'[package]\nname = "x\n'}
        elif any(file.blob.data is None and file.size > 1 << 20 for file in case.tree.files):
            continue
        else:
            files = {path: blob.data or b"" for path, blob in case.tree.around.files.items()}
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        said, refused = _cargo(folder, "--no-verify"), _refusals(case.tree)
        if said.is_about_others:
            continue
        # What only crates.io refuses cargo packages; every test package lacks a description and a licence.
        refused -= {"description", "license"}
        if not said.takes and not refused:
            sys.stdout.write(f"cargo alone refuses {case}: {said.words[-300:]}\n")
        counts[f"tiny: cargo {_verb(said.takes)}, checklist {_verb(not refused)}"] += 1
    return counts


def _verb(takes: bool) -> str:
    return "takes it" if takes else "refuses"


def _refusals(tree: CrateTree | BrokenManifest) -> set[str]:
    return {
        item.id
        for item in checklist(tree).items
        if item.verdict is Verdict.FAIL and item.severity is Severity.REJECT
    }


def _cargo(folder: Path, *options: str) -> Said:
    done = subprocess.run(
        ["cargo", "package", "--offline", "--allow-dirty", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return Said(done.returncode == 0, done.stdout if "--list" in options else done.stderr)


if __name__ == "__main__":
    sys.exit(main())
