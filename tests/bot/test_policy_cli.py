"""``cratewarden policy`` checks files, explains what a policy does, and prints the schema."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.policy import load, schema

POLICY = """\
version = 1
mode = "enforce"
[pools.unsafe]
users = ["alice", "Bob"]
teams = ["acme/unsafe"]
away = [{ user = "bob", until = 2026-12-24 }]
[pools.kernel]
users = ["carol"]
[[rules]]
name = "unsafe code"
when.kinds = ["unsafe"]
require.all_of = ["unsafe", "kernel"]
[[rules]]
name = "ffi"
when.kinds = ["ffi"]
when.authors = ["mallory"]
when.not_paths = ["vendor/**"]
when.crates = ["sample"]
require.pool = "kernel"
enforce_from = 2027-01-01
[findings]
missing-safety-comment = "block"
"""
HEAD = """\
pub fn f() {
    unsafe { g() }
}
extern "C" {
    fn g();
}
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return cratewarden(folder, "policy", *arguments)


def review(folder: Path, *arguments: str) -> Any:
    """What a review of the branch's commit says for programs."""
    return json.loads(cratewarden(folder, "review", "--base=HEAD~", "--format=json", *arguments).stdout)


def cratewarden(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A branch ``topic`` that adds an unsafe block and foreign functions, and loosens the policy."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init")
    for path, text in (
        (".github/cratewarden.toml", POLICY),
        ("Cargo.toml", '[package]\nname = "sample"\nversion = "0.1.0"\n'),
        ("src/lib.rs", "pub fn f() {}\n"),
    ):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-m", "base")
    git(folder, "checkout", "-b", "topic")
    (folder / "src/lib.rs").write_text(HEAD)
    (folder / ".github/cratewarden.toml").write_text("version = 1\nmode = 'off'\n")
    git(folder, "commit", "-am", "topic")
    return folder


def test_a_valid_file_is_found_where_one_stands(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/cratewarden.toml").write_text(POLICY)
    (tmp_path / "cratewarden.toml").write_text("")
    done = run(tmp_path, "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "cratewarden.toml:1:1: note: this file is not read, since there is `.github/cratewarden.toml`\n"
        ".github/cratewarden.toml: valid, rules: 2, pools: 2, mode: enforce\n"
    )


def test_every_mistake_is_a_line_and_the_status_says_that_there_are_some(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("version = 1\nmodes = 1\nrule = 1\n")
    done = run(tmp_path, "check", "x.toml")
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout == (
        "x.toml:2:1: error: unknown key `modes`; did you mean `mode`?\n"
        "x.toml:3:1: error: unknown key `rule`; did you mean `rules`?\n"
        "x.toml: 2 problems; nothing counts until they are put right\n"
    )


def test_programs_get_json_and_the_runner_gets_commands(tmp_path: Path) -> None:
    (tmp_path / "a,b.toml").write_text("version = 1\nmodes = 1\n")
    done = run(tmp_path, "check", "a,b.toml", "--format", "json")
    assert done.returncode == 2
    assert json.loads(done.stdout) == {
        "schema": "cratewarden/policy-check/1",
        "file": "a,b.toml",
        "valid": False,
        "problems": [
            {
                "severity": "error",
                "path": "a,b.toml",
                "line": 2,
                "column": 1,
                "message": "unknown key `modes`; did you mean `mode`?",
            }
        ],
    }
    first = run(tmp_path, "check", "a,b.toml", "--format", "github").stdout.splitlines()[0]
    assert first == (
        "::error file=a%2Cb.toml,line=2,col=1,title=cratewarden::unknown key `modes`; did you mean `mode`?"
    )


def test_a_file_is_checked_together_with_that_of_its_organisation(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        "version = 1\n[[rules]]\nname = 'r'\nrequire.pool = 'security'\n[pools.spare]\nusers = ['x']\n"
    )
    (tmp_path / "org.toml").write_text("version = 1\npools.security.users = ['sue']\n")
    alone = run(tmp_path, "check", "own.toml")
    assert alone.returncode == 2
    assert "own.toml:4:16: error: there is no pool `security`; pools: `spare`\n" in alone.stdout
    together = run(tmp_path, "check", "own.toml", "--organisation", "org.toml")
    assert together.returncode == 0
    assert together.stdout == (
        "own.toml:5:8: note: no rule names the pool `spare`\n"
        "own.toml: valid, rules: 1, pools: 2, mode: advise\n"
    )


def test_a_review_is_judged_by_a_file_over_that_of_its_organisation(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("version = 1\nmode = 'advise'\n")
    (tmp_path / "org.toml").write_text(
        "version = 1\nmode = 'enforce'\nlocked = ['mode']\npools.security.users = ['sue']\n"
        "[[rules]]\nname = 'house rule'\nrequire.pool = 'security'\n"
    )
    own, above = (
        f"--{option}={tmp_path / name}"
        for option, name in (("policy", "own.toml"), ("organisation", "org.toml"))
    )
    told = {given: review(repository, *given)["decision"] for given in ((own,), (above,), (own, above))}
    assert [(each["mode"], [rule["name"] for rule in each["rules"]]) for each in told.values()] == [
        ("advise", []),
        ("enforce", ["house rule"]),
        ("enforce", ["house rule"]),
    ]


def test_a_review_tells_the_mistakes_of_both_files(repository: Path, tmp_path: Path) -> None:
    for name in ("own.toml", "org.toml"):
        (tmp_path / name).write_text(f"version = 1\nmode = '{name}'\n")
    files = (f"--policy={tmp_path / 'own.toml'}", f"--organisation={tmp_path / 'org.toml'}")
    done = cratewarden(repository, "review", "--base=HEAD~", *files)
    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown mode `own.toml`" in done.stderr
    assert "unknown mode `org.toml`" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "there is neither .github/cratewarden.toml nor cratewarden.toml here: name the file"),
        (("none.toml",), "cannot read the policy none.toml: No such file or directory"),
    ],
)
def test_without_a_file_there_is_one_line_that_says_so(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run(tmp_path, "check", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"cratewarden: {said}\n")


def test_the_schema_is_printed_as_it_is(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, "schema").stdout) == schema()


