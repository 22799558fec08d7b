"""Mirrors hold what a comparison needs, fetch it in as few requests as can be, and keep no secrets."""

from __future__ import annotations

import os
import pickle
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.git import GitError, Repository
from bot.git.transfer import Allowance, TooLargeError, UnreachableError
from bot.github.app import App
from bot.mirror import Limits, Mirrors
from bot.ports import CloneAccess, GoneError
from bot.sandbox.world import Sandbox
from bot.sources import list_commit, list_sources
from tests.bot.stage import Stage, fresh, started


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, App]]:
    with started(tmp_path_factory.mktemp("github")) as both:
        yield both


@pytest.fixture
def stage(running: tuple[Sandbox, App]) -> Stage:
    return fresh(*running)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mirrors"


def packs(folder: Path) -> int:
    return len(list(folder.glob("*.git/objects/pack/*.pack")))


def blobs_here(repository: Repository) -> int:
    listed = subprocess.run(
        ["git", "cat-file", "--batch-check", "--batch-all-objects"],
        cwd=repository.git_dir, capture_output=True, check=True,
    )  # fmt: skip
    return sum(b" blob " in line for line in listed.stdout.splitlines())


def fetched(stage: Stage, mirrors: Mirrors, *shas: str, refs: tuple[str, ...] = ()) -> Repository:
    forge = stage.forge()
    return mirrors.fetch(forge.clone_access(), forge.repository, shas, refs)


def test_a_mirror_has_commits_and_trees_and_no_file(stage: Stage, folder: Path) -> None:
    pull = stage.pull()
    mirror = fetched(stage, Mirrors(folder), stage.ring.head(), pull.head)
    assert mirror.resolve(pull.head) == pull.head
    assert [entry.path for entry in mirror.tree(pull.head)] == ["src/lib.rs"]
    assert blobs_here(mirror) == 0


def test_a_comparison_brings_its_files_in_one_request(stage: Stage, folder: Path) -> None:
    before = {f"src/m{n}.rs": f"pub fn f{n}() {{}}\n" for n in range(30)} | {"logo.png": b"\x89" * 4000}
    after = {f"src/m{n}.rs": f"pub unsafe fn f{n}() {{}}\n" for n in range(30)} | {"logo.png": b"\x88" * 4000}
    base = stage.ring.commit("main", before)
    head = stage.ring.commit("many", after, parents=[base])
    mirror = fetched(stage, Mirrors(folder), base, head)
    had = packs(folder)
    changes = mirror.diff(base, head)
    assert packs(folder) == had + 1
    assert {change.path: change.head.data for change in changes if change.head} == {
        path: text.encode() for path, text in after.items() if isinstance(text, str)
    }
    # The picture is not Rust, and stays where it is.
    assert blobs_here(mirror) == 60
    mirror.diff(base, head)
    assert packs(folder) == had + 1


def test_a_renamed_and_edited_file_is_found_as_in_a_full_clone(
    stage: Stage, folder: Path, tmp_path: Path
) -> None:
    text = "".join(f"pub fn step_{n}() {{}}\n" for n in range(40))
    base = stage.ring.commit(
        "main", {"src/old.rs": text, "notes.txt": text, "link": ("120000", b"src/old.rs")}
    )
    moved = text.replace("step_7()", "step_seven()")
    head = stage.ring.commit(
        "moved",
        {
            "src/old.rs": None,
            "src/new.rs": moved,
            "notes.txt": None,
            "other.txt": text,
            "l2": ("120000", b"x.rs"),
        },
    )
    head = stage.ring.commit("moved", {"link": None})
    mirror = fetched(stage, Mirrors(folder), base, head)
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "--quiet", "--no-checkout", stage.ring.repository.git.folder, clone], check=True
    )
    assert mirror.diff(base, head) == Repository.open(clone).diff(base, head)
    pairs = [(c.base and c.base.path, c.head and c.head.path) for c in mirror.diff(base, head)]
    assert ("src/old.rs", "src/new.rs") in pairs


def test_commits_of_a_pull_request_from_a_fork_are_there(stage: Stage, folder: Path) -> None:
    fork = stage.ring.fork(by=stage.alice)
    sha = fork.commit("patch", {"src/lib.rs": "pub unsafe fn f() {}\n"}, author=stage.alice)
    pull = stage.ring.open_pull(head=f"{stage.alice.login}:patch", by=stage.alice)
    stage.ring.delete_fork(by=stage.alice)
    ref = f"refs/pull/{pull.number}/head"
    mirror = fetched(stage, Mirrors(folder), stage.ring.head(), sha, refs=(ref,))
    assert mirror.resolve(ref) == sha
    assert mirror.commits(stage.ring.head(), sha) == (sha,)


