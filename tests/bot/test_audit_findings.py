"""An audit tells what surveys find in a tree as it stands, wherever it lies, and fails closed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from analyzers.model import Inventory, Severity, UnanalysedReason
from bot import auditing
from bot.auditing import NoCache, take
from bot.isolation import Workers
from bot.model import AuditReport, Failure
from bot.ports import Runner
from bot.render import audit
from bot.sources import list_sources

T = TypeVar("T")
R = TypeVar("R")

FILES = {
    "Cargo.toml": '[package]\nname = "ring"\n',
    "build.rs": 'fn main() { println!("cargo::rerun-if-changed=c"); std::env::var("RING_HOME"); }\n',
    "include/ring.h": "int ring_open(const char *path, int flags);\n",
    "src/lib.rs": "mod ffi;\nmod other;\n#[cfg(test)]\nmod fake;\n",
    "src/ffi.rs": 'extern "C" {\n    fn ring_open(path: *const u8) -> i32;\n    fn ring_name(name: String);\n}\n',
    "src/other.rs": 'extern "C" {\n    fn ring_name(name: u8, length: u8);\n}\n',
    "src/fake.rs": 'extern "C" {\n    fn ring_name(a: u8, b: u8, c: Vec<u8>);\n}\n',
    "tests/t.rs": 'extern "C" {\n    fn ring_name(name: Vec<u8>);\n}\n',
}
FOUND = [
    ("build.rs", 1, "undeclared-build-input"),
    ("src/ffi.rs", 2, "ffi-header-mismatch"),
    ("src/ffi.rs", 3, "ffi-clash"),
    ("src/ffi.rs", 3, "ffi-improper-type"),
    ("src/other.rs", 2, "ffi-clash"),
]


class Failing:
    """Fails when findings are to be told, and does everything else here."""

    def run(
        self, function: Callable[[T], R], items: Sequence[T], weight: Callable[[T], int]
    ) -> Iterator[tuple[T, R | Failure]]:
        del weight
        for item in items:
            failed = getattr(function, "func", None) is auditing.judge
            yield item, Failure(UnanalysedReason.TIMED_OUT, "5 s") if failed else function(item)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "ring" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ring" / name).write_text(text, encoding="utf-8")
    return tmp_path / "ring"


def audited(place: Path, rev: str | None = None, runner: Runner | None = None) -> Inventory:
    with Workers(processes=2) as workers:
        return take(list_sources(place, rev), runner or workers, NoCache())


def listed(inventory: Inventory) -> list[tuple[str, int, str]]:
    return [(each.path, each.line, each.id) for each in inventory.findings if "missing" not in each.id]


def test_a_folder_a_work_tree_and_a_commit_have_the_same_findings(folder: Path) -> None:
    found = audited(folder)
    assert (listed(found), found.unanalysed) == (FOUND, ())
    for line in ("init -q", "add -A", "-c user.name=a -c user.email=a@b.c commit -qm x"):
        subprocess.run(["git", *line.split()], cwd=folder, check=True)
    assert audited(folder).findings == found.findings
    assert audited(folder, "HEAD").findings == found.findings


def test_severities_are_those_of_a_review(folder: Path) -> None:
    severities = {each.id: each.severity for each in audited(folder).findings}
    assert severities["ffi-clash"] is Severity.WARN
    assert severities["undeclared-build-input"] is Severity.NOTE


def test_packages_of_a_workspace_that_declare_one_symbol_differently_clash(folder: Path) -> None:
    other = folder / "other-sys"
    (other / "src").mkdir(parents=True)
    (other / "Cargo.toml").write_text('[package]\nname = "other-sys"\n', encoding="utf-8")
    (other / "src" / "lib.rs").write_text(
        'extern "C" {\n    fn ring_open(a: u8, b: u8, c: u8) -> i32;\n}\n', encoding="utf-8"
    )
    assert ("other-sys/src/lib.rs", 2, "ffi-clash") in listed(audited(folder))


def test_a_survey_that_fails_is_told_and_takes_nothing_else_away(folder: Path) -> None:
    found = audited(folder, runner=Failing())
    assert listed(found) == []
    assert len(found.places) == len(audited(folder).places)
    assert [(doubt.path, doubt.reason, doubt.detail) for doubt in found.unanalysed] == [
        (".", UnanalysedReason.TIMED_OUT, f"{survey}: 5 s")
        for survey in ("build-time", "ffi-headers", "ffi-signatures")
    ]


def test_what_fails_is_told_for_the_folder_that_holds_all_of_it(folder: Path) -> None:
    (folder.parent / "lib.rs").write_text("fn f() {}\n", encoding="utf-8")
    assert {doubt.path for doubt in audited(folder.parent, runner=Failing()).unanalysed} == {"ring"}


def test_what_does_not_fit_into_one_look_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "READ_LIMIT", 200)
    told = [
        (doubt.path, doubt.reason, doubt.detail.partition(":")[0]) for doubt in audited(folder).unanalysed
    ]
    assert (".", UnanalysedReason.TOO_MANY, "ffi-signatures") in told
    assert (".", UnanalysedReason.TOO_MANY, "ffi-headers") in told


def test_a_tree_without_foreign_code_and_build_scripts_is_not_read_for_it(tmp_path: Path) -> None:
    (tmp_path / "lib.rs").write_text("fn f() { unsafe { g() } }\n", encoding="utf-8")
    (tmp_path / "a.h").write_text("int g(void);\n", encoding="utf-8")
    assert audited(tmp_path, runner=Failing()).unanalysed == ()


@pytest.mark.parametrize("format", ["text", "html", "json", "sarif"])
def test_every_format_tells_them_in_words(folder: Path, format: str) -> None:
    output = audit(AuditReport("", audited(folder)), format)
    assert "Another declaration of this symbol differs" in output
    assert "rerun-if-env-changed" in output
    for _, _, id in FOUND:
        assert id in output


def test_the_summary_counts_them(folder: Path) -> None:
    assert "5 findings besides." in audit(AuditReport("", audited(folder)), "text").split("\n\n", 1)[0]


def test_findings_about_missing_words_are_not_counted_twice(tmp_path: Path) -> None:
    (tmp_path / "lib.rs").write_text("fn f() { unsafe { g() } }\n", encoding="utf-8")
    found = audited(tmp_path)
    assert [each["id"] for each in json.loads(audit(AuditReport("", found), "json"))["findings"]] == [
        "missing-safety-comment"
    ]
    assert "besides" not in audit(AuditReport("", found), "text")
