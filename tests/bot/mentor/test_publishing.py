"""What is published between two commits of a real repository, read by a worker that may fail."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from analyzers.model import UnanalysedReason
from analyzers.publishing.model import Verdict
from bot.git import Repository
from bot.guard import publishing
from bot.guard.own_texts import edits_texts, texts_at
from bot.guard.publishing import Published, Survey, changes_manifests, published
from bot.isolation import Limits, Workers
from bot.mentor.texts import WELCOME
from bot.model import Failure
from tests.bot.mentor.packages import manifest

T = TypeVar("T")
R = TypeVar("R")
RING = {"Cargo.toml": manifest(), "src/lib.rs": "pub fn f() {}\n"}
# Takes some seconds to read.
HOSTILE = "pub mod a {" * 200_000
STRICT = Limits(cpu_seconds=1.5)
MEMBERS = '[workspace]\nmembers = ["*"]\n'


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(processes=1) as workers:
        yield workers


class History:
    """A repository in a folder, written commit by commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._git("init", "--quiet")

    def commit(self, files: Mapping[str, str | bytes]) -> str:
        """A commit of exactly these files."""
        self._git("rm", "-rfq", "--ignore-unmatch", ".")
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text if isinstance(text, bytes) else text.encode())
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", "x")
        return self._git("rev-parse", "HEAD")

    @property
    def repository(self) -> Repository:
        return Repository.open(self.folder)

    def _git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def names(found: Published) -> list[str]:
    return [one.name for one in found.checklists]


def test_only_what_is_published_is_read(history: History, workers: Workers) -> None:
    base = history.commit(
        {"Cargo.toml": MEMBERS, "a/Cargo.toml": manifest("a"), "b/Cargo.toml": manifest("b")}
    )
    head = history.commit(
        {
            "Cargo.toml": MEMBERS,
            "a/Cargo.toml": manifest("a", "0.2.0"),
            "b/Cargo.toml": manifest("b"),
            "b/x": "",
        }
    )
    assert names(published(history.repository, base, head, workers, asked=False)) == ["a"]
    assert names(published(history.repository, base, head, workers, asked=True)) == ["a", "b"]
    assert published(history.repository, base, base, workers, asked=False).is_empty


def test_a_package_knows_itself_as_it_was(history: History, workers: Workers) -> None:
    base = history.commit(RING)
    head = history.commit({"Cargo.toml": manifest(version="0.1.1"), "src/lib.rs": ""})
    (one,) = published(history.repository, base, head, workers, asked=False).checklists
    removed = next(item for item in one.items if item.id == "removed-items")
    assert removed.verdict is Verdict.FAIL


def test_a_package_that_a_worker_cannot_read_is_told_and_the_others_are_checked(history: History) -> None:
    base = history.commit({"Cargo.toml": MEMBERS})
    head = history.commit(
        {
            "Cargo.toml": MEMBERS,
            "a/Cargo.toml": manifest("a"),
            "a/src/lib.rs": HOSTILE,
            "b/Cargo.toml": manifest("b"),
        }
    )
    with Workers(processes=1, limits=STRICT) as strict:
        found = published(history.repository, base, head, strict, asked=False)
    assert names(found) == ["b"]
    assert [(folder, failure.reason) for folder, failure in found.unread] == [
        ("a", UnanalysedReason.TIMED_OUT)
    ]


def test_more_packages_than_a_comment_holds_are_counted(
    history: History, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "MOST", 2)
    base = history.commit({"Cargo.toml": MEMBERS})
    head = history.commit({"Cargo.toml": MEMBERS, **{f"{name}/Cargo.toml": manifest(name) for name in "abc"}})
    found = published(history.repository, base, head, workers, asked=False)
    assert (names(found), found.left_out) == (["a", "b"], 1)


def test_sources_beyond_the_limit_are_not_given_to_a_worker_and_that_is_told(
    history: History, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "MOST_BYTES", 200)
    base = history.commit({"x": ""})
    head = history.commit(RING | {"src/z.rs": "// " + "z" * 200})
    (one,) = published(history.repository, base, head, workers, asked=False).checklists
    unread = next(item for item in one.items if item.id == "readable-sources")
    assert [place.path for place in unread.result.places] == ["src/z.rs"]


@dataclass
class Watched:
    """Workers, and what they were given."""

    workers: Workers
    given: list[object] = field(default_factory=list)

    def run(
        self, function: Callable[[T], R], items: Sequence[T], weight: Callable[[T], int]
    ) -> Iterator[tuple[T, R | Failure]]:
        self.given += items
        return self.workers.run(function, items, weight)


def test_the_sources_of_other_packages_stay_away_from_a_worker(history: History, workers: Workers) -> None:
    others = {"Cargo.toml": MEMBERS, "b/Cargo.toml": manifest("b"), "b/src/lib.rs": "pub fn f() {}\n"}
    base = history.commit(others)
    head = history.commit(others | {"a/Cargo.toml": manifest("a"), "a/src/lib.rs": "pub fn g() {}\n"})
    watched = Watched(workers)
    assert names(published(history.repository, base, head, watched, asked=False)) == ["a"]
    (survey,) = (each for each in watched.given if isinstance(each, Survey))
    read = {path for path, blob in survey.head.files.items() if blob.data is not None}
    assert read == {"Cargo.toml", "a/Cargo.toml", "a/src/lib.rs", "b/Cargo.toml"}


def test_only_manifests_and_texts_are_worth_a_second_look(history: History) -> None:
    first = history.commit(RING)
    other = history.commit(RING | {"src/lib.rs": "", "README.md": "x"})
    moved = history.commit({"a/Cargo.toml": manifest(), "a/src/lib.rs": ""})
    worded = history.commit(RING | {WELCOME: "Hi"})
    repository = history.repository
    assert not changes_manifests(repository, first, other)
    assert changes_manifests(repository, first, moved)
    assert not edits_texts(repository, first, other)
    assert edits_texts(repository, first, worded)


def test_a_link_is_no_text(history: History) -> None:
    history.commit(RING)
    (history.folder / WELCOME).parent.mkdir(parents=True)
    (history.folder / WELCOME).symlink_to("/etc/hostname")
    history._git("add", "--all")
    history._git("commit", "--quiet", "--message", "x")
    texts = texts_at(history.repository, "HEAD")
    assert texts.welcome == ""
    assert [each.message for each in texts.mistakes] == ["it is no plain file, or too large to be read"]