def test_what_is_here_already_is_not_asked_for(stage: Stage, folder: Path) -> None:
    pull = stage.pull()
    mirrors = Mirrors(folder)
    fetched(stage, mirrors, stage.ring.head(), pull.head)
    forge = stage.forge()
    nowhere = CloneAccess("http://127.0.0.1:9/nothing.git", "no token")
    again = mirrors.fetch(nowhere, forge.repository, [pull.head])
    assert again.resolve(pull.head) == pull.head


def test_a_later_fetch_brings_only_what_is_new(stage: Stage, folder: Path) -> None:
    for n in range(12):
        stage.ring.commit("main", {f"docs/{n}.md": f"{n}\n"})
    mirrors = Mirrors(folder)
    fetched(stage, mirrors, stage.ring.head())
    first = {pack.name: pack.stat().st_size for pack in folder.glob("*.git/objects/pack/*.pack")}
    later = stage.ring.commit("main", {"docs/more.md": "more\n"})
    fetched(stage, mirrors, later)
    added = [
        pack.stat().st_size for pack in folder.glob("*.git/objects/pack/*.pack") if pack.name not in first
    ]
    assert len(added) == 1
    assert added[0] < sum(first.values()) / 3


def test_commits_that_are_gone_are_left_out_and_the_others_come(stage: Stage, folder: Path) -> None:
    gone = ["0123456789" * 4, "9876543210" * 4]
    mirror = fetched(stage, Mirrors(folder), stage.ring.head(), *gone, refs=("refs/pull/99/head",))
    assert mirror.resolve(stage.ring.head()) == stage.ring.head()
    for sha in gone:
        with pytest.raises(GitError):
            mirror.resolve(sha)


def test_names_that_git_would_take_for_more_than_one_are_left_out(stage: Stage, folder: Path) -> None:
    head = stage.ring.head()
    hostile = (f"{head}:refs/heads/mine", f"{head}\n+refs/heads/*:refs/heads/*", "--upload-pack=x", "HEAD")
    refs = ("refs/heads/main:refs/heads/mine", "refs/heads/*", "main", "refs/x\nrefs/heads/main")
    mirror = fetched(stage, Mirrors(folder), head, *hostile, refs=refs)
    listed = subprocess.run(
        ["git", "for-each-ref", "--format=%(refname)"], cwd=mirror.git_dir, capture_output=True, check=True
    )
    assert listed.stdout.decode().split() == [f"refs/cratewarden/{head}"]


def test_a_commit_that_was_pushed_away_is_still_fetched_by_its_id(stage: Stage, folder: Path) -> None:
    pull = stage.pull()
    seen = pull.head
    pull.force_push(
        stage.ring.commit("other", {"src/lib.rs": "pub fn other() {}\n"}, parents=[stage.ring.head()])
    )
    assert pull.head != seen
    mirror = fetched(stage, Mirrors(folder), seen, pull.head)
    assert mirror.resolve(seen) == seen
    assert [change.path for change in mirror.diff(seen, pull.head)] == ["src/lib.rs"]


def test_histories_that_share_nothing_are_all_new(stage: Stage, folder: Path) -> None:
    orphan = stage.ring.commit("orphan", {"src/new.rs": "pub unsafe fn g() {}\n"}, parents=[])
    mirror = fetched(stage, Mirrors(folder), stage.ring.head(), orphan)
    assert mirror.merge_base(stage.ring.head(), orphan) is None
    assert [(change.base, change.path) for change in mirror.diff(None, orphan)] == [(None, "src/new.rs")]
    assert mirror.commits(None, orphan) == (orphan,)


def test_commits_tell_merges_and_leave_out_what_the_base_has(stage: Stage, folder: Path) -> None:
    one = stage.ring.commit("patch", {"src/a.rs": "a\n"}, author=stage.alice)
    base = stage.ring.commit("main", {"src/b.rs": "b\n"})
    merge = stage.ring.merge_branches("patch", "main", author=stage.alice)
    mirror = fetched(stage, Mirrors(folder), base, merge)
    assert mirror.commits(base, merge) == (one, merge)


