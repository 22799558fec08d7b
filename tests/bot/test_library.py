"""Clones of advisories are asked about pull requests, over real git; one that cannot be read holds what needed it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analyzers.model import Unanalysed, UnanalysedReason
from bot.comparison import Library
from bot.config import ConfigError, load
from bot.git import Repository
from bot.guard.study import Study, study
from bot.isolation import Workers
from tests.analyzers.supply_chain.locks import lock
from tests.analyzers.supply_chain.test_survey import ADVISORY

ADVISORY_PATH = "crates/a/RUSTSEC-2026-0001.md"


def commit(folder: Path, files: dict[str, bytes]) -> str:
    """Commit files, in a new repository if there is none."""
    folder.mkdir(exist_ok=True)
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    git = ("git", "-C", str(folder), "-c", "user.name=ann", "-c", "user.email=ann@example.org")
    subprocess.run((*git, "init", "--quiet"), check=True)
    subprocess.run((*git, "add", "--all"), check=True)
    subprocess.run((*git, "commit", "--quiet", "--message", "x"), check=True)
    return subprocess.run(
        (*git, "rev-parse", "HEAD"), check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, list[str]]:
    """A repository with three commits: a lock file, an upgrade, and an edit of a source."""
    folder = tmp_path_factory.mktemp("project")
    states: list[dict[str, bytes]] = [
        {"Cargo.lock": lock(("a", "1.0.0"))},
        {"Cargo.lock": lock(("a", "1.1.0"))},
        {"src/lib.rs": b"fn f() { unsafe { g() } }\n"},
    ]
    commits = [commit(folder, files) for files in states]
    return Repository.open(folder), commits


def studied(project: tuple[Repository, list[str]], base: int, head: int, *clones: Path) -> Study:
    repository, commits = project
    with Workers(processes=1) as workers:
        return study(
            repository, commits[base], commits[head], workers, library=Library(tuple(map(str, clones)))
        )


def test_an_advisory_of_any_clone_is_told(project: tuple[Repository, list[str]], tmp_path: Path) -> None:
    commit(tmp_path / "proofs", {"README.md": b"x"})
    commit(tmp_path / "advisories", {"README.md": b"y", ADVISORY_PATH: ADVISORY})
    found = studied(project, 0, 1, tmp_path / "proofs", tmp_path / "advisories").analysis
    assert [finding.id for finding in found.findings] == ["dependency-advisory"]
    assert found.unanalysed == ()


def test_a_clone_that_is_brought_up_to_date_counts_at_once(
    project: tuple[Repository, list[str]], tmp_path: Path
) -> None:
    clone = tmp_path / "advisories"
    commit(clone, {"README.md": b"x"})
    assert studied(project, 0, 1, clone).analysis.findings == ()
    commit(clone, {ADVISORY_PATH: ADVISORY})
    assert len(studied(project, 0, 1, clone).analysis.findings) == 1


def test_a_clone_that_cannot_be_read_is_a_thing_to_approve_where_it_was_needed(
    project: tuple[Repository, list[str]], tmp_path: Path
) -> None:
    for clone in (tmp_path, tmp_path / "gone"):
        found = studied(project, 0, 1, clone)
        (doubt,) = found.analysis.unanalysed
        expected = Unanalysed(
            "Cargo.lock", UnanalysedReason.MISSING, 0, "the clone with advisories cannot be read", doubt.blob
        )
        assert doubt == expected
        assert str(tmp_path) not in doubt.detail, "where the server keeps its files is nobody's business"
    assert studied(project, 1, 2, tmp_path).analysis.unanalysed == ()


def test_the_server_takes_folders_and_says_at_its_start_which_are_none(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    settings = load({"CRATEWARDEN_ADVISORIES": f"{tmp_path}, {tmp_path}/one"})
    assert settings.advisories == (str(tmp_path), f"{tmp_path}/one")
    for wrong in (f"{tmp_path}/two", "relative", f"{tmp_path},"):
        with pytest.raises(ConfigError, match="CRATEWARDEN_ADVISORIES must be folders"):
            load({"CRATEWARDEN_ADVISORIES": wrong})


def test_a_policy_that_blocks_on_advisories_is_explained_with_them(tmp_path: Path) -> None:
    project, clone = tmp_path / "project", tmp_path / "advisories"
    policy = b'version = 1\n[findings]\ndependency-advisory = "block"\n'
    commit(project, {"cratewarden.toml": policy, "Cargo.lock": lock(("a", "1.0.0"))})
    commit(project, {"Cargo.lock": lock(("a", "1.1.0"))})
    commit(clone, {ADVISORY_PATH: ADVISORY})
    explain = (sys.executable, "-m", "bot.cli", "policy", "explain", "--format", "json", "--base", "HEAD~1")
    told = [
        subprocess.run((*explain, *more, str(project)), check=True, capture_output=True, text=True).stdout
        for more in ((), ("--advisories", str(clone)))
    ]
    assert [json.loads(each)["changes"][0]["blocking"] for each in told] == [[], ["dependency-advisory"]]