def test_each_rule_says_whom_it_asks_or_why_not_by_the_policy_of_the_base(repository: Path) -> None:
    done = run(repository, "explain", "--base", "main", "--head", "topic")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line for line in done.stdout.splitlines() if "fingerprint" not in line]
    assert lines[0].startswith("Policy: .github/cratewarden.toml at ")
    assert lines[0].endswith("; mode: enforce.")
    people = "`unsafe` (alice, bob (away until 2026-12-24), acme/unsafe) and `kernel` (carol)"
    assert lines[1:] == [
        "",
        "1. src/lib.rs:2: New unsafe-block: `f`.",
        f"  `unsafe code` asks for 1 approval from each of {people}.",
        "  `ffi` does not ask: `kinds` wants ffi, and it is unsafe-block, unsafe.",
        "  Finding missing-safety-comment holds it, whatever the rules say.",
        "",
        "2. src/lib.rs:4: New extern-block.",
        "  `unsafe code` does not ask: `kinds` wants unsafe, and it is extern-block, ffi.",
        "  `ffi` asks for 1 approval from `kernel` (carol).",
        "    Until 2027-01-01 the rule only advises.",
        "    Whether `authors` holds is not known here; it counts as held.",
        "",
        "3. src/lib.rs:5: New foreign-fn: `g`.",
        "  `unsafe code` does not ask: `kinds` wants unsafe, and it is foreign-fn, ffi.",
        "  `ffi` asks for 1 approval from `kernel` (carol).",
        "    Until 2027-01-01 the rule only advises.",
        "    Whether `authors` holds is not known here; it counts as held.",
    ]


def test_for_one_change_every_condition_is_told(repository: Path) -> None:
    done = run(repository, "explain", "--base", "main", "--change", "src/lib.rs:2")
    told = done.stdout.partition("  `ffi` does not ask")[2].splitlines()
    assert told[1:-1] == [
        "    yes `changes`: wants added, changed, relaxed, exposed; is added",
        "    no  `kinds`: wants ffi; is unsafe-block, unsafe",
        "    yes `in_tests`: wants no; is no",
        "    yes `paths`: wants **; is src/lib.rs",
        "    yes `not_paths`: leaves out vendor/**; is src/lib.rs",
        "    yes `crates`: wants sample; is sample",
        "    yes `branches`: wants anything; is not known here",
        "    yes `authors`: wants mallory; is not known here",
        "    yes `not_authors`: leaves out nothing; is not known here",
        "    yes `associations`: wants anything; is not known here",
    ]


