"""The documentation is complete, its links lead somewhere, and what it shows is what happens."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analyzers import contracts
from analyzers.kinds import KINDS
from analyzers.model import ChangeClass, Group, Reason, UnanalysedReason
from analyzers.rust.scan import MAX_BYTES, MAX_SITES, scan
from analyzers.rust.scopes import MAX_DEPTH
from analyzers.surveys import survey_findings
from bot.actions import CheckState
from bot.cache import LIMIT
from bot.cli.arguments import parser
from bot.commands.verbs import commands as orders
from bot.config import Settings, variables
from bot.git import TOTAL_LIMIT
from bot.github.perform.check import NAME
from bot.isolation import MEBIBYTE, Limits
from bot.jobs import Job
from bot.model import HoldReason
from bot.render import AUDIT_FORMATS, REVIEW_FORMATS
from bot.web import receiver
from tests.console import replayed
from tests.docs import ROOT, SETS, commands, examples, pages, refreshed
from tests.goldens.reports import HERE as GOLDENS

DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
COMMAND = Path(sys.executable).with_name("cratewarden")
PAGES = pages()
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
# Groups whose kinds no source shows by itself; the tests of their surveys look at the examples.
SURVEYED = {Group.BUILD, Group.DEPENDENCY}
# What cannot run inside the tests, and what runs it instead.
RUNS_ELSEWHERE = {
    "sh samples/try.sh": "the job `sample` of ci.yml",
    "sh tests/run.sh": "whoever runs these tests",
    ".venv/bin/python -m pip install --require-hashes -r constraints-server.txt": "whoever runs these tests",
    ".venv/bin/cratewarden demo": "tests/bot/test_demo.py",
    "python3 -m venv ~/cratewarden": "the action's install.sh, in the job `sample` of ci.yml",
    "~/cratewarden/bin/python -m pip install --require-hashes -r constraints.txt": "the same",
    "~/cratewarden/bin/python -m pip install --no-deps --no-build-isolation .": "the same",
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(page: str, *languages: str) -> Iterator[str]:
    """The code blocks of a page in one of these languages."""
    return (text for language, text in FENCE.findall(page) if language in languages)


def prose_of(page: str) -> str:
    """The page without its code blocks and code spans."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", page))


