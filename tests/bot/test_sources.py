"""An audit lists every Rust source below a path, names what it cannot judge, and reads what it listed."""

from __future__ import annotations

import os
import pickle
import subprocess
from pathlib import Path

import pytest

from analyzers.model import UnanalysedReason
from bot.git import BLOB_LIMIT, GitError, blob_id
from bot.sources import SourceError, Sources, list_sources

LIB = b"pub fn one() {}\n"
CACHE_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# made by cargo\n"


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=True)
    return done.stdout.decode().strip()


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "a change")
    return git(folder, "rev-parse", "HEAD")


def contents(sources: Sources) -> dict[str, bytes]:
    read = {ref.path: sources.reader.read(ref.path, ref.blob) for ref in sources.files}
    sources.reader.close()
    assert {ref.path: (ref.blob, ref.size) for ref in sources.files} == {
        path: (blob_id(data), len(data)) for path, data in read.items()
    }
    return read


def problems(sources: Sources) -> list[tuple[str, UnanalysedReason]]:
    return [(doubt.path, doubt.reason) for doubt in sources.unanalysed]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    plain = tmp_path / "plain"
    write(
        plain, {"Cargo.toml": b"[package]\n", "src/lib.rs": LIB, "src/a/b.rs": b"", "README.md": b"hello\n"}
    )
    return plain


@pytest.fixture
def clone(folder: Path) -> Path:
    git(folder, "init", "--quiet")
    commit(folder)
    return folder


def test_the_same_tree_is_listed_in_a_folder_a_clone_a_commit_and_a_bare_repository(
    folder: Path, tmp_path: Path
) -> None:
    expected = {"src/a/b.rs": b"", "src/lib.rs": LIB}
    assert contents(list_sources(folder)) == expected
    git(folder, "init", "--quiet")
    head = commit(folder)
    git(tmp_path, "clone", "--quiet", "--bare", str(folder), "bare.git")
    for sources, rev, root in (
        (list_sources(folder), "", str(folder)),
        (list_sources(folder, "main"), head, None),
        (list_sources(tmp_path / "bare.git"), head, None),
    ):
        assert contents(sources) == expected
        assert sources.manifests == {"Cargo.toml": b"[package]\n"}
        assert (sources.rev, sources.root, problems(sources)) == (rev, root, [])


def test_a_work_tree_is_listed_as_it_lies_there(clone: Path) -> None:
    write(
        clone,
        {".gitignore": b"target\n", "src/new.rs": b"fn new() {}\n", "target/x.rs": b"", "src/lib.rs": b"x"},
    )
    write(clone, {"new/Cargo.toml": b"[workspace]\n"})
    (clone / "src/a/b.rs").unlink()
    sources = list_sources(clone)
    assert contents(sources) == {"src/lib.rs": b"x", "src/new.rs": b"fn new() {}\n"}
    assert sources.manifests == {"Cargo.toml": b"[package]\n", "new/Cargo.toml": b"[workspace]\n"}


def test_a_path_inside_a_clone_restricts_the_listing_and_not_the_names(clone: Path) -> None:
    assert list(contents(list_sources(clone / "src" / "a"))) == ["src/a/b.rs"]
    assert list(contents(list_sources(clone / "src" / "lib.rs"))) == ["src/lib.rs"]
    assert list(contents(list_sources(clone / "src" / "a", "HEAD"))) == ["src/a/b.rs"]


def test_an_ignored_folder_is_read_as_a_plain_one(clone: Path) -> None:
    write(clone, {".gitignore": b"vendor\n", "vendor/x/src/lib.rs": LIB})
    assert contents(list_sources(clone / "vendor" / "x")) == {"src/lib.rs": LIB}


def test_a_single_file_is_a_listing_of_one(folder: Path) -> None:
    assert contents(list_sources(folder / "src" / "lib.rs")) == {"lib.rs": LIB}


def test_checked_out_line_ends_do_not_change_a_blobs_id(clone: Path) -> None:
    git(clone, "config", "core.autocrlf", "true")
    (clone / "src/lib.rs").unlink()
    git(clone, "checkout", "--quiet", "--", "src/lib.rs")
    assert (clone / "src/lib.rs").read_bytes() == b"pub fn one() {}\r\n"
    sources = list_sources(clone)
    refs = {ref.path: ref.blob for ref in sources.files}
    assert refs["src/lib.rs"] == blob_id(LIB)
    assert sources.reader.read("src/lib.rs", refs["src/lib.rs"]) == LIB
    sources.reader.close()


def test_files_outside_a_sparse_checkout_are_read_from_git(clone: Path) -> None:
    git(clone, "sparse-checkout", "set", "--no-cone", "/src/a/", "/Cargo.toml")
    assert not (clone / "src/lib.rs").exists()
    assert contents(list_sources(clone)) == {"src/a/b.rs": b"", "src/lib.rs": LIB}


