"""Git is read as it is, whatever the repository tries, and every mistake says what to do next."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.model import FileChange
from bot.git import (
    BLOB_LIMIT,
    BlobReader,
    GitError,
    NoRepositoryError,
    Repository,
    blob_id,
    printable_path,
    raw_name,
    read_regular_file,
)

EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
LONG = "fn long() {\n" + "".join(f"    step_{n}();\n" for n in range(40)) + "}\n"
Sides = tuple[tuple[str, str, bytes | None] | None, tuple[str, str, bytes | None] | None]


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=True)
    return done.stdout.decode().strip()


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)


def commit(folder: Path, files: dict[str, str | bytes] | None = None) -> str:
    write(folder, files or {})
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "a change")
    return git(folder, "rev-parse", "HEAD")


def commit_raw(folder: Path, *lines: bytes) -> str:
    """Commit tree entries that no work tree could hold: ``mode SP id TAB name`` in git's index format."""
    git(folder, "update-index", "-z", "--index-info", stdin=b"".join(line + b"\0" for line in lines))
    tree = git(folder, "write-tree")
    return git(folder, "commit-tree", tree, "-p", "HEAD", "-m", "raw")


def sides(changes: list[FileChange]) -> list[Sides]:
    return [
        (
            (change.base.path, change.base.mode, change.base.data) if change.base else None,
            (change.head.path, change.head.mode, change.head.data) if change.head else None,
        )
        for change in changes
    ]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init", "--quiet")
    commit(folder, {"src/lib.rs": "pub fn one() {}\n", "README.md": "hello\n"})
    return folder


@pytest.fixture
def trap(tmp_path: Path) -> str:
    """A command that leaves a trace when anybody runs it."""
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\ncat\n")
    script.chmod(0o755)
    return str(script)


def sprung(tmp_path: Path) -> bool:
    return (tmp_path / "sprung").exists()


# Opening


def test_a_repository_opens_from_any_path_inside_it(clone: Path) -> None:
    for place in (clone, clone / "src", clone / "src" / "lib.rs"):
        assert Repository.open(place).root == str(clone)


def test_a_bare_repository_and_a_git_folder_have_no_work_tree(clone: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(clone), str(bare))
    assert Repository.open(bare).root is None
    assert Repository.open(clone / ".git").root is None
    with pytest.raises(GitError, match="bare repository without a work tree: name a revision"):
        Repository.open(bare).diff_worktree("HEAD")


def test_a_linked_work_tree_opens_with_its_own_files(clone: Path, tmp_path: Path) -> None:
    git(clone, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    write(tmp_path / "linked", {"new.rs": "fn new() {}\n"})
    changes = Repository.open(tmp_path / "linked").diff_worktree("HEAD")
    assert [change.path for change in changes] == ["new.rs"]


def test_a_path_that_is_missing_or_in_no_repository_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="nowhere does not exist: give the path of a clone"):
        Repository.open(tmp_path / "nowhere")
    with pytest.raises(NoRepositoryError, match="not inside a git repository: give the path of a clone"):
        Repository.open(tmp_path)


def test_a_missing_git_is_told_as_such(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(clone))
    with pytest.raises(NoRepositoryError, match="git is not installed: install git"):
        Repository.open(clone)