def anchors(page: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def rows(page: str) -> dict[str, str]:
    """The tables of a page: what stands in the first column, without its backticks, and the rest of the row."""
    return dict(re.findall(r"^\| `?([^`|]+?)`? \| (.+) \|$", page, re.MULTILINE))


def reference(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_the_generated_parts_of_a_page_are_up_to_date(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(refreshed(page), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == refreshed(page)


@pytest.mark.parametrize(
    ("page", "ids"),
    [
        ("kinds.md", set(KINDS)),
        ("findings.md", {*contracts.FINDINGS, *survey_findings()}),
        ("unanalysed.md", set(UnanalysedReason)),
        ("cli.md", {command.replace(" ", "-") for command in commands()}),
        ("commands.md", set(orders())),
    ],
)
def test_everything_that_has_a_name_has_an_anchor(page: str, ids: set[str]) -> None:
    assert ids <= anchors(reference(page))


@pytest.mark.parametrize("word", [*ChangeClass, *Reason])
def test_every_class_and_reason_has_a_row(word: str) -> None:
    assert word in rows(reference("output.md"))


@pytest.mark.parametrize("format", sorted({*REVIEW_FORMATS, *AUDIT_FORMATS}))
def test_every_format_is_named(format: str) -> None:
    assert f"`{format}`" in reference("output.md")


@pytest.mark.parametrize("kind", [kind.id for kind in KINDS.values() if kind.group not in SURVEYED])
def test_the_example_of_a_kind_is_one(kind: str) -> None:
    result = scan(examples(reference("kinds.md"))[kind].encode())
    assert kind in {site.kind for site in result.sites}
    assert result.unanalysed == ()


@pytest.mark.parametrize("golden", ["review-busy.json", "audit.json"])
def test_every_key_of_the_json_has_a_row(golden: str) -> None:
    document = json.loads((GOLDENS / golden).read_text(encoding="utf-8"))
    told = rows(reference("output.md"))
    keys = {re.sub(r"^sites\[\]", "changes[]", key) for key in keys_of(document)}
    assert {key for key in keys if key not in told and not key.startswith("crates[].kinds.")} == set()


def keys_of(value: Any, path: str = "") -> Iterator[str]:
    """The dotted paths of all values in a document; ``[]`` stands for the elements of a list of objects."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from keys_of(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from keys_of(inner, f"{path}[]")
    else:
        yield path


def test_the_limits_are_those_of_the_code() -> None:
    limits, told = Limits(), rows(reference("unanalysed.md"))
    one_file = f"{MAX_BYTES // MEBIBYTE} MiB; {MAX_SITES:,} sites; brackets {MAX_DEPTH} deep around a site"
    assert told["one file"] == one_file
    assert told["all changed files of a review"] == f"{TOTAL_LIMIT // MEBIBYTE} MiB"
    time = f"{limits.cpu_seconds:g} s of processor time, {limits.wall_seconds:g} s in all"
    assert told["time for one file"] == time
    assert told["memory for one file"] == f"{limits.memory // MEBIBYTE} MiB"
    assert f"At most {LIMIT // MEBIBYTE} MiB are kept" in (DOCS / "how-to/audit.md").read_text()


def test_the_severities_of_findings_are_those_of_the_sample(sample: Path) -> None:
    reviewed = run("review", str(sample), "--base", "main", "--head", "topic", "--format", "json")
    found = {finding["id"]: finding["severity"] for finding in json.loads(reviewed.stdout)["findings"]}
    table = re.findall(r"^\| \[([a-z-]+)\]\(#\1\) \| (\w+)", reference("findings.md"), re.MULTILINE)
    # Findings of surveys have no place in the sample; their own tests look at their severities.
    assert found
    assert found.items() <= dict(table).items()


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_relative_link_and_anchor_leads_somewhere(path: Path) -> None:
    for target in LINK.findall(prose_of(path.read_text(encoding="utf-8"))):
        if not target.startswith("https://"):
            assert leads_somewhere(path, target), f"{named(path)} links to {target}"


def leads_somewhere(page: Path, target: str) -> bool:
    place, _, anchor = target.partition("#")
    file = (page.parent / place).resolve() if place else page
    if not file.is_relative_to(ROOT) or not file.exists():
        return False
    return not anchor or anchor in anchors(file.read_text(encoding="utf-8"))


def test_the_pages_that_output_links_to_are_there() -> None:
    links = tomllib.loads((ROOT / "templates/links.toml").read_text(encoding="utf-8"))
    assert {name: (ROOT / page).is_file() for name, page in links.items() if name != "home"} == {
        "findings": True,
        "unanalysed": True,
    }


def test_templates_link_to_pages_by_name_only() -> None:
    texts = {
        path: path.read_text() for path in (ROOT / "templates").rglob("*") if path.suffix in (".md", ".j2")
    }
    assert {named(path): found for path, text in texts.items() if (found := LINK.findall(text))} == {}


def test_every_module_says_in_the_house_what_it_is_for() -> None:
    """But for members of sets, which are told as one."""
    house = (DOCS / "architecture.md").read_text(encoding="utf-8")
    row = re.compile(r"^\| (?:`|\*\*)((?:analyzers|bot)/[^`*]*)(?:`|\*\*) \| (.*) \|$", re.MULTILINE)
    told = dict(row.findall(house))
    assert {name: purpose for name, purpose in told.items() if not purpose.endswith((".", ":"))} == {}
    files = {
        path.relative_to(ROOT).as_posix()
        for package in ("analyzers", "bot")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    }
    members = {name for name in files for folder in SETS if name.startswith(f"{folder}/")}
    assert {name for name in told if name.endswith(".py")} == files - members


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["server"]]
    told = {
        canonicalize_name(name)
        for names in rows((DOCS / "architecture.md").read_text(encoding="utf-8"))
        for name in names.split(", ")
    }
    assert {canonicalize_name(Requirement(text).name) for text in declared} - told == set()


def test_the_layers_that_the_architecture_draws_are_those_that_are_checked() -> None:
    """Optional ones are drawn too; the analysis lies below, by a contract of its own."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {each["name"]: each for each in table["tool"]["importlinter"]["contracts"]}
    inside = contracts["Inside the shell, imports go down, and neighbours do not know each other"]["layers"]
    drawn = next(blocks((DOCS / "architecture.md").read_text(encoding="utf-8"), "text")).splitlines()
    assert drawn == [re.sub(r"[()]", "", layer).replace(" | ", "   ") for layer in inside] + ["analyzers"]


def test_every_setting_of_the_server_has_its_meaning_and_default() -> None:
    told = rows(reference("server.md"))
    unset = Settings()
    names = ("host", "port", "github_url", "reconcile_seconds", "workers", "keep_days", "shutdown_seconds")
    defaults = {f"CRATEWARDEN_{name.upper()}": str(getattr(unset, name)) for name in names}
    for variable in variables():
        meaning = told[variable].rpartition("| ")[2]
        assert meaning.endswith("."), variable
        if variable in defaults:
            assert f"Left out: {defaults[variable]}." in meaning.replace("`", ""), variable


def test_every_job_has_a_row() -> None:
    told = rows(reference("events.md"))
    assert {job.kind for job in get_args(Job)} <= set(told)


def test_the_answers_of_the_receiver_have_rows() -> None:
    told = set(rows(reference("server.md")))
    assert {str(status) for status in receiver._WORDS} | {"200", "202"} <= told


def test_every_reason_to_hold_and_every_state_of_the_check_is_explained() -> None:
    page = (DOCS / "how-the-gate-decides.md").read_text(encoding="utf-8")
    _, _, holds = page.partition("## What holds whatever the rules say")
    assert len(re.findall(r"^\| (?!hold|--)", holds.partition("## ")[0], re.MULTILINE)) == len(HoldReason)
    assert [state for state in CheckState if f"`{state.value}`" not in page] == []


def test_the_ruleset_of_the_guide_is_one_that_github_takes() -> None:
    from githubkit_schemas.v2022_11_28.models import (
        RepositoryRuleParamsStatusCheckConfiguration,
        ReposOwnerRepoRulesetsPostBody,
    )

    guide = (DOCS / "how-to/install-the-app.md").read_text(encoding="utf-8")
    (ruleset,) = (json.loads(text) for text in blocks(guide, "json"))
    # Models let unknown keys pass, so those that count are looked for.
    assert ReposOwnerRepoRulesetsPostBody.model_validate(ruleset, strict=True).name == ruleset["name"]
    (check,) = ruleset["rules"][0]["parameters"]["required_status_checks"]
    assert set(check) == set(RepositoryRuleParamsStatusCheckConfiguration.model_fields)
    assert check["context"] == NAME


def test_every_setting_file_of_the_guides_is_one() -> None:
    """The settings in TOML that the pages about the server show have keys that the server knows."""
    for name in ("install-the-app.md", "operate.md"):
        for text in blocks((DOCS / "how-to" / name).read_text(encoding="utf-8"), "toml"):
            keys = {f"CRATEWARDEN_{key.upper()}" for key in tomllib.loads(text)}
            assert keys <= set(variables()), f"{name}: {keys}"


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_command_of_ours_that_a_page_shows_has_valid_options(path: Path) -> None:
    shown = "\n".join(blocks(path.read_text(encoding="utf-8"), "sh", "console"))
    for line in re.findall(r"^(?:\$ )?(?:\S+/bin/)?cratewarden (.+)$", shown, re.MULTILINE):
        parser().parse_args(shlex.split(line.partition(" | ")[0]))


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_data_block_of_a_page_can_be_read(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    for text in blocks(page, "yaml"):
        assert yaml.safe_load(text)
    for text in blocks(page, "json"):
        # Log lines are one document each.
        assert [json.loads(each) for each in (text.splitlines() if text.startswith('{"') else [text])]
    for text in blocks(page, "toml"):
        assert tomllib.loads(text)


def test_the_workflows_of_the_guides_use_inputs_and_hooks_that_exist() -> None:
    action = yaml.safe_load((ROOT / ".github/actions/cratewarden/action.yml").read_text())
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    for path in (DOCS / "how-to").glob("*.md"):
        page = path.read_text(encoding="utf-8")
        for text in blocks(page, "yaml"):
            for step in steps_of(yaml.safe_load(text)):
                assert set(step.get("with", {})) <= set(action["inputs"]), path.name
            assert re.findall(r"- id: (.+)", text) in ([], [hook["id"]])
    guide = (DOCS / "how-to/github-action.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in guide for name in action["inputs"])


def steps_of(document: Any) -> Iterator[dict[str, Any]]:
    """The steps of a workflow, or of a piece of one, that use our action or say nothing of what they use."""
    if isinstance(document, dict) and "jobs" in document:
        document = [step for job in document["jobs"].values() for step in job["steps"]]
    for step in document if isinstance(document, list) else [document]:
        if "/cratewarden@" in step.get("uses", "/cratewarden@") and "repos" not in step:
            yield step


def test_every_command_of_the_readme_runs(sample: Path) -> None:
    shown = [
        line
        for text in blocks((ROOT / "README.md").read_text(), "sh", "console")
        for line in text.splitlines()
    ]
    assert set(RUNS_ELSEWHERE) <= set(shown)
    for line in shown:
        if line not in RUNS_ELSEWHERE:
            known = line.replace("path/to/repository", str(sample)).replace("my-branch", "topic")
            done = run(*shlex.split(known.removeprefix(".venv/bin/cratewarden ")))
            assert done.returncode in (0, 1), f"{line}: {done.stderr}"
            assert done.stdout


def test_the_tutorial_shows_what_happens(tmp_path: Path) -> None:
    tutorial = DOCS / "tutorial.md"
    page = tutorial.read_text(encoding="utf-8")
    happens = replayed(page, ROOT, {"TMPDIR": str(tmp_path)}, {".venv/bin/": f"{COMMAND.parent}/"})
    if os.environ.get("UPDATE_GOLDENS"):
        tutorial.write_text(happens, encoding="utf-8")
    assert tutorial.read_text(encoding="utf-8") == happens


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repository = tmp_path_factory.mktemp("docs") / "ring"
    subprocess.run(["sh", "samples/repository.sh", str(repository)], cwd=ROOT, check=True)
    return repository