def test_submodules_nested_repositories_and_links_are_named(clone: Path, tmp_path: Path) -> None:
    inner = clone / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    write(inner, {"x.rs": b""})
    commit(inner)
    write(tmp_path, {"outside/x.rs": b"", "outside/LICENSE": b""})
    for name, target in {
        "link.rs": "src/lib.rs",
        "inside": "src",
        "LICENSE": "../outside/LICENSE",
        "away": "../outside",
        "gone": "/nowhere",
    }.items():
        (clone / name).symlink_to(target)
    submodule, link = UnanalysedReason.SUBMODULE, UnanalysedReason.SYMLINK
    expected = [("away", link), ("gone", link), ("inner", submodule), ("link.rs", link)]
    assert problems(list_sources(clone)) == expected
    head = commit(clone)
    assert problems(list_sources(clone)) == expected
    recorded = problems(list_sources(clone, head))
    assert recorded == [("LICENSE", link), *expected]


def test_links_in_a_plain_folder_are_named_and_never_followed(folder: Path, tmp_path: Path) -> None:
    write(tmp_path, {"outside/x.rs": b""})
    (folder / "loop").symlink_to(".")
    (folder / "away").symlink_to(tmp_path / "outside")
    (folder / "link.rs").symlink_to("src/lib.rs")
    sources = list_sources(folder)
    assert list(contents(sources)) == ["src/a/b.rs", "src/lib.rs"]
    assert problems(sources) == [("away", UnanalysedReason.SYMLINK), ("link.rs", UnanalysedReason.SYMLINK)]


def test_build_folders_are_skipped_and_told(folder: Path) -> None:
    write(folder, {"target/CACHEDIR.TAG": CACHE_TAG, "target/debug/x.rs": b"", "not/CACHEDIR.TAG": b"x"})
    write(folder, {"not/y.rs": b"", ".git/hooks/z.rs": b""})
    sources = list_sources(folder)
    assert list(contents(sources)) == ["not/y.rs", "src/a/b.rs", "src/lib.rs"]
    assert sources.skipped == ("target",)


def test_an_oversized_file_is_named_wherever_it_lies(clone: Path) -> None:
    write(clone, {"big.rs": bytes(BLOB_LIMIT + 1)})
    expected = [("big.rs", UnanalysedReason.TOO_LARGE)]
    assert problems(list_sources(clone)) == expected
    head = commit(clone)
    assert problems(list_sources(clone)) == expected
    assert problems(list_sources(clone, head)) == expected
    assert list_sources(clone).unanalysed[0].detail == f"{BLOB_LIMIT + 1} bytes"


def test_a_blob_that_the_repository_has_lost_is_named(clone: Path) -> None:
    blob = git(clone, "rev-parse", "HEAD:src/lib.rs")
    (clone / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert problems(list_sources(clone, "HEAD")) == [("src/lib.rs", UnanalysedReason.MISSING)]


def test_a_partial_clone_without_the_sources_says_how_to_get_them(clone: Path, tmp_path: Path) -> None:
    git(clone, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--bare", "--filter=blob:none", f"file://{clone}", "partial.git")
    with pytest.raises(GitError, match="run `git fetch --refetch --no-filter origin`"):
        list_sources(tmp_path / "partial.git")


def test_odd_names_are_listed_and_read(folder: Path) -> None:
    names = {b"-x.rs", b"new\nline.rs", b"\xff.rs", b"back\\slash.rs", "é.rs".encode()}
    for name in names:
        (folder / os.fsdecode(name)).write_bytes(name)
    expected = {"-x.rs", "new\\x0aline.rs", "\\xff.rs", "back\\\\slash.rs", "é.rs"}
    listed = contents(list_sources(folder))
    assert expected < set(listed)
    assert names < set(listed.values())
    git(folder, "init", "--quiet")
    commit(folder)
    assert contents(list_sources(folder)) == listed
    assert contents(list_sources(folder, "HEAD")) == listed


def test_a_file_that_changes_after_it_was_listed_is_not_taken_for_what_it_was(folder: Path) -> None:
    sources = list_sources(folder)
    write(folder, {"src/lib.rs": b"changed"})
    with pytest.raises(SourceError, match=r"src/lib\.rs has changed while it was read: run again"):
        sources.reader.read("src/lib.rs", blob_id(LIB))


def test_a_reader_travels_to_other_processes(clone: Path) -> None:
    for sources in (list_sources(clone), list_sources(clone, "HEAD")):
        reader = pickle.loads(pickle.dumps(sources.reader))  # noqa: S301
        assert reader.read("src/lib.rs", blob_id(LIB)) == LIB
        reader.close()


def test_a_missing_path_and_one_without_rust_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere does not exist: give a folder"):
        list_sources(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="holds no Rust files: give the folder of a crate"):
        list_sources(tmp_path)
    git(tmp_path, "init", "--quiet")
    with pytest.raises(SourceError, match="holds no Rust files"):
        list_sources(tmp_path)
    with pytest.raises(GitError, match="unknown revision 'HEAD'"):
        list_sources(tmp_path, "HEAD")


def test_a_revision_of_something_that_is_no_repository_is_refused(folder: Path) -> None:
    with pytest.raises(GitError, match="not inside a git repository"):
        list_sources(folder, "HEAD")