def test_authors_are_counted_by_address(stage: Stage, folder: Path) -> None:
    stage.ring.commit("main", {"src/a.rs": "1\n"}, author=stage.alice)
    stage.ring.commit("main", {"src/a.rs": "2\n"}, author=stage.alice)
    head = stage.ring.commit("main", {"src/b.rs": "1\n"}, author=stage.bob)
    mirror = fetched(stage, Mirrors(folder), head)
    assert mirror.authors(head, ["src/a.rs"]) == {f"{stage.alice.login}@example.com": 2}
    assert mirror.authors(head, ["src/none.rs"]) == {}
    assert mirror.authors(head, []) == {}


def test_the_token_is_in_no_file_and_no_argument(stage: Stage, folder: Path) -> None:
    pull = stage.pull()
    forge = stage.forge()
    access = forge.clone_access()
    seen: list[bytes] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    line = process.read_bytes()
                except OSError:
                    continue
                if b"fetch" in line and b"git" in line:
                    seen.append(line)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        mirror = Mirrors(folder).fetch(access, forge.repository, [stage.ring.head(), pull.head])
        mirror.diff(stage.ring.head(), pull.head)
    finally:
        stop.set()
        watcher.join()
    assert seen, "no fetch was seen"
    needles = (access.token.encode(), b"basic ", b"x-access-token")
    held = [path for path in folder.rglob("*") if path.is_file()]
    assert held
    for needle in needles:
        assert not any(needle in line.lower() for line in seen)
        assert not any(needle in path.read_bytes().lower() for path in held)
    assert access.token not in repr(mirror)


def test_a_copy_in_a_worker_has_no_token_and_fetches_nothing(stage: Stage, folder: Path) -> None:
    pull = stage.pull()
    mirror = fetched(stage, Mirrors(folder), stage.ring.head(), pull.head)
    copied = pickle.loads(pickle.dumps(mirror))  # noqa: S301  its own bytes
    assert copied.supply is None
    with pytest.raises(GitError, match="lacks files"):
        dict(copied.read_blobs([copied.tree(pull.head)[0].blob]))


def test_a_mirror_opened_by_its_path_never_takes_a_missing_file_for_an_empty_one(
    stage: Stage, folder: Path
) -> None:
    pull = stage.pull()
    mirror = fetched(stage, Mirrors(folder), pull.head)
    with pytest.raises(GitError, match="lacks files"):
        list_sources(mirror.git_dir, pull.head)


def test_a_whole_tree_is_read_with_one_request_more(stage: Stage, folder: Path) -> None:
    head = stage.ring.commit("main", {f"src/m{n}.rs": f"fn f{n}() {{}}\n" for n in range(12)})
    mirror = fetched(stage, Mirrors(folder), head)
    had = packs(folder)
    sources = list_commit(mirror, head)
    assert len(sources.files) == 13
    assert packs(folder) == had + 1
    copied = pickle.loads(pickle.dumps(mirror))  # noqa: S301  its own bytes
    assert all(data for _, data in copied.read_blobs([file.blob for file in sources.files]))


def test_two_workers_may_fetch_at_once(stage: Stage, folder: Path) -> None:
    heads = [
        stage.ring.commit(f"b{n}", {"src/lib.rs": f"{n}\n"}, parents=[stage.ring.head()]) for n in range(4)
    ]
    forge = stage.forge()
    access = forge.clone_access()
    failures: list[BaseException] = []

    def work(head: str) -> None:
        try:
            mirror = Mirrors(folder).fetch(access, forge.repository, [stage.ring.head(), head])
            assert len(mirror.diff(stage.ring.head(), head)) == 1
        except BaseException as error:  # noqa: BLE001  a thread's failure has to reach the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(head,)) for head in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_repository_that_is_too_large_is_given_up_and_leaves_nothing(stage: Stage, folder: Path) -> None:
    names = {f"folder-{n}/{os.urandom(40).hex()}.md": "x\n" for n in range(1500)}
    head = stage.ring.commit("main", names)
    small = Limits(history=Allowance(size=10_000, seconds=60.0))
    with pytest.raises(TooLargeError):
        fetched(stage, Mirrors(folder, small), head)
    assert not list(folder.glob("*.git/objects/pack/tmp_*"))


def test_files_that_are_too_large_together_are_left_out_and_not_taken_for_empty(
    stage: Stage, folder: Path
) -> None:
    base = stage.ring.head()
    head = stage.ring.commit("large", {"src/lib.rs": os.urandom(3_000_000)}, parents=[base])
    small = Limits(blobs=Allowance(size=1000, seconds=60.0))
    mirror = fetched(stage, Mirrors(folder, small), base, head)
    (change,) = mirror.diff(base, head)
    assert change.head is not None
    assert change.head.data is None
    assert not list(folder.glob("*.git/objects/pack/tmp_*"))


