"""What must stay true of the repository: pins, packaging, the documents' commands, the sample, the action."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bot

ROOT = Path(__file__).resolve().parent.parent
COMMAND = Path(sys.executable).with_name("cratewarden")
PACKAGES = ("analyzers", "bot", "templates")
PINNED_FILES = (
    "constraints.txt",
    "constraints-server.txt",
    "constraints-dev.txt",
    "constraints-benchmarks.txt",
)
# What is installed under another name than it is imported by.
DISTRIBUTIONS = {
    "github": "pygithub",
    "jwt": "pyjwt",
    "markdown-it": "markdown-it-py",
    "graphql": "graphql-core",
    "yaml": "pyyaml",
}
# Imported by name in a setting, not in code: SQLAlchemy's driver and uvicorn's parser.
UNSEEN = {"psycopg", "httptools"}
HEAVY = (
    "ahocorasick_rs",
    "jinja2",
    "msgspec",
    "pydantic",
    "rich",
    "subprocess",
    "tree_sitter",
    "tree_sitter_rust",
)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def blocks(pinned_file: str) -> list[str]:
    """Each requirement of a pinned file with its digests, on one line."""
    return (ROOT / pinned_file).read_text().replace("\\\n", " ").splitlines()


def pins(pinned_file: str) -> dict[str, str]:
    named = (Requirement(block.partition("--hash")[0]) for block in blocks(pinned_file))
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in named}


def run(*command: str | Path, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    assert built.returncode == 0, built.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.fixture(scope="session")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repository = tmp_path_factory.mktemp("sample") / "ring"
    made = run("sh", "samples/repository.sh", repository)
    assert made.returncode == 0, made.stderr
    return repository


def wheel_metadata(wheel: zipfile.ZipFile) -> Message:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


@pytest.mark.parametrize("pinned_file", PINNED_FILES)
def test_a_pinned_file_holds_versions_and_digests_and_no_address(pinned_file: str) -> None:
    shape = re.compile(
        r"[A-Za-z0-9._-]+(\[[a-z, ]+\])?==[A-Za-z0-9.!+]+( ; [^:@]+?)?(\s+--hash=sha256:[0-9a-f]{64})+"
    )
    assert [block for block in blocks(pinned_file) if not shape.fullmatch(block)] == []


def test_tests_run_with_the_versions_that_users_install() -> None:
    tested = pins("constraints-dev.txt")
    for pinned_file in ("constraints.txt", "constraints-server.txt"):
        assert {name: tested.get(name) for name in pins(pinned_file)} == pins(pinned_file)


@pytest.mark.parametrize(
    ("pinned_file", "group"),
    [
        ("constraints.txt", "build"),
        ("constraints-server.txt", "build"),
        ("constraints-dev.txt", "dev"),
        ("constraints-benchmarks.txt", "benchmarks"),
    ],
)
def test_every_declared_requirement_admits_its_pin(pinned_file: str, group: str) -> None:
    table = project()
    declared = [text for text in table["dependency-groups"][group] if isinstance(text, str)]
    if group != "benchmarks":
        declared += table["project"]["dependencies"]
    if pinned_file in ("constraints-dev.txt", "constraints-server.txt"):
        declared += table["project"]["optional-dependencies"]["server"]
    pinned = pins(pinned_file)
    requirements = [Requirement(text) for text in declared]
    assert [
        str(r) for r in requirements if pinned.get(canonicalize_name(r.name), "") not in r.specifier
    ] == []


def test_the_declared_requirements_are_what_the_code_imports() -> None:
    imported = {
        name.partition(".")[0]
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        for name in imported_names(node)
    }
    # pydantic_core comes with pydantic, which pins it: a range of our own could only contradict that.
    foreign = imported - set(sys.stdlib_module_names) - {*PACKAGES, "pydantic_core"}
    table = project()["project"]
    texts = (*table["dependencies"], *table["optional-dependencies"]["server"])
    declared = {canonicalize_name(Requirement(text).name) for text in texts}
    named = (canonicalize_name(name) for name in foreign)
    assert {DISTRIBUTIONS.get(name, name) for name in named} == declared - UNSEEN


def test_the_build_backend_is_pinned_with_the_rest() -> None:
    table = project()
    assert table["dependency-groups"]["build"] == table["build-system"]["requires"]


def test_the_version_is_the_same_everywhere(wheel: zipfile.ZipFile) -> None:
    said = run(COMMAND, "--version").stdout
    assert said.split()[-1] == bot.__version__
    assert metadata.version("cratewarden") == bot.__version__
    assert wheel_metadata(wheel)["Version"] == bot.__version__


def test_the_version_is_told_without_loading_a_heavy_library() -> None:
    script = (
        "import runpy, sys\n"
        "sys.argv = ['cratewarden', '--version']\n"
        "try:\n    from bot.cli import main\n    main()\n"
        "except SystemExit:\n    pass\n"
        f"print(*sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)\n"
    )
    told = run(sys.executable, "-c", script)
    assert bot.__version__ in told.stdout
    assert told.stderr.split() == []


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    # The demo's history is a link to the sample: the walk follows it, as the build does.
    present = {
        (Path(folder) / name).relative_to(ROOT).as_posix()
        for package in PACKAGES
        for folder, _, names in os.walk(ROOT / package, followlinks=True)
        for name in names
        if "__pycache__" not in folder
    }
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == present


def test_the_wheel_names_its_licence_and_command(wheel: zipfile.ZipFile) -> None:
    described = wheel_metadata(wheel)
    assert described["License-Expression"] == "MIT OR Apache-2.0"
    assert sorted(described.get_all("License-File", [])) == ["LICENSE-APACHE", "LICENSE-MIT"]
    entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "cratewarden = bot.cli:main" in wheel.read(entry_points).decode()


def test_every_script_that_the_documents_run_is_there() -> None:
    scripts = [
        script
        for document in ("README.md", ".github/CONTRIBUTING.md", ".github/workflows/ci.yml", ".ci/run")
        for script in re.findall(r"\b(?:ba)?sh ([\w./-]+)", (ROOT / document).read_text())
    ]
    assert {"samples/try.sh", "tests/run.sh", ".ci/run"} <= set(scripts)
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


def test_links_between_the_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", ROOT / ".github/CONTRIBUTING.md", ROOT / ".github/SECURITY.md"):
        for target in re.findall(r"\]\((?!https://)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def steps(document: Any) -> Iterator[dict[str, Any]]:
    """Every step of a workflow or of a composite action."""
    jobs = document["jobs"].values() if "jobs" in document else [document["runs"]]
    return (step for job in jobs for step in job["steps"])


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda path: path.name)
def test_every_github_file_is_yaml_that_says_something(path: Path) -> None:
    assert yaml.safe_load(path.read_text())


@pytest.mark.parametrize("path", ["workflows/ci.yml", "actions/cratewarden/action.yml"])
def test_workflows_pin_commits_and_keep_expressions_out_of_the_shell(path: str) -> None:
    for step in steps(yaml.safe_load((ROOT / ".github" / path).read_text())):
        assert re.fullmatch(r"\./.+|[^@]+@[0-9a-f]{40}", step.get("uses", "./nothing")), step
        assert "${{" not in step.get("run", ""), step


def test_the_pre_commit_hook_reviews_the_index() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert (hook["id"], hook["entry"]) == ("cratewarden", "cratewarden review --staged")


def review_in_workflow(ring: Path, base: str, head: str, hold: str = "false") -> tuple[int, str, Path]:
    """Run the action's review step; return its status, its ``result`` output and its SARIF file."""
    output, sarif = ring.with_name("output"), ring.with_name("review.sarif")
    output.write_text("")
    sarif.unlink(missing_ok=True)
    done = run(
        "bash",
        ROOT / ".github/actions/cratewarden/review.sh",
        PATH=f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}",
        GITHUB_OUTPUT=str(output),
        REVIEW_PATH=str(ring),
        REVIEW_BASE=base,
        REVIEW_HEAD=head,
        REVIEW_POLICY="",
        REVIEW_SARIF_FILE=str(sarif),
        REVIEW_HOLD=hold,
    )
    return done.returncode, output.read_text(), sarif


