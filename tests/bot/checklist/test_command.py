"""`cratewarden checklist` as people and scripts run it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.run import run

MANIFEST = '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n'
READY = f'{MANIFEST}description = "Adds dates."\nlicense = "MIT"\n'


def write(folder: Path, manifest: str) -> str:
    (folder / "src").mkdir()
    (folder / "src/lib.rs").write_text("pub fn f() {}\n")
    (folder / "Cargo.toml").write_text(manifest)
    return str(folder)


@pytest.mark.parametrize(
    ("manifest", "options", "status"),
    [
        (MANIFEST, (), 1),
        (MANIFEST, ("--fail-on", "never"), 0),
        (READY, (), 0),
        (READY, ("--fail-on", "warn"), 1),
        (READY, ("--fail-on", "advise"), 1),
        ("[package", (), 1),
        (f"{MANIFEST}publish = false\n", ("--fail-on", "advise"), 0),
    ],
    ids=[
        "crates.io would refuse it",
        "nothing counts",
        "crates.io would take it",
        "users would run into something",
        "good practice counts too",
        "a manifest that cannot be read is refused",
        "what is private has nothing to prepare",
    ],
)
def test_the_exit_status_tells_how_severe_it_is(
    tmp_path: Path, manifest: str, options: tuple[str, ...], status: int
) -> None:
    assert run(["checklist", write(tmp_path, manifest), *options]) == status


@pytest.mark.parametrize(
    "arguments", [("no/such/folder",), (".", "--fail-on", "sometimes"), (".", "--base", "nowhere")]
)
def test_a_usage_error_is_status_two(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, READY)
    monkeypatch.chdir(tmp_path)
    assert run(["checklist", *arguments]) == 2


def test_the_json_goes_where_it_is_told(tmp_path: Path) -> None:
    output = tmp_path / "list.json"
    package = tmp_path / "package"
    package.mkdir()
    run(["checklist", write(package, MANIFEST), "--format", "json", "--output", str(output)])
    document = json.loads(output.read_text())
    assert [(crate["name"], crate["path"]) for crate in document["crates"]] == [("x", ".")]


def test_twice_is_the_same_to_the_byte(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    folder = write(tmp_path, MANIFEST)
    run(["checklist", folder, "--format", "json"])
    first = capsysbinary.readouterr().out
    run(["checklist", folder, "--format", "json"])
    assert capsysbinary.readouterr().out == first


def test_five_things_are_told_first_and_the_rest_by_name(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    run(["checklist", write(tmp_path, MANIFEST)])
    text = capsysbinary.readouterr().out.decode()
    assert len(re.findall(r"^  \S", text, re.MULTILINE)) == 5
    assert "Then, when there is time: keywords" in text
    assert len(text.splitlines()) < 60


def test_the_words_of_the_repository_stand_in_for_ours(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    own = tmp_path / ".github/cratewarden/checklist"
    own.mkdir(parents=True)
    (own / "description.md").write_text("Ask the docs team for one.\n")
    run(["checklist", write(tmp_path, MANIFEST)])
    text = capsysbinary.readouterr().out.decode()
    assert "Ask the docs team for one." in text
    assert "what the crate does, and for whom" not in text


def test_the_command_line_starts_without_what_the_checklist_needs() -> None:
    program = "import sys, bot.cli.arguments as a; a.parser(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"analyzers.publishing.checklist", "yaml", "packaging", "tree_sitter", "jinja2"}