def test_a_server_that_does_not_answer_is_given_up(stage: Stage, folder: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        access = CloneAccess(f"http://127.0.0.1:{silent.getsockname()[1]}/a/b.git", "token")
        quick = Limits(history=Allowance(size=1 << 20, seconds=0.3))
        before = time.monotonic()
        with pytest.raises(UnreachableError):
            Mirrors(folder, quick).fetch(access, stage.forge().repository, [stage.ring.head()])
        assert time.monotonic() - before < 5


def test_nobody_listening_is_no_fault_of_the_mirror(stage: Stage, folder: Path) -> None:
    kept = fetched(stage, Mirrors(folder), stage.ring.head())
    access = CloneAccess("http://127.0.0.1:9/a/b.git", "token")
    with pytest.raises(UnreachableError):
        Mirrors(folder).fetch(access, stage.forge().repository, ["0" * 40])
    assert kept.resolve(stage.ring.head())


def test_a_repository_that_is_gone_is_gone(stage: Stage, folder: Path) -> None:
    forge = stage.forge()
    access = forge.clone_access()
    sha = stage.ring.head()
    stage.ring.delete()
    with pytest.raises(GoneError):
        Mirrors(folder).fetch(access, forge.repository, [sha])


def test_only_http_is_spoken(stage: Stage, folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    for url in (f"file://{stage.ring.repository.git.folder}", f"ext::sh -c touch% {mark}", str(folder)):
        with pytest.raises(GitError):
            Mirrors(folder).fetch(CloneAccess(url, "token"), stage.forge().repository, [stage.ring.head()])
    assert not mark.exists()


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param("pack", id="a pack that was cut off"),
        pytest.param("index", id="an index of a pack that is garbage"),
        pytest.param("config", id="settings that are garbage"),
        pytest.param("head", id="a HEAD that is gone"),
        pytest.param("refs", id="refs that lead nowhere"),
    ],
)
def test_a_broken_mirror_is_made_anew(stage: Stage, folder: Path, harm: str) -> None:
    pull = stage.pull()
    mirrors = Mirrors(folder)
    home = Path(fetched(stage, mirrors, stage.ring.head()).git_dir)
    for path in home.glob("objects/pack/*"):
        path.chmod(0o600)
        if path.suffix == {"pack": ".pack", "index": ".idx"}.get(harm):
            path.write_bytes(path.read_bytes()[:20] if harm == "pack" else b"garbage" * 30)
    if harm == "config":
        (home / "config").write_text("[core\n")
    if harm == "head":
        (home / "HEAD").unlink()
    if harm == "refs":
        (home / "packed-refs").write_text(f"{'1' * 40} refs/cratewarden/{'1' * 40}\n")
    mirror = fetched(stage, mirrors, stage.ring.head(), pull.head)
    assert [change.path for change in mirror.diff(stage.ring.head(), pull.head)] == ["src/lib.rs"]


def test_many_packs_become_one_and_nothing_is_lost(stage: Stage, folder: Path) -> None:
    mirrors = Mirrors(folder, Limits(packs=3))
    heads = []
    for n in range(6):
        heads.append(stage.ring.commit("main", {"src/lib.rs": f"pub fn f{n}() {{}}\n"}))
        mirror = fetched(stage, mirrors, *heads)
        mirror.diff(heads[0], heads[-1])
    assert packs(folder) <= 5
    mirror = fetched(stage, mirrors, *heads)
    assert [change.head.data for change in mirror.diff(heads[0], heads[5]) if change.head] == [
        b"pub fn f5() {}\n"
    ]


def test_mirrors_not_used_for_longest_are_removed_beyond_the_budget(
    running: tuple[Sandbox, App], folder: Path
) -> None:
    stages = [fresh(*running) for _ in range(3)]
    now = 1_000_000.0
    mirrors = Mirrors(folder, Limits(budget=1, in_use=100.0), lambda: now)
    homes = []
    for one in stages:
        homes.append(Path(fetched(one, mirrors, one.ring.head()).git_dir))
        now += 60.0
    # The first was used 120 seconds ago; the second might still be read.
    assert [home.is_dir() for home in homes] == [False, True, True]