def test_the_action_annotates_and_writes_sarif(ring: Path) -> None:
    status, output, sarif = review_in_workflow(ring, "main", "topic")
    assert (status, output) == (0, "result=review-needed\n")
    assert json.loads(sarif.read_text())["runs"][0]["results"]


def test_the_action_says_clear_when_nothing_changed(ring: Path) -> None:
    status, output, sarif = review_in_workflow(ring, "main", "main")
    assert (status, output) == (0, "result=clear\n")
    assert json.loads(sarif.read_text())["runs"][0]["results"] == []


def test_the_action_fails_when_it_is_told_to_hold(ring: Path) -> None:
    status, output, _ = review_in_workflow(ring, "main", "topic", hold="true")
    assert (status, output) == (1, "result=review-needed\n")


def test_the_action_fails_on_a_commit_that_is_not_there(ring: Path) -> None:
    status, output, _ = review_in_workflow(ring, "no-such-commit", "topic")
    assert (status, output) == (2, "")


def test_the_sample_is_the_same_commit_on_every_machine(ring: Path) -> None:
    said = run("git", "rev-parse", "main^{tree}", "topic^{tree}", "topic", cwd=ring).stdout.split()
    again = ring.with_name("again")
    run("sh", "samples/repository.sh", again, GIT_AUTHOR_NAME="Bob", LC_ALL="C", TZ="Asia/Tokyo")
    assert run("git", "rev-parse", "main^{tree}", "topic^{tree}", "topic", cwd=again).stdout.split() == said


def test_the_sample_shows_every_class_of_change(ring: Path) -> None:
    reviewed = run(COMMAND, "review", ring, "--base", "main", "--head", "topic", "--format", "json")
    assert reviewed.returncode == 1, reviewed.stderr
    report = json.loads(reviewed.stdout)
    shown = {(change["change"], change["kind"], change["path"]) for change in report["changes"]}
    assert {
        ("added", "foreign-fn", "src/ffi.rs"),
        ("added", "extern-fn", "src/ffi.rs"),
        ("changed", "unsafe-block", "src/slots.rs"),
        ("moved", "unsafe-fn", "src/copy.rs"),
        ("relaxed", "unsafe-fn", "src/slots.rs"),
        ("removed", "unsafe-block", "src/lib.rs"),
    } <= shown
    reformatted = {change["change"] for change in report["changes"] if "ring_push" in change["item"]}
    assert reformatted <= {"moved"}, "a trailing comma is the only token that differs"
    assert "missing-safety-comment" in {finding["id"] for finding in report["findings"]}


def test_ctrl_c_while_the_command_loads_says_nothing() -> None:
    program = (
        "import signal, sys\n"
        # Programs that run in the background are born deaf to it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Late:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'bot.policy':\n"
        "            signal.raise_signal(signal.SIGINT)\n"
        "from bot.cli import main\n"
        "sys.meta_path.insert(0, Late())\n"
        "sys.exit(main(['policy', 'check']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")
