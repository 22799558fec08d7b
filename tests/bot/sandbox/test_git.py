"""Real git against the sandbox."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.bot.sandbox.conftest import SAFE, UNSAFE, Scene


def git(*arguments: str, folder: Path, token: str = "", check: bool = True) -> str:
    """Run git as a user would, with a token and without anybody's settings."""
    import base64

    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    options = ["-c", f"http.extraHeader=Authorization: Basic {basic}"] if token else []
    identity = ["-c", "user.name=Alice", "-c", "user.email=alice@example.com"]
    done = subprocess.run(
        ["git", *options, *identity, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if check:
        assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_a_partial_clone_fetches_any_commit_and_then_its_blobs(scene: Scene, tmp_path: Path) -> None:
    sha = scene.ring.commit("patch", {"src/lib.rs": UNSAFE})
    scene.ring.push("patch", scene.ring.head("main"))
    token = scene.token()
    git("clone", "-q", "--filter=blob:none", "--bare", scene.ring.git_url, "c", folder=tmp_path, token=token)
    mirror = tmp_path / "c"
    assert "?" in git("rev-list", "--objects", "--all", "--missing=print", folder=mirror)
    git("fetch", "-q", "--filter=blob:none", "origin", sha, folder=mirror, token=token)
    assert git("show", f"{sha}:src/lib.rs", folder=mirror, token=token) == UNSAFE


def test_a_pull_requests_commits_are_below_refs_pull_even_from_a_deleted_fork(
    scene: Scene, tmp_path: Path
) -> None:
    fork = scene.ring.fork(scene.alice)
    sha = fork.commit("patch", {"src/lib.rs": UNSAFE})
    pull = scene.ring.open_pull(head="alice:patch", by=scene.alice)
    scene.ring.delete_fork(scene.alice)
    git("init", "-q", "--bare", ".", folder=tmp_path)
    git("fetch", "-q", scene.ring.git_url, f"refs/pull/{pull.number}/head", folder=tmp_path)
    assert git("rev-parse", "FETCH_HEAD", folder=tmp_path).strip() == sha
    git("fetch", "-q", scene.ring.git_url, f"refs/pull/{pull.number}/merge", folder=tmp_path)


def test_a_push_with_git_fires_push_and_synchronize(scene: Scene, tmp_path: Path) -> None:
    scene.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=scene.alice)
    scene.ring.collaborator(scene.alice)
    pull = scene.ring.open_pull(head="patch", by=scene.alice)
    git("clone", "-q", "-b", "patch", scene.ring.git_url, "w", folder=tmp_path)
    work = tmp_path / "w"
    (work / "src/lib.rs").write_text(SAFE + "// more\n", encoding="utf-8")
    git("commit", "-qam", "More", folder=work)
    git("push", "-q", "origin", "patch", folder=work, token=scene.alice.token)
    assert pull.head == git("rev-parse", "HEAD", folder=work).strip()
    events = [(one.event, one.action) for one in scene.world.deliveries]
    assert events[-3:] == [("push", None), ("check_suite", "requested"), ("pull_request", "synchronize")]
    assert scene.world.deliveries[-1].payload["sender"]["login"] == "alice"
    git("commit", "-q", "--amend", "-m", "Other", folder=work)
    git("push", "-q", "--force", "origin", "patch", folder=work, token=scene.alice.token)
    assert [one.event for one in pull.timeline] == ["head_ref_force_pushed"]
    assert scene.world.deliveries[-3].payload["forced"] is True


@pytest.mark.parametrize("who", ["stranger", "app", "nobody"])
def test_nobody_pushes_without_the_right_to(scene: Scene, tmp_path: Path, who: str) -> None:
    token = {"stranger": scene.alice.token, "app": scene.token(), "nobody": ""}[who]
    before = scene.ring.head()
    git("clone", "-q", scene.ring.git_url, "w", folder=tmp_path)
    git("commit", "-q", "--allow-empty", "-m", "x", folder=tmp_path / "w")
    said = git("push", "origin", "main", folder=tmp_path / "w", token=token, check=False)
    assert "403" in said or "could not read Username" in said
    assert scene.ring.head() == before


def test_nobody_writes_below_refs_pull(scene: Scene, tmp_path: Path) -> None:
    scene.ring.collaborator(scene.alice)
    git("clone", "-q", scene.ring.git_url, "w", folder=tmp_path)
    said = git(
        "push", "origin", "HEAD:refs/pull/1/head", folder=tmp_path / "w", token=scene.alice.token, check=False
    )
    assert "deny updating a hidden ref" in said


def test_a_private_repository_needs_a_token_that_has_not_expired(scene: Scene, tmp_path: Path) -> None:
    hidden = scene.acme.repository("hidden", {"a": "a"}, private=True)
    hidden.install()
    token = scene.token()
    assert "could not read Username" in git("clone", hidden.git_url, "no", folder=tmp_path, check=False)
    git("clone", "-q", hidden.git_url, "yes", folder=tmp_path, token=token)
    scene.world.clock.advance(hours=1)
    said = git("clone", hidden.git_url, "late", folder=tmp_path, token=token, check=False)
    assert "could not read Username" in said
    assert not (tmp_path / "late").exists()


def test_an_existing_repository_is_taken_over_with_its_history(scene: Scene, tmp_path: Path) -> None:
    git("init", "-q", "-b", "master", "old", folder=tmp_path)
    git("commit", "-q", "--allow-empty", "-m", "one", folder=tmp_path / "old")
    copied = scene.acme.repository("copied", tmp_path / "old")
    assert copied.repository.default_branch == "master"
    assert copied.head() == git("rev-parse", "HEAD", folder=tmp_path / "old").strip()


def test_every_sort_of_file_can_be_committed_and_is_listed(scene: Scene) -> None:
    scene.ring.commit(
        "odd",
        {
            "link.rs": ("120000", b"src/lib.rs"),
            "run.sh": ("100755", b"#!/bin/sh\n"),
            ".gitmodules": '[submodule "v"]\n\tpath = vendor\n\turl = ../vendor.git\n',
            "vendor": ("160000", scene.ring.head().encode()),
            'quote"\\\n.rs': SAFE,
            "bin": b"\x00\xff",
            "README.md": None,
        },
    )
    pull = scene.ring.open_pull(head="odd", by=scene.alice)
    files = scene.ask("GET", f"/repos/acme/ring/pulls/{pull.number}/files", scene.token()).value
    assert {one["filename"]: one["status"] for one in files} == {
        ".gitmodules": "added",
        "README.md": "removed",
        "bin": "added",
        "link.rs": "added",
        'quote"\\\n.rs': "added",
        "run.sh": "added",
        "vendor": "added",
    }
    assert [one["filename"] for one in files if "patch" not in one] == ["bin"]
    content = "/repos/acme/ring/contents/{}?ref=odd"
    kinds = [scene.ask("GET", content.format(one), scene.token()).value for one in ("link.rs", "vendor")]
    assert [one["type"] for one in kinds] == ["symlink", "submodule"]
    assert kinds[1]["submodule_git_url"] == "../vendor.git"