def test_a_git_in_the_current_folder_is_never_run(
    clone: Path, trap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(trap, clone / "git")
    monkeypatch.chdir(clone)
    monkeypatch.setenv("PATH", os.pathsep.join((".", "", os.environ["PATH"])))
    Repository.open(clone).tree("HEAD")
    assert not sprung(tmp_path)


def test_somebody_elses_repository_needs_a_word_of_trust(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(GitError, match=f"run `git config --global --add safe.directory {clone}`"):
        Repository.open(clone)


def test_a_work_tree_that_points_elsewhere_is_refused(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    git(clone, "config", "core.worktree", str(tmp_path / "private"))
    opened = Repository.open(clone)
    assert opened.root is None


# Revisions


def test_a_revision_resolves_to_the_full_id_of_its_commit(clone: Path) -> None:
    first = git(clone, "rev-parse", "HEAD")
    git(clone, "tag", "--annotate", "--message", "x", "v1")
    repository = Repository.open(clone)
    assert {repository.resolve(rev) for rev in ("HEAD", "main", "v1", first[:9], "v1^{commit}")} == {first}


@pytest.mark.parametrize(
    "rev",
    [
        "",
        "-x",
        "--output=/tmp/x",
        "--all",
        "HEAD\n",
        "HEAD\0",
        "^main",
        "main..HEAD",
        "nope",
        "HEAD:src",
        "é",
    ],
)
def test_what_is_no_commit_is_refused_in_one_line(clone: Path, rev: str) -> None:
    with pytest.raises(GitError) as refusal:
        Repository.open(clone).resolve(rev)
    assert "give a branch, tag or commit id" in str(refusal.value)
    assert str(refusal.value).isprintable()


def test_the_merge_base_is_the_fork_point_and_none_for_foreign_histories(clone: Path) -> None:
    fork = git(clone, "rev-parse", "HEAD")
    commit(clone, {"a.rs": "fn a() {}\n"})
    git(clone, "checkout", "--quiet", "-b", "topic", fork)
    commit(clone, {"b.rs": "fn b() {}\n"})
    git(clone, "checkout", "--quiet", "--orphan", "foreign")
    commit(clone)
    repository = Repository.open(clone)
    assert repository.merge_base("main", "topic") == fork
    assert repository.merge_base("main", "foreign") is None


def test_the_default_branch_is_the_remotes_own_then_a_customary_name(clone: Path, tmp_path: Path) -> None:
    assert Repository.open(clone).default_branch() == "refs/heads/main"
    git(clone, "branch", "develop")
    git(clone, "symbolic-ref", "HEAD", "refs/heads/develop")
    copy, bare = tmp_path / "copy", tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", str(clone), str(copy))
    assert Repository.open(copy).default_branch() == "refs/remotes/origin/develop"
    git(copy, "symbolic-ref", "--delete", "refs/remotes/origin/HEAD")
    assert Repository.open(copy).default_branch() == "refs/remotes/origin/main"
    git(clone, "branch", "--delete", "--force", "main")
    git(tmp_path, "clone", "--quiet", "--bare", str(clone), str(bare))
    assert Repository.open(bare).default_branch() == "refs/heads/develop"
    assert Repository.open(clone).default_branch() is None


def test_a_tag_named_like_the_default_branch_does_not_stand_in_for_it(clone: Path) -> None:
    first = git(clone, "rev-parse", "HEAD")
    second = commit(clone, {"a.rs": "fn a() {}\n"})
    git(clone, "tag", "main", first)
    repository = Repository.open(clone)
    assert repository.resolve(repository.default_branch() or "") == second


# Trees and differences


def test_a_tree_lists_files_links_and_submodules(clone: Path) -> None:
    (clone / "link.rs").symlink_to("src/lib.rs")
    commit(clone)
    head = commit_raw(clone, b"160000 " + b"1" * 40 + b"\tvendor/x")
    assert {entry.path: (entry.kind, entry.mode) for entry in Repository.open(clone).tree(head)} == {
        "README.md": ("file", "100644"),
        "link.rs": ("symlink", "120000"),
        "src/lib.rs": ("file", "100644"),
        "vendor/x": ("submodule", "160000"),
    }


def test_a_difference_has_both_sides_of_every_rust_file_and_nothing_else(clone: Path) -> None:
    base = commit(clone, {"old.rs": LONG, "gone.rs": "fn gone() {}\n", "x.txt": "x"})
    git(clone, "mv", "old.rs", "src/new.rs")
    (clone / "gone.rs").unlink()
    head = commit(clone, {"src/lib.rs": "pub fn two() {}\n", "x.txt": "y", "added.rs": "fn added() {}\n"})
    assert sides(Repository.open(clone).diff(base, head)) == [
        (None, ("added.rs", "file", b"fn added() {}\n")),
        (("gone.rs", "file", b"fn gone() {}\n"), None),
        (("src/lib.rs", "file", b"pub fn one() {}\n"), ("src/lib.rs", "file", b"pub fn two() {}\n")),
        (("old.rs", "file", LONG.encode()), ("src/new.rs", "file", LONG.encode())),
    ]


def test_an_edited_file_is_still_recognised_after_a_rename(clone: Path) -> None:
    base = commit(clone, {"old.rs": LONG})
    git(clone, "mv", "old.rs", "new.rs")
    head = commit(clone, {"new.rs": LONG.replace("step_7", "unsafe_step")})
    (change,) = Repository.open(clone).diff(base, head)
    assert change.base is not None
    assert (change.base.path, change.path) == ("old.rs", "new.rs")


def test_renaming_to_or_from_another_suffix_adds_or_removes_rust(clone: Path) -> None:
    base = commit(clone, {"a.rs": LONG, "b.txt": LONG.upper()})
    git(clone, "mv", "a.rs", "a.txt")
    git(clone, "mv", "b.txt", "b.rs")
    head = commit(clone)
    assert sides(Repository.open(clone).diff(base, head)) == [
        (("a.rs", "file", LONG.encode()), None),
        (None, ("b.rs", "file", LONG.upper().encode())),
    ]


def test_a_file_that_becomes_a_link_or_a_submodule_shows_both_kinds(clone: Path) -> None:
    base = commit(clone, {"x.rs": "fn x() {}\n"})
    (clone / "x.rs").unlink()
    (clone / "x.rs").symlink_to("/etc/passwd")
    middle = commit(clone)
    head = commit_raw(clone, b"0 " + b"0" * 40 + b"\tx.rs", b"160000 " + b"1" * 40 + b"\tx.rs")
    repository = Repository.open(clone)
    assert sides(repository.diff(base, middle)) == [
        (("x.rs", "file", b"fn x() {}\n"), ("x.rs", "symlink", b"/etc/passwd"))
    ]
    assert sides(repository.diff(middle, head)) == [
        (("x.rs", "symlink", b"/etc/passwd"), ("x.rs", "submodule", None))
    ]


@pytest.mark.parametrize(
    ("name", "target", "kept"),
    [
        ("x.rs", "README.md", True),
        ("sub/x", "../src/lib.rs", True),
        ("x", "src", True),
        ("x", "..", True),
        ("x", "/usr/include", True),
        ("x", "nowhere", True),
        ("x", "chain", True),
        ("x", "chain/../README.md", True),
        ("x", "README.md", False),
        ("x", "./README.md", False),
        ("sub/x", "../README.md", False),
        ("x", "../clone/README.md", True),
    ],
)
def test_a_link_is_left_out_only_if_it_surely_leads_to_a_plain_file(
    clone: Path, name: str, target: str, kept: bool
) -> None:
    (clone / "chain").symlink_to("src")
    base = commit(clone)
    (clone / name).parent.mkdir(exist_ok=True)
    (clone / name).symlink_to(target)
    changes = Repository.open(clone).diff(base, commit(clone))
    assert sides(changes) == ([(None, (name, "symlink", target.encode()))] if kept else [])


HOSTILE_NAMES = [b"-rf.rs", b"--output=x.rs", b"new\nline.rs", b"tab\t.rs", b"\xff\xfe.rs", b"back\\slash.rs",
                 b'quo"te.rs', b":(top)x.rs", b"*.rs", b"\x1b[31m.rs", "rtl\u202e.rs".encode(), b" .rs"]  # fmt: skip


def test_any_name_that_git_can_hold_is_read_and_shown_in_one_printable_line(clone: Path) -> None:
    blob = git(clone, "hash-object", "-w", "--stdin", stdin=b"fn x() {}\n")
    base = git(clone, "rev-parse", "HEAD")
    head = commit_raw(clone, *(f"100644 {blob}\t".encode() + name for name in HOSTILE_NAMES))
    changes = Repository.open(clone).diff(base, head)
    assert sorted(raw_name(change.path) for change in changes) == sorted(HOSTILE_NAMES)
    assert all(change.path.isprintable() and change.path.encode() for change in changes)
    assert all(change.head and change.head.data == b"fn x() {}\n" for change in changes)
    assert {change.path for change in changes} >= {"new\\x0aline.rs", "\\xff\\xfe.rs", "back\\\\slash.rs"}


@given(st.binary())
def test_a_printable_path_is_safe_text_and_stands_for_one_name_only(name: bytes) -> None:
    path = printable_path(name)
    assert path.isprintable()
    assert path.encode("utf-8").decode("utf-8") == path
    assert raw_name(path) == name


def test_a_path_of_ordinary_letters_is_shown_as_it_is() -> None:
    assert printable_path("src/größe é.rs".encode()) == "src/größe é.rs"
    assert printable_path("a\u202eb".encode()) == "a\\xe2\\x80\\xaeb"


def test_evil_merges_show_since_trees_are_compared(clone: Path) -> None:
    base = git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "--quiet", "-b", "topic")
    commit(clone, {"a.rs": "fn a() {}\n"})
    git(clone, "checkout", "--quiet", "main")
    commit(clone, {"b.rs": "fn b() {}\n"})
    git(clone, "merge", "--quiet", "--no-commit", "topic")
    head = commit(clone, {"evil.rs": "unsafe fn evil() {}\n"})
    assert [change.path for change in Repository.open(clone).diff(base, head)] == ["a.rs", "b.rs", "evil.rs"]


# Index and work tree


def test_what_is_staged_differs_from_what_lies_in_the_work_tree(clone: Path) -> None:
    write(clone, {"src/lib.rs": "pub fn staged() {}\n", "untracked.rs": "fn u() {}\n"})
    git(clone, "add", "src/lib.rs")
    write(clone, {"src/lib.rs": "pub fn edited() {}\n"})
    repository = Repository.open(clone)
    old = ("src/lib.rs", "file", b"pub fn one() {}\n")
    assert sides(repository.diff_index("HEAD")) == [(old, ("src/lib.rs", "file", b"pub fn staged() {}\n"))]
    assert sides(repository.diff_worktree("HEAD")) == [
        (old, ("src/lib.rs", "file", b"pub fn edited() {}\n")),
        (None, ("untracked.rs", "file", b"fn u() {}\n")),
    ]


def test_a_work_tree_knows_renames_deletions_links_and_what_is_ignored(clone: Path) -> None:
    base = commit(clone, {"old.rs": LONG, "gone.rs": "fn gone() {}\n", ".gitignore": "target\n"})
    (clone / "old.rs").rename(clone / "new.rs")
    (clone / "gone.rs").unlink()
    (clone / "link.rs").symlink_to("new.rs")
    (clone / "notes").symlink_to("README.md")
    write(clone, {"target/x.rs": "fn ignored() {}\n", "note.txt": "x"})
    assert sides(Repository.open(clone).diff_worktree(base)) == [
        (("gone.rs", "file", b"fn gone() {}\n"), None),
        (None, ("link.rs", "symlink", b"new.rs")),
        (("old.rs", "file", LONG.encode()), ("new.rs", "file", LONG.encode())),
    ]


def test_a_folder_replaced_by_a_link_hides_its_files_instead_of_reading_elsewhere(
    clone: Path, tmp_path: Path
) -> None:
    write(tmp_path, {"elsewhere/lib.rs": "fn stolen() {}\n"})
    shutil.rmtree(clone / "src")
    (clone / "src").symlink_to(tmp_path / "elsewhere")
    target = str(tmp_path / "elsewhere").encode()
    assert sides(Repository.open(clone).diff_worktree("HEAD")) == [
        (None, ("src", "symlink", target)),
        (("src/lib.rs", "file", b"pub fn one() {}\n"), None),
    ]


def test_a_submodule_on_another_commit_is_a_change(clone: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "--quiet")
    first = commit(library, {"lib.rs": "fn one() {}\n"})
    git(clone, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "vendor/lib")
    base = commit(clone)
    second = commit(clone / "vendor" / "lib", {"lib.rs": "fn two() {}\n"})
    (clone / ".gitmodules").write_text((clone / ".gitmodules").read_text() + "\tignore = all\n")
    (change,) = Repository.open(clone).diff_worktree(base)
    assert change.base is not None
    assert change.head is not None
    assert (change.base.mode, change.base.blob, change.head.blob) == ("submodule", first, second)
    git(clone, "add", "vendor/lib")
    head = commit(clone)
    assert [changed.path for changed in Repository.open(clone).diff(base, head)] == ["vendor/lib"]


def test_a_repository_inside_that_is_no_submodule_is_named(clone: Path) -> None:
    (clone / "inner").mkdir()
    git(clone / "inner", "init", "--quiet")
    commit(clone / "inner", {"x.rs": "fn x() {}\n"})
    assert Repository.open(clone).worktree().nested == (b"inner",)


def test_an_unfinished_merge_has_no_staged_state_but_a_work_tree(clone: Path) -> None:
    git(clone, "checkout", "--quiet", "-b", "topic")
    commit(clone, {"src/lib.rs": "pub fn theirs() {}\n"})
    git(clone, "checkout", "--quiet", "main")
    commit(clone, {"src/lib.rs": "pub fn ours() {}\n"})
    with pytest.raises(subprocess.CalledProcessError):
        git(clone, "merge", "--quiet", "topic")
    repository = Repository.open(clone)
    with pytest.raises(GitError, match=r"src/lib.rs has merge conflicts: resolve them and `git add` it"):
        repository.diff_index("HEAD")
    ((_, head),) = sides(repository.diff_worktree("HEAD"))
    assert head is not None
    assert b"<<<<<<<" in (head[2] or b"")


def test_reading_leaves_no_trace_in_the_repository(clone: Path) -> None:
    write(clone, {"src/lib.rs": "pub fn edited() {}\n", "new.rs": "fn new() {}\n"})
    git(clone, "add", "new.rs")

    def state() -> dict[str, bytes]:
        return {
            str(path): path.read_bytes() for path in sorted((clone / ".git").rglob("*")) if path.is_file()
        }

    before = state()
    repository = Repository.open(clone)
    repository.diff_index("HEAD")
    repository.diff_worktree("HEAD")
    assert state() == before


def test_a_pre_commit_hook_sees_the_index_of_the_commit_in_the_making(clone: Path) -> None:
    write(clone, {"src/lib.rs": "pub fn two() {}\n"})
    root = Path(__file__).resolve().parents[2]
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from bot.git import Repository;"
        "print([change.path for change in Repository.open('.').diff_index('HEAD')])"
    )
    hook = clone / ".git" / "hooks" / "pre-commit"
    hook.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{code}" "{root}" > "{clone}.seen"\n')
    hook.chmod(0o755)
    git(clone, "commit", "--quiet", "--all", "--message", "x")
    assert Path(f"{clone}.seen").read_text() == "['src/lib.rs']\n"


def test_variables_of_another_repository_are_not_believed(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = git(clone, "rev-parse", "HEAD")
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    for name, value in {
        "GIT_DIR": other / ".git",
        "GIT_INDEX_FILE": other / ".git" / "index",
        "GIT_OBJECT_DIRECTORY": other / ".git" / "objects",
        "GIT_WORK_TREE": other,
    }.items():
        monkeypatch.setenv(name, str(value))
    repository = Repository.open(clone)
    assert (repository.root, repository.resolve("HEAD")) == (str(clone), head)
    assert repository.diff_index("HEAD") == []


# Hostile repositories


def test_attributes_of_the_author_hide_nothing(clone: Path) -> None:
    base = git(clone, "rev-parse", "HEAD")
    attributes = "*.rs -diff -text binary export-ignore linguist-generated filter=x diff=x merge=x\n"
    head = commit(clone, {".gitattributes": attributes, "src/lib.rs": "pub fn two() {}\n"})
    assert sides(Repository.open(clone).diff(base, head)) == [
        (("src/lib.rs", "file", b"pub fn one() {}\n"), ("src/lib.rs", "file", b"pub fn two() {}\n"))
    ]


def test_no_program_that_the_configuration_names_is_run(clone: Path, trap: str, tmp_path: Path) -> None:
    base = git(clone, "rev-parse", "HEAD")
    head = commit(clone, {".gitattributes": "*.rs filter=x diff=x\n", "src/lib.rs": LONG, "a.rs": LONG})
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "pager.diff",
                "diff.external", "diff.x.command", "diff.x.textconv", "filter.x.clean", "filter.x.smudge",
                "filter.x.process", "uploadpack.packObjectsHook", "core.alternateRefsCommand", "core.gitProxy",
                "credential.helper", "gpg.program", "sequence.editor"):  # fmt: skip
        git(clone, "config", key, trap)
    for alias in ("ls-files", "ls-tree", "rev-parse", "diff-tree", "cat-file"):
        git(clone, "config", f"alias.{alias}", f"!{trap}")
    git(clone, "config", "filter.x.required", "true")
    for hook in ("post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy(trap, clone / ".git" / "hooks" / hook)
    write(clone, {"src/lib.rs": LONG + "// edited\n", "new.rs": "fn new() {}\n"})
    repository = Repository.open(clone)
    repository.default_branch()
    repository.merge_base(base, head)
    assert len(repository.diff(base, head)) == 2
    assert [change.path for change in repository.diff_worktree("HEAD")] == ["new.rs", "src/lib.rs"]
    repository.diff_index("HEAD")
    assert [data for _, data in repository.read_blobs([EMPTY])] == [None]
    assert not sprung(tmp_path)


def test_a_filter_that_could_not_be_switched_off_is_refused(clone: Path, trap: str, tmp_path: Path) -> None:
    commit(clone, {".gitattributes": "*.rs filter=a=b\n"})
    git(clone, "config", "filter.a=b.clean", trap)
    write(clone, {"src/lib.rs": "pub fn two() {}\n"})
    with pytest.raises(GitError, match=r"has a filter filter\.a=b: remove it"):
        Repository.open(clone).diff_worktree("HEAD")
    assert not sprung(tmp_path)


def test_replacement_objects_and_grafts_are_not_believed(clone: Path) -> None:
    base = git(clone, "rev-parse", "HEAD")
    head = commit(clone, {"src/lib.rs": "unsafe fn two() {}\n"})
    blob = git(clone, "rev-parse", "HEAD:src/lib.rs")
    git(clone, "replace", blob, git(clone, "rev-parse", f"{base}:src/lib.rs"))
    (clone / ".git" / "info" / "grafts").write_text(f"{head}\n")
    repository = Repository.open(clone)
    assert repository.merge_base(base, head) == base
    assert sides(repository.diff(base, head))[0][1] == ("src/lib.rs", "file", b"unsafe fn two() {}\n")


def test_git_that_takes_too_long_is_ended_with_a_word(clone: Path, tmp_path: Path) -> None:
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    ready = Repository.open(clone)
    slowed = Repository(str(slow), ready.git_dir, ready.root, ready.algorithm, seconds=0.05)
    with pytest.raises(GitError, match=r"`git rev-parse` took more than 0\.05 s"):
        slowed.resolve("HEAD")
    with pytest.raises(GitError, match=r"`git cat-file` took more than 0\.05 s"):
        list(slowed.read_blobs([EMPTY]))


# Clones that lack something


def shallow_clone(clone: Path, tmp_path: Path) -> Path:
    git(clone, "checkout", "--quiet", "-b", "topic")
    for number in range(3):
        commit(clone, {"a.rs": f"fn a{number}() {{}}\n"})
    shallow = tmp_path / "shallow"
    url = f"file://{clone}"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", url, str(shallow))
    return shallow


def test_a_shallow_clone_without_the_merge_base_names_the_command_that_fetches_it(
    clone: Path, tmp_path: Path
) -> None:
    shallow = shallow_clone(clone, tmp_path)
    repository = Repository.open(shallow)
    with pytest.raises(GitError, match="run `git fetch --unshallow origin`") as refusal:
        repository.merge_base("origin/main", "HEAD")
    run_suggestion(shallow, str(refusal.value))
    assert repository.merge_base("origin/main", "HEAD") == git(clone, "rev-parse", "main")


def test_a_shallow_clone_without_the_base_names_the_command_that_fetches_it(
    clone: Path, tmp_path: Path
) -> None:
    shallow = tmp_path / "single"
    shallow_clone(clone, tmp_path)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{clone}", str(shallow))
    repository = Repository.open(shallow)
    with pytest.raises(GitError, match="not in this shallow clone: run `git fetch --unshallow") as refusal:
        repository.resolve("origin/main")
    run_suggestion(shallow, str(refusal.value))
    assert repository.resolve("origin/main") == git(clone, "rev-parse", "main")


def run_suggestion(folder: Path, message: str) -> None:
    """Do what a message says: the command between its first backticks."""
    subprocess.run(message.split("`")[1], shell=True, cwd=folder, check=True, capture_output=True)  # noqa: S602


def test_a_partial_clone_fetches_nothing_by_itself_and_says_how_to_get_all(
    clone: Path, tmp_path: Path
) -> None:
    base = commit(clone, {"a.rs": LONG})
    git(clone, "mv", "a.rs", "b.rs")
    head = commit(clone, {"b.rs": LONG + "// more\n"})
    git(clone, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial.git"
    git(tmp_path, "clone", "--quiet", "--bare", "--filter=blob:none", f"file://{clone}", str(partial))
    repository = Repository.open(partial)
    blob = git(clone, "rev-parse", "HEAD:b.rs")
    assert repository.is_partial()
    with pytest.raises(GitError, match="partial clone lacks files"):
        repository.diff(base, head)
    with pytest.raises(GitError, match="partial clone lacks files"):
        repository.blob_sizes([blob])
    with pytest.raises(GitError, match="run `git fetch --refetch --no-filter origin`") as refusal:
        list(repository.read_blobs([blob]))
    run_suggestion(partial, str(refusal.value))
    assert dict(repository.read_blobs([blob]))[blob] == (LONG + "// more\n").encode()
    assert len(repository.diff(base, head)) == 1


# Blobs


def test_many_blobs_of_all_sizes_come_from_one_process_in_the_order_asked(clone: Path) -> None:
    contents = [
        b"x" * size + str(number).encode() for number, size in enumerate([0, 1, 70_000, 3, 300_000] * 120)
    ]
    for number, data in enumerate(contents):
        (clone / f"f{number}.rs").write_bytes(data)
    commit(clone)
    ids = [blob_id(data) for data in contents]
    assert list(Repository.open(clone).read_blobs(ids)) == list(zip(ids, contents, strict=True))


def test_a_blob_that_is_missing_broken_or_no_blob_is_none_and_the_others_are_read(clone: Path) -> None:
    good = git(clone, "rev-parse", "HEAD:src/lib.rs")
    tree = git(clone, "rev-parse", "HEAD^{tree}")
    broken = git(clone, "hash-object", "-w", "--stdin", stdin=b"soon broken")
    loose = clone / ".git" / "objects" / broken[:2] / broken[2:]
    loose.chmod(0o644)
    loose.write_bytes(b"not zlib")
    ids = [good, "1" * 40, good, broken, good, tree, good]
    assert [data for _, data in Repository.open(clone).read_blobs(ids)] == [
        b"pub fn one() {}\n",
        None,
        b"pub fn one() {}\n",
        None,
        b"pub fn one() {}\n",
        None,
        b"pub fn one() {}\n",
    ]


def test_a_blob_over_the_limit_is_not_loaded(clone: Path) -> None:
    base = git(clone, "rev-parse", "HEAD")
    head = commit(clone, {"big.rs": b" " * (BLOB_LIMIT + 1), "fits.rs": b" " * BLOB_LIMIT})
    write(clone, {"huge.rs": b" " * (BLOB_LIMIT + 5)})
    repository = Repository.open(clone)
    heads = [change.head for change in repository.diff(base, head) if change.head]
    sizes = {side.path: None if side.data is None else len(side.data) for side in heads}
    assert sizes == {"big.rs": None, "fits.rs": BLOB_LIMIT}
    assert sides(repository.diff_worktree("HEAD")) == [(None, ("huge.rs", "file", None))]


def test_nothing_is_loaded_beyond_the_total(clone: Path) -> None:
    ids = [git(clone, "hash-object", "-w", "--stdin", stdin=bytes(1000 + n)) for n in range(100)]
    read = list(Repository.open(clone).read_blobs(ids, total=5000))
    assert [blob for blob, _ in read] == ids
    assert [data is not None for _, data in read] == [True] * 5 + [False] * 95


def test_a_reader_goes_on_after_an_oversized_or_abandoned_question(clone: Path) -> None:
    good = git(clone, "rev-parse", "HEAD:src/lib.rs")
    reader = BlobReader(Repository.open(clone), limit=20)
    big = git(clone, "hash-object", "-w", "--stdin", stdin=bytes(21))
    assert [reader.read(blob) for blob in (good, big, good)] == [
        b"pub fn one() {}\n",
        None,
        b"pub fn one() {}\n",
    ]
    for _ in reader.stream([good] * 200):
        break
    assert reader.read(good) == b"pub fn one() {}\n"
    copy = pickle.loads(pickle.dumps(reader))  # noqa: S301
    assert copy.read(good) == b"pub fn one() {}\n"
    copy.close()
    reader.close()


def test_ids_are_those_that_git_computes(tmp_path: Path) -> None:
    for algorithm in ("sha1", "sha256"):
        folder = tmp_path / algorithm
        folder.mkdir()
        git(folder, "init", "--quiet", f"--object-format={algorithm}")
        base = commit(folder, {"a.rs": LONG})
        assert blob_id(LONG.encode(), algorithm) == git(folder, "rev-parse", "HEAD:a.rs")
        write(folder, {"a.rs": LONG + "// more\n"})
        repository = Repository.open(folder)
        assert repository.algorithm == algorithm
        assert [change.path for change in repository.diff_worktree(base)] == ["a.rs"]


def test_only_regular_files_are_read_from_the_disk(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": "fn a() {}\n"})
    (tmp_path / "link.rs").symlink_to("a.rs")
    os.mkfifo(tmp_path / "pipe.rs")
    read = {
        name: read_regular_file(str(tmp_path / name)) for name in ("a.rs", "link.rs", "pipe.rs", "none.rs")
    }
    assert read == {"a.rs": b"fn a() {}\n", "link.rs": None, "pipe.rs": None, "none.rs": None}
    assert read_regular_file(str(tmp_path / "a.rs"), limit=3) == b"fn a"
    assert read_regular_file(str(tmp_path)) is None
