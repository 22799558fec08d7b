"""Which surveys a path concerns is asked of every path, so nothing that reads files is loaded for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analyzers.surveys import surveys

QUESTION = (
    "import sys; from analyzers.surveys import is_surveyed; is_surveyed(sys.argv[1]);"
    "print(*(name for name in sys.modules if name.startswith('analyzers.')))"
)
READING = ("buildtime.sites", "ffi", "manifest.lint_changes", "manifest.toolchain_changes", "manifest.document",
           "publishing", "supply_chain.survey", "soundness", "assurance", "rust.source")  # fmt: skip


@pytest.mark.parametrize("path", ["docs/a.md", "src/lib.rs", "Cargo.toml", ".github/workflows/a.yml"])
def test_to_ask_loads_nothing_that_reads(path: str) -> None:
    command = [sys.executable, "-c", QUESTION, path]
    root = Path(__file__).parents[2]
    loaded = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.split()
    readers = tuple(f"analyzers.{name}" for name in READING)
    assert [name for name in loaded if name.startswith(readers)] == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docs/a.md", set()),
        (
            "a/build.rs",
            {"assurance", "build-time", "ffi-headers", "ffi-signatures", "soundness", "toolchain"},
        ),
        ("a/Cargo.toml", {"build-time", "dependencies", "lint-levels", "toolchain"}),
        ("clippy.toml", {"lint-levels"}),
        ("a/.cargo/config", {"lint-levels", "toolchain"}),
        ("rust-toolchain", {"toolchain"}),
        ("Kbuild.rust", {"lint-levels", "toolchain"}),
        (".github/workflows/ci.yml", {"assurance", "lint-levels", "toolchain"}),
        ("x86_64-ring.json", {"toolchain"}),
    ],
)
def test_each_path_concerns_whom_it_should(path: str, expected: set[str]) -> None:
    assert {survey.id for survey in surveys().values() if survey.concerns(path)} == expected
