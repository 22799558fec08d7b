"""An audit counts what surveys find, wherever the sources lie, and the same each time."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from analyzers.model import Inventory
from bot.auditing import NoCache, take
from bot.cache import Cache
from bot.isolation import Limits, Workers
from bot.sources import list_sources

FILES = {
    "Cargo.toml": '[package]\nname = "ring"\nedition = "2021"\n[lints.rust]\nunsafe_code = "deny"\n',
    "build.rs": 'fn main() { std::process::Command::new("git"); println!("cargo::rustc-link-lib=z"); }\n',
    "src/lib.rs": "#![feature(a)]\nfn f() { unsafe { g() } }\n",
    ".cargo/config.toml": '[build]\nrustflags = ["-Dunsafe_code"]\n',
    "rust-toolchain": "nightly\n",
    "notes.json": "{}",
}
SITES = [
    (".cargo/config.toml", 2, "lint-level"),
    ("Cargo.toml", 3, "toolchain"),
    ("Cargo.toml", 5, "lint-level"),
    ("build.rs", 1, "build-script"),
    ("build.rs", 1, "native-link"),
    ("rust-toolchain", 1, "toolchain"),
    ("src/lib.rs", 1, "toolchain"),
    ("src/lib.rs", 2, "unsafe-block"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "ring" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ring" / name).write_text(text, encoding="utf-8")
    return tmp_path / "ring"


def committed(folder: Path) -> Path:
    for line in ("init -q", "add -A", "-c user.name=a -c user.email=a@b.c commit -qm x"):
        subprocess.run(["git", *line.split()], cwd=folder, check=True)
    return folder


def audited(place: Path, rev: str | None = None, cache: Cache | None = None) -> Inventory:
    with Workers(processes=2) as workers:
        return take(list_sources(place, rev), workers, cache or NoCache())


def listed(inventory: Inventory) -> list[tuple[str, int, str]]:
    return [(place.path, place.site.line, place.site.kind) for place, _ in inventory.places]


def test_only_sites_in_sources_make_code_dense(folder: Path) -> None:
    [crate] = audited(folder).crates
    outside = [path for path, _, _ in SITES if not path.endswith(".rs")]
    assert (crate.sites, crate.outside) == (len(SITES), len(outside))
    assert crate.density == 1000 * (len(SITES) - len(outside)) / crate.lines


def test_a_folder_a_work_tree_and_a_commit_have_the_same_sites(folder: Path) -> None:
    found = audited(folder)
    assert (listed(found), found.unanalysed) == (SITES, ())
    assert audited(committed(folder)).places == found.places
    assert audited(folder, "HEAD").places == found.places


def test_crates_count_them(folder: Path) -> None:
    (crate,) = audited(folder).crates
    assert (crate.name, crate.files, crate.sites) == ("ring", 2, len(SITES))
    assert dict(crate.kinds)["native-link"] == 1


def test_what_was_scanned_before_makes_no_difference(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = audited(folder, cache=Cache())
    assert audited(folder, cache=Cache()) == first == audited(folder)
    shutil.rmtree(tmp_path / "cache")


def test_a_survey_that_takes_too_long_is_told(folder: Path) -> None:
    (folder / "build.rs").write_text("fn main() { std::fs::write(a, b) }\n" * 100_000, encoding="utf-8")
    sources = list_sources(folder)
    with Workers(1, Limits(cpu_seconds=1)) as workers:
        inventory = take(sources, workers, NoCache())
    assert "build-time" in {doubt.detail.partition(":")[0] for doubt in inventory.unanalysed}
