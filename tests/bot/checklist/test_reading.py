"""Where packages are read from: commits, work trees and folders, and what links lead to."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzers.publishing.model import Checked, Checklist, Verdict
from analyzers.publishing.tree import CrateTree
from bot.checklist import ChecklistError, Packages, read_commit, read_path
from bot.git import GitError, Repository

MANIFEST = '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n'
Write = Callable[[dict[str, str]], Path]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def names(packages: Packages) -> list[str]:
    return [tree.manifest.name for tree in packages.trees if isinstance(tree, CrateTree)]


def item(checklist: Checklist, id: str) -> Checked:
    return next(item for item in checklist.items if item.id == id)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(files: dict[str, str]) -> Path:
        for path, text in files.items():
            place = tmp_path / "repository" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return tmp_path / "repository"

    return write


@pytest.fixture
def clone(write: Write) -> Path:
    folder = write(
        {
            "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "0.2.0"\n',
            "crates/one/Cargo.toml": '[package]\nname = "one"\nversion.workspace = true\n',
            "crates/one/src/lib.rs": "pub fn a() {}\n",
            "crates/two/Cargo.toml": '[package]\nname = "two"\nversion = "0.1.0"\npublish = false\n',
            "crates/two/src/lib.rs": "",
            "samples/own/Cargo.toml": '[package]\nname = "own"\nversion = "0.1.0"\n[workspace]\n',
            "README.md": "# The whole, which has words\n",
        }
    )
    (folder / "crates/one/README.md").symlink_to("../../README.md")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


def test_a_workspace_is_read_as_its_members_in_the_order_of_their_folders(clone: Path) -> None:
    assert names(read_path(clone)) == ["one", "two"]


def test_a_folder_of_a_clone_means_the_packages_in_it_or_the_one_around_it(clone: Path) -> None:
    assert names(read_path(clone / "crates/one")) == ["one"]
    assert names(read_path(clone / "crates/one/src")) == ["one"]
    assert names(read_path(clone / "crates")) == ["one", "two"]


def test_a_project_that_no_workspace_knows_is_read_by_itself(clone: Path) -> None:
    assert names(read_path(clone / "samples/own")) == ["own"]


def test_a_value_of_the_workspace_is_told_at_its_line_there(clone: Path) -> None:
    (clone / "Cargo.toml").write_text(
        '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "2"\n'
    )
    [one, _] = read_path(clone).checklists()
    found = item(one, "version")
    assert (found.verdict, found.place.path, found.place.line) == (Verdict.FAIL, "Cargo.toml", 4)


def test_a_link_counts_as_what_it_leads_to(clone: Path) -> None:
    [one, _] = read_path(clone).checklists()
    assert item(one, "readme").verdict is Verdict.PASS


def test_a_link_out_of_the_tree_leads_nowhere(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("a secret that nobody may read here")
    (clone / "crates/one/LICENSE").symlink_to("../../../../secret.txt")
    packages = read_path(clone)
    assert b"secret" not in b"".join(
        blob.data or b""
        for tree in packages.trees
        if isinstance(tree, CrateTree)
        for blob in tree.around.files.values()
    )


def test_a_linked_folder_is_read_as_if_it_were_there(write: Write) -> None:
    folder = write({"crate/Cargo.toml": MANIFEST, "shared/lib.rs": "pub fn a() {}\n"})
    (folder / "crate/src").symlink_to("../shared")
    [tree] = read_path(folder).trees
    assert isinstance(tree, CrateTree)
    assert tree.sources == {"src/lib.rs": b"pub fn a() {}\n"}


@pytest.mark.parametrize("target", [".", "..", "loop", "../repository"])
def test_links_in_circles_are_left_alone(write: Write, target: str) -> None:
    folder = write({"Cargo.toml": MANIFEST, "src/lib.rs": ""})
    (folder / "loop").symlink_to(target)
    assert names(read_path(folder)) == ["x"]


def test_what_git_ignores_is_not_packaged_and_what_is_new_is(clone: Path) -> None:
    (clone / ".gitignore").write_text("*.log\n")
    (clone / "crates/one/build.log").write_text("")
    (clone / "crates/one/new.rs").write_text("")
    tree = read_path(clone).trees[0]
    assert isinstance(tree, CrateTree)
    assert {"new.rs"} == {"new.rs", "build.log"} & set(tree.by_path)


def test_a_commit_is_read_like_its_checkout(clone: Path) -> None:
    repository = Repository.open(clone)
    assert read_commit(repository, "HEAD").checklists() == read_path(clone).checklists()


def test_a_bare_repository_is_read_at_its_head(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(clone), "bare.git")
    assert names(read_path(tmp_path / "bare.git")) == ["one", "two"]


def test_the_base_is_where_head_and_the_revision_parted(clone: Path) -> None:
    git(clone, "checkout", "--quiet", "-b", "work")
    (clone / "crates/one/src/lib.rs").write_text("pub fn b() {}\n")
    git(clone, "commit", "--quiet", "--all", "--message", "rename")
    git(clone, "checkout", "--quiet", "main")
    (clone / "crates/one/src/lib.rs").write_text("pub fn a() {}\npub fn later() {}\n")
    git(clone, "commit", "--quiet", "--all", "--message", "more")
    git(clone, "checkout", "--quiet", "work")
    [one, _] = read_path(clone, "main").checklists()
    found = item(one, "removed-items")
    assert (found.verdict, found.result.values["names"]) == (Verdict.FAIL, "a")


def test_maintainers_words_come_from_the_base_not_from_who_asks(clone: Path) -> None:
    own = clone / ".github/cratewarden/checklist/readme.md"
    own.parent.mkdir(parents=True)
    own.write_text("Look at CONTRIBUTING first.\n")
    assert dict(read_path(clone, "HEAD").texts) == {}
    assert dict(read_path(clone).texts) == {"readme": "Look at CONTRIBUTING first.\n"}
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "words")
    assert set(read_path(clone, "HEAD").texts) == {"readme"}


def test_tags_are_known(clone: Path) -> None:
    git(clone, "tag", "one-v0.2.0")
    [one, _] = read_path(clone).checklists()
    assert item(one, "release-tag").verdict is Verdict.PASS


def test_a_large_package_is_weighed_as_its_archive_would_be(write: Write) -> None:
    folder = write({"Cargo.toml": MANIFEST, "src/lib.rs": ""})
    (folder / "zeros.bin").write_bytes(bytes(11 << 20))
    [found] = read_path(folder).checklists()
    assert item(found, "package-size").verdict is Verdict.PASS


def test_build_folders_and_hidden_files_of_a_plain_folder_are_left_out(write: Write) -> None:
    folder = write(
        {"Cargo.toml": MANIFEST, "src/lib.rs": "", ".env": "TOKEN=1", "target/Cargo.toml": MANIFEST}
    )
    (folder / "target/CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    [found] = read_path(folder).checklists()
    assert item(found, "secret-files").verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("path", "base"), [("gone", None), (".", "no-such-revision")], ids=["path", "revision"]
)
def test_what_is_not_there_is_told_in_one_line(clone: Path, path: str, base: str | None) -> None:
    with pytest.raises(GitError) as caught:
        read_path(clone / path, base)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_package_is_told(write: Write) -> None:
    with pytest.raises(ChecklistError, match=r"holds no Cargo\.toml"):
        read_path(write({"README.md": ""}))
