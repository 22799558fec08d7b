"""What becomes of build-time code between two trees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzers.buildtime.findings import UNDECLARED_INPUT, audited
from analyzers.model import Finding, Severity, UnanalysedReason
from analyzers.surveys.build_time import SURVEY
from tests.analyzers.buildtime.trees import counted, notes, surveyed, told, whole

PACKAGE = '[package]\nname = "ring"\n'
MACROS = '[package]\nname = "ring-macros"\n[lib]\nproc-macro = true\n'
PLAIN = "fn main() {}\n"
GIT = 'fn main() { std::process::Command::new("git").arg("describe"); }\n'
CURL = 'fn main() { std::process::Command::new("curl").arg("x"); }\n'
KINDS = Path(__file__).parents[3] / "docs/reference/kinds.md"


def inputs(findings: tuple[Finding, ...]) -> list[Finding]:
    return [each for each in findings if each.id == UNDECLARED_INPUT]


def test_a_new_build_script_tells_what_it_does() -> None:
    found = surveyed(SURVEY, {"Cargo.toml": PACKAGE}, {"Cargo.toml": PACKAGE, "build.rs": GIT})
    assert told(found) == ["added build-script build.rs:1 process"]
    assert notes(found.changes[0]) == ['build-time-does-process std::process::Command::new("git") :1']
    assert found.changes[0].site.item == "ring"


def test_a_changed_one_tells_only_what_is_new() -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": GIT}
    found = surveyed(SURVEY, base, base | {"build.rs": GIT + CURL.replace("main", "more")})
    assert told(found) == ["changed build-script build.rs:1 download, process"]
    assert notes(found.changes[0]) == [
        'build-time-now-download std::process::Command::new("curl") :2',
        'build-time-now-process std::process::Command::new("curl") :2',
    ]


def test_comments_and_layout_are_no_change() -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": GIT}
    assert (
        told(surveyed(SURVEY, base, base | {"build.rs": f"// Why.\n{GIT.replace('{', '{' + chr(10))}"})) == []
    )


def test_a_module_of_the_script_is_a_part_of_it() -> None:
    base = {
        "Cargo.toml": PACKAGE,
        "build.rs": "mod probe; fn main() {}",
        "probe.rs": PLAIN,
        "src/probe.rs": PLAIN,
    }
    found = surveyed(SURVEY, base, base | {"probe.rs": CURL, "src/probe.rs": CURL})
    assert told(found) == ["changed build-script probe.rs:1 download, process"]


@pytest.mark.parametrize(
    "line", ['#[path = "build/probe.rs"] mod probe;', 'include!("build/probe.rs");'], ids=["path", "include"]
)
def test_a_file_that_the_script_names_by_its_path_is_a_part_of_it(line: str) -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": line, "build/probe.rs": PLAIN}
    assert told(surveyed(SURVEY, base, base | {"build/probe.rs": GIT})) == [
        "changed build-script build/probe.rs:1 process"
    ]


def test_what_one_module_did_another_one_may_do_without_a_word() -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": f"mod a; mod b; {PLAIN}", "a.rs": GIT, "b.rs": PLAIN}
    (change,) = surveyed(SURVEY, base, base | {"b.rs": GIT}).changes
    assert notes(change) == []


def test_the_manifest_can_name_another_script() -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": GIT, "tools/gen.rs": CURL}
    head = base | {"Cargo.toml": f'{PACKAGE}build = "tools/gen.rs"\n'}
    found = surveyed(SURVEY, base, head)
    assert told(found) == ["changed build-script tools/gen.rs:1 download, process"]
    assert found.changes[0].before is not None
    assert found.changes[0].before.path == "build.rs"
    off = base | {"Cargo.toml": f"{PACKAGE}build = false\n"}
    assert told(surveyed(SURVEY, base, off)) == ["removed build-script build.rs:1 process"]


def test_a_script_that_is_not_named_like_rust_is_for_a_person_to_see() -> None:
    head = {"Cargo.toml": f'{PACKAGE}build = "configure"\n', "configure": CURL}
    found = surveyed(SURVEY, {}, head)
    assert told(found) == ["added build-script configure:1 download, process"]
    assert [(each.path, each.reason) for each in found.unanalysed] == [
        ("configure", UnanalysedReason.UNPARSABLE)
    ]


def test_modules_that_lie_too_deep_are_told() -> None:
    deep = {"Cargo.toml": PACKAGE, "build.rs": "mod a; fn main() {}"}
    path = ""
    for name in "abcdef":
        path = f"{path}/{name}".lstrip("/")
        deep[f"{path}.rs"] = f"mod {chr(ord(name) + 1)};"
    found = surveyed(SURVEY, deep, deep | {"build.rs": f"mod a; {GIT}"})
    assert [(each.path, each.reason) for each in found.unanalysed] == [
        ("a/b/c/d.rs", UnanalysedReason.TOO_DEEP)
    ]


def test_every_source_of_a_crate_of_procedural_macros_runs_in_the_compiler() -> None:
    base = {"m/Cargo.toml": MACROS, "m/src/lib.rs": PLAIN, "m/src/a.rs": PLAIN, "m/tests/t.rs": PLAIN}
    found = surveyed(SURVEY, base, base | {"m/src/a.rs": CURL, "m/tests/t.rs": CURL})
    assert told(found) == ["changed proc-macro m/src/a.rs:1 download, process"]
    assert found.changes[0].site.item == "ring-macros"


def test_a_crate_that_becomes_one_of_procedural_macros_is_new_in_whole() -> None:
    base = {"m/Cargo.toml": PACKAGE, "m/src/lib.rs": PLAIN, "m/src/a.rs": GIT, "n/src/b.rs": GIT}
    assert told(surveyed(SURVEY, base, base | {"m/Cargo.toml": MACROS})) == [
        "added proc-macro m/src/a.rs:1 process",
        "added proc-macro m/src/lib.rs:1 ",
    ]


@pytest.mark.parametrize(
    "root",
    ['#![crate_type = "proc-macro"]\n', "#[proc_macro_derive(X)]\npub fn x() {}\n"],
    ids=["type", "function"],
)
def test_without_cargo_the_first_file_says_what_the_crate_is(root: str) -> None:
    base = {"rust/macros/lib.rs": root, "rust/macros/module.rs": PLAIN, "rust/kernel/lib.rs": PLAIN}
    found = surveyed(SURVEY, base, base | {"rust/macros/module.rs": GIT, "rust/kernel/lib.rs": GIT})
    assert told(found) == ["changed proc-macro rust/macros/module.rs:1 process"]
    assert found.changes[0].site.item == "macros"


def test_code_that_does_not_run_at_build_time_is_none() -> None:
    base = {"Cargo.toml": PACKAGE, "src/lib.rs": PLAIN, "src/build.rs": PLAIN}
    assert told(surveyed(SURVEY, base, base | {"src/lib.rs": CURL, "src/build.rs": CURL})) == []


def test_a_new_script_in_a_vendored_crate_counts() -> None:
    base = {"Cargo.toml": PACKAGE, "vendor/z/Cargo.toml": '[package]\nname = "z"\n'}
    assert told(surveyed(SURVEY, base, base | {"vendor/z/build.rs": CURL})) == [
        "added build-script vendor/z/build.rs:1 download, process"
    ]


def test_what_is_told_to_the_linker_is_a_site_of_its_own() -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": 'fn main() { println!("cargo:rustc-link-lib=z"); }'}
    found = surveyed(SURVEY, base, base | {"build.rs": base["build.rs"].replace("=z", "=evil")})
    assert told(found) == ["changed native-link build.rs:1 rustc-link-lib=evil"]
    assert notes(found.changes[0]) == ["build-time-links-otherwise rustc-link-lib=z rustc-link-lib=evil"]


def test_the_key_links_is_one_too() -> None:
    base = {"Cargo.toml": PACKAGE}
    assert told(surveyed(SURVEY, base, {"Cargo.toml": f'{PACKAGE}links = "z"\n'})) == [
        "added native-link Cargo.toml:3 links=z"
    ]


def test_what_is_read_and_not_declared_is_told() -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": PLAIN}
    script = """fn main() {
    println!("cargo::rerun-if-env-changed=TOLD");
    println!("cargo::rerun-if-changed=src/c");
    std::env::var("TOLD"); std::env::var("UNTOLD"); std::env::var("TARGET");
    std::fs::read_to_string("src/c/a.h"); std::fs::read_to_string("src/d.h");
}"""
    (found,) = inputs(surveyed(SURVEY, base, base | {"build.rs": script}).findings)
    assert found.severity is Severity.NOTE
    assert notes(found) == [
        "build-time-undeclared-variable UNTOLD :4",
        "build-time-undeclared-file src/d.h :5",
    ]


def test_what_was_read_undeclared_before_is_not_told_again() -> None:
    before = 'fn main() { std::env::var("OLD"); }'
    base = {"Cargo.toml": PACKAGE, "build.rs": before}
    head = base | {"build.rs": before.replace("}", 'std::env::var("NEW"); }')}
    (found,) = inputs(surveyed(SURVEY, base, head).findings)
    assert notes(found) == ["build-time-undeclared-variable NEW :1"]
    assert inputs(surveyed(SURVEY, head, head | {"build.rs": before + "\n"}).findings) == []


def test_an_audit_tells_all_that_scripts_read_undeclared_and_nothing_of_macros() -> None:
    files = {
        "Cargo.toml": PACKAGE,
        "build.rs": 'mod build_more; fn main() { std::env::var("A"); }',
        "build_more.rs": 'println!("cargo::rerun-if-env-changed=A"); std::env::var("B");',
        "m/Cargo.toml": MACROS,
        "m/src/lib.rs": 'fn f() { std::env::var("C"); }',
    }
    found = audited(whole(files))
    assert [(each.path, each.line, each.item, notes(each)) for each in found] == [
        ("build_more.rs", 1, "ring", ["build-time-undeclared-variable B :1"])
    ]


def test_without_any_declaration_every_file_of_the_package_counts_for_cargo() -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": PLAIN}
    script = 'fn main() { std::fs::read_to_string("src/d.h"); }'
    assert inputs(surveyed(SURVEY, base, base | {"build.rs": script}).findings) == []


def test_each_capability_of_a_changed_source_is_a_finding_that_is_off() -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": GIT}
    found = surveyed(SURVEY, base, base | {"build.rs": CURL})
    assert [
        (each.id, each.severity, dict(each.notes[0].values)["capability"]) for each in found.findings
    ] == [
        ("build-capability", Severity.OFF, "download"),
        ("build-capability", Severity.OFF, "process"),
    ]


def test_a_crate_that_takes_another_name_is_asked_for_under_both() -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": GIT}
    found = surveyed(SURVEY, base, base | {"Cargo.toml": PACKAGE.replace("ring", "openssl-sys")})
    assert told(found) == ["moved build-script build.rs:1 process"]
    (finding,) = found.findings
    assert dict(finding.notes[0].values) == {"crate": "openssl-sys", "capability": "process", "was": "ring"}


def test_a_manifest_that_cannot_be_read_is_told() -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": GIT}
    found = surveyed(SURVEY, base, base | {"Cargo.toml": "[package\n"})
    assert [(each.path, each.reason, each.line) for each in found.unanalysed] == [
        ("Cargo.toml", UnanalysedReason.UNPARSABLE, 1)
    ]


@pytest.mark.parametrize(
    "script", ['fn main() { "', "fn main() { (", "/* "], ids=["string", "bracket", "comment"]
)
def test_a_script_that_rustc_would_read_otherwise_is_told(script: str) -> None:
    base = {"Cargo.toml": PACKAGE, "build.rs": PLAIN}
    assert surveyed(SURVEY, base, base | {"build.rs": script}).unanalysed


def test_files_that_include_each_other_end() -> None:
    files = {
        "Cargo.toml": PACKAGE,
        "build.rs": 'include!("build.rs"); mod a;',
        "a.rs": 'include!("build.rs");',
    }
    assert len(surveyed(SURVEY, {}, files).changes) == 2


def test_an_audit_counts_all_of_it() -> None:
    files = {
        "Cargo.toml": f'{PACKAGE}links = "z"\n',
        "build.rs": GIT,
        "m/Cargo.toml": MACROS,
        "m/src/lib.rs": PLAIN,
        "src/lib.rs": PLAIN,
    }
    assert counted(SURVEY, files) == [
        ("Cargo.toml", 3, "native-link", "links=z"),
        ("build.rs", 1, "build-script", "process"),
        ("m/src/lib.rs", 1, "proc-macro", ""),
    ]


@pytest.mark.parametrize(
    ("kind", "path", "manifest"),
    [
        ("build-script", "build.rs", PACKAGE),
        ("native-link", "build.rs", PACKAGE),
        ("proc-macro", "src/lib.rs", MACROS),
    ],
)
def test_the_example_of_the_reference_is_one(kind: str, path: str, manifest: str) -> None:
    page = KINDS.read_text(encoding="utf-8")
    example = re.search(rf"^### {kind}\n.*?^```rust\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert example is not None
    assert kind in {found for _, _, found, _ in counted(SURVEY, {"Cargo.toml": manifest, path: example[1]})}