def test_a_change_is_named_by_its_number_its_fingerprint_or_its_line(repository: Path) -> None:
    everything = explained(repository)["changes"]
    assert [change["number"] for change in everything] == [1, 2, 3]
    for change in everything:
        for name in (str(change["number"]), change["fingerprint"], change["fingerprint"][:8].upper()):
            assert explained(repository, "--change", name)["changes"] == [change]
    assert [each["number"] for each in explained(repository, "--change", "src/lib.rs:5")["changes"]] == [2, 3]


@pytest.mark.parametrize("name", ["4", "0", "src/lib.rs:1", "src/other.rs:2", "zzzz", ""])
def test_a_change_that_is_not_there_is_a_mistake_of_the_caller(repository: Path, name: str) -> None:
    done = run(repository, "explain", "--base", "main", "--change", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert "give its number, its fingerprint or PATH:LINE" in done.stderr


def test_another_policy_can_be_tried(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "try.toml").write_text("version = 1\npools.p.users = ['x']\n")
    document = explained(repository, "--policy", str(tmp_path / "try.toml"))
    assert document["policy"] == {
        "path": str(tmp_path / "try.toml"),
        "commit": "",
        "mode": "advise",
        "enforce_from": None,
    }
    assert not any(change["asks"] for change in document["changes"])


def test_what_it_says_for_programs_names_pools_and_conditions(repository: Path) -> None:
    document = explained(repository, "--change", "1")
    assert document["schema"] == "cratewarden/explain/1"
    assert document["policy"]["path"] == ".github/cratewarden.toml"
    (change,) = document["changes"]
    assert change["blocking"] == ["missing-safety-comment"]
    asking, quiet = change["rules"]
    assert (asking["asks"], asking["pools"], asking["all_of"]) == (True, ["unsafe", "kernel"], True)
    assert [check["condition"] for check in quiet["checks"] if not check["holds"]] == ["kinds"]


def test_a_repository_without_a_policy_is_explained_by_the_built_in_one(tmp_path: Path) -> None:
    git(tmp_path, "init")
    (tmp_path / "lib.rs").write_text("fn f() {}\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "base")
    nothing = run(tmp_path, "explain", "--base", "main").stdout
    assert nothing == (
        "Policy: the built-in one, since there is no file; mode: advise.\n"
        "Nothing that a rule could ask about changed.\n"
    )
    (tmp_path / "lib.rs").write_text("fn f() { unsafe { f() } }\n")
    git(tmp_path, "commit", "-am", "head")
    asked = run(tmp_path, "explain", "--base", "main~1").stdout
    assert "  `built-in` asks for somebody who knows this kind of code.\n" in asked


def test_a_policy_that_does_not_parse_on_the_base_is_told(tmp_path: Path) -> None:
    git(tmp_path, "init")
    (tmp_path / "cratewarden.toml").write_text("version = 2\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "base")
    done = run(tmp_path, "explain", "--base", "main")
    assert done.returncode == 2
    assert done.stderr.startswith("cratewarden: cratewarden.toml:1:11: this cratewarden reads version 1")


def test_asking_for_the_version_or_help_imports_no_heavy_library() -> None:
    for arguments in (["--version"], ["policy", "--help"]):
        program = (
            "import sys, bot.cli\n"
            f"bot.cli.main({arguments!r})\n"
            "heavy = {'pydantic', 'jinja2', 'tree_sitter', 'rich'} & set(sys.modules)\n"
            "sys.exit(', '.join(sorted(heavy)) or None)"
        )
        subprocess.run([sys.executable, "-c", program], env=_environment(), check=True, capture_output=True)


def test_the_policy_of_these_tests_is_one_without_notes() -> None:
    assert load(POLICY.encode(), "x").notes == ()


def explained(folder: Path, *arguments: str) -> dict[str, Any]:
    done = run(folder, "explain", "--base", "main", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document
