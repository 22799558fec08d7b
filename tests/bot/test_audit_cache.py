"""A second audit works out only what has changed since, says the same, and never believes what it should not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest

from analyzers.model import Inventory, UnanalysedReason
from bot.auditing import NoCache, take
from bot.cache import Cache
from bot.model import Failure
from bot.sources import list_sources

T = TypeVar("T")
R = TypeVar("R")

FILES = {
    "Cargo.toml": '[package]\nname = "ring"\nedition = "2021"\n[lints.rust]\nunsafe_code = "deny"\n',
    "Cargo.lock": 'version = 4\n[[package]]\nname = "libc"\nversion = "0.2.1"\nsource = "registry+x"\n',
    "build.rs": 'fn main() { std::env::var("RING_HOME"); println!("cargo::rerun-if-changed=c"); }\n',
    "include/ring.h": "int ring_open(const char *path, int flags);\n",
    "src/lib.rs": "#![feature(a)]\nmod ffi;\nmod other;\n",
    "src/ffi.rs": 'extern "C" {\n    fn ring_open(path: *const u8) -> i32;\n    fn ring_name(name: String);\n}\n',
    "src/other.rs": "pub fn f() {}\n",
}
FOUND = [
    ("build.rs", "undeclared-build-input"),
    ("src/ffi.rs", "ffi-header-mismatch"),
    ("src/ffi.rs", "ffi-improper-type"),
]
SURVEYS = {
    ("count", "build-time"),
    ("count", "dependencies"),
    ("count", "lint-levels"),
    ("count", "toolchain"),
    ("judge", "build-time"),
    ("judge", "ffi-headers"),
    ("judge", "ffi-signatures"),
}


class Watched:
    """Does the work here, notes what each survey is asked, and fails at some of it."""

    def __init__(self, failing: tuple[str, str] | None = None) -> None:
        self.asked: set[tuple[str, str]] = set()
        self._failing = failing

    def run(
        self, function: Callable[[T], R], items: Sequence[T], weight: Callable[[T], int]
    ) -> Iterator[tuple[T, R | Failure]]:
        del weight
        bound: Any = function
        for item in items:
            question = bound.func.__name__, getattr(item, "survey", "")
            self.asked.add(question)
            failed = question == self._failing
            yield item, Failure(UnanalysedReason.TIMED_OUT, "5 s") if failed else function(item)

    @property
    def worked(self) -> set[tuple[str, str]]:
        """Which surveys counted and judged."""
        return {each for each in self.asked if each[0] in ("count", "judge")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        write(tmp_path / "ring" / name, text)
    return tmp_path / "ring"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def audited(folder: Path, cache: Cache | None = None, runner: Watched | None = None) -> Inventory:
    return take(list_sources(folder), runner or Watched(), cache or NoCache())


def again(folder: Path, store: Path, version: str = "1") -> set[tuple[str, str]]:
    """What an audit with the cache works out; it says what one without any says."""
    runner = Watched()
    assert audited(folder, Cache(store, version=version), runner) == audited(folder)
    return runner.worked


def listed(inventory: Inventory) -> list[tuple[str, str]]:
    return [(each.path, each.id) for each in inventory.findings if "missing" not in each.id]


def test_an_audit_of_what_has_not_changed_asks_nobody_anything(folder: Path, store: Path) -> None:
    assert again(folder, store) == SURVEYS
    runner = Watched()
    assert listed(audited(folder, Cache(store, version="1"), runner)) == FOUND
    assert runner.asked == set()


def test_an_edit_costs_what_its_file_was_read_for(folder: Path, store: Path) -> None:
    again(folder, store)
    write(folder / "include" / "ring.h", "int ring_open(const char *path);\n")
    assert again(folder, store) == {("judge", "ffi-headers")}
    write(folder / "src" / "other.rs", 'extern "C" {\n    fn ring_name(a: u8, b: u8);\n}\n')
    assert again(folder, store) == {("judge", "ffi-headers"), ("judge", "ffi-signatures")}
    write(folder / "build.rs", "fn main() {}\n")
    assert again(folder, store) >= {("count", "build-time"), ("judge", "build-time")}
    assert [id for _, id in listed(audited(folder, Cache(store, version="1")))] == [
        "ffi-clash",
        "ffi-improper-type",
        "ffi-clash",
    ]


def test_what_is_taken_back_is_known_still(folder: Path, store: Path) -> None:
    again(folder, store)
    write(folder / "build.rs", "fn main() {}\n")
    again(folder, store)
    write(folder / "build.rs", FILES["build.rs"])
    assert again(folder, store) == set()


def test_a_file_that_comes_counts_whatever_it_is_called(folder: Path, store: Path) -> None:
    write(folder / "Cargo.toml", '[package]\nname = "ring"\nbuild = "script.h"\n')
    again(folder, store)
    write(folder / "script.h", "fn main() {}\n")
    assert ("count", "build-time") in again(folder, store)
    write(folder / "script.h", "fn main() { f() }\n")
    assert ("count", "build-time") in again(folder, store)


def test_another_analyser_gets_nothing_of_it(folder: Path, store: Path) -> None:
    again(folder, store)
    assert again(folder, store, version="2") == SURVEYS
    assert again(folder, store) == set()


@pytest.mark.parametrize("damage", ["noise", "swapped"])
def test_damaged_answers_are_worked_out_anew_and_told(folder: Path, store: Path, damage: str) -> None:
    again(folder, store)
    (path,) = store.glob("cache-*.sqlite")
    noise = "UPDATE entry SET value = zeroblob(100)"
    swapped = "UPDATE entry SET value = (SELECT value FROM entry AS other WHERE other.key <> entry.key)"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(noise if damage == "noise" else swapped)
        connection.commit()
    cache, runner = Cache(store, version="1"), Watched()
    assert audited(folder, cache, runner) == audited(folder)
    assert runner.worked == SURVEYS
    assert any("damaged entries" in notice for notice in cache.take_notices())
    assert again(folder, store) == set()


@pytest.mark.parametrize("question", sorted(SURVEYS | {("want", "toolchain")}))
def test_a_failure_is_told_and_not_kept(folder: Path, store: Path, question: tuple[str, str]) -> None:
    failed = audited(folder, Cache(store, version="1"), Watched(question))
    assert UnanalysedReason.TIMED_OUT in {doubt.reason for doubt in failed.unanalysed}
    expected = ("count" if question[0] == "want" else question[0], question[1])
    assert expected in again(folder, store)
    assert again(folder, store) == set()
