from __future__ import annotations

import pytest

from analyzers.assurance.harnesses import Harness, harnesses, may_hold_harness
from analyzers.assurance.jobs import jobs, scripts
from analyzers.assurance.survey import FINDINGS, compare
from analyzers.model import Analysis, Change, ChangeClass, Site
from analyzers.survey import Surveyed
from analyzers.surveys import surveys
from tests.analyzers.supply_chain.locks import sides

KANI = b"""
#[cfg(kani)]
mod proofs {
    #[kani::proof]
    #[kani::unwind(3)]
    fn push_keeps_len() {
        let mut ring = Ring::new(kani::any());
        // pop(ring) is not called
        ring.push(1);
        assert!(ring.len() == 1);
    }

    #[cfg_attr(kani, kani::proof_for_contract(read_at))]
    fn reads() { unsafe { read_at::<u8>(0) }; }
}
"""
LOOM = b"fn races() { loom::model(|| { let a = take(); spawn(move || a.put()); }); other(); }"
FUZZ = b"#![no_main]\nfuzz_target!(|data: &[u8]| { let _ = ring::parse(data); });\n"
CI = b"""on: push
env:
  RUSTFLAGS: --cfg loom
jobs:
  miri:
    runs-on: ubuntu-latest
    steps:
      - run: |
          rustup component add miri
          # cargo miri test --lib
          cargo +nightly miri test
  asan:
    runs-on: ubuntu-latest
    steps:
      - run: cargo test
        env:
          RUSTFLAGS: -Zsanitizer=address
  proofs:
    runs-on: ubuntu-latest
    steps:
      - uses: model-checking/kani-github-action@f838096619a707b0f6b2118cf435eaccfa33e51f
"""
WORKFLOW = ".github/workflows/ci.yml"


def found(data: bytes, path: str = "src/lib.rs") -> list[Harness]:
    return list(harnesses(path, data))


def test_a_kani_proof_is_known_by_its_attribute_and_the_functions_it_calls() -> None:
    first, second = found(KANI)
    assert (first.tool, first.name, first.line) == ("kani", "push_keeps_len", 6)
    assert first.calls == {"new", "any", "push", "len"}
    assert (second.name, sorted(second.calls)) == ("reads", ["read_at"])


def test_a_loom_model_calls_what_stands_in_it() -> None:
    (model,) = found(LOOM)
    assert (model.tool, model.name) == ("loom", "races")
    assert model.calls == {"take", "spawn", "put"}


def test_a_fuzz_target_is_named_by_its_file() -> None:
    (target,) = found(FUZZ, "fuzz/fuzz_targets/parse.rs")
    assert (target.tool, target.name, target.line) == ("fuzz", "parse", 2)
    assert "parse" in target.calls


@pytest.mark.parametrize(
    "text", [b"// #[kani::proof]\nfn a() {}", b'const A: &str = "loom::model(";', b"fn kani() {}"]
)
def test_words_alone_are_no_harness(text: bytes) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text", [b"#[kani::proof]", b"#[kani::proof] fn", b"loom::model(", b"fuzz_target!(", b"kani::proof fn a("]
)
def test_broken_sources_do_no_harm(text: bytes) -> None:
    assert all(harness.calls == frozenset() for harness in found(text))


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("fuzz/fuzz_targets/a.rs", True),
        ("tests/loom.rs", True),
        ("tests/loom_queue.rs", True),
        ("src/verify/mod.rs", True),
        ("kani/src/lib.rs", True),
        ("src/heirloom.rs", False),
        ("fuzz/Cargo.toml", False),
    ],
)
def test_paths_say_where_harnesses_stand(path: str, holds: bool) -> None:
    assert may_hold_harness(path) is holds


def test_jobs_are_found_by_what_they_run() -> None:
    told = [(job.tool, job.name, job.line) for job in jobs({WORKFLOW: CI, "src/miri.yml": CI})]
    assert told == [("loom", "", 3), ("miri", "miri", 11), ("sanitizer", "asan", 17), ("kani", "proofs", 21)]


def test_a_script_that_a_step_calls_is_looked_into() -> None:
    workflow = b"jobs:\n  deep:\n    steps:\n      - run: ./ci/miri.sh all\n      - run: bash ci/other.sh\n"
    files = {WORKFLOW: workflow, "ci/miri.sh": b"#!/bin/sh\n# valgrind x\ncargo miri test\n"}
    assert list(scripts(files)) == ["ci/miri.sh", "ci/other.sh"]
    assert [(job.tool, job.name, job.line) for job in jobs(files)] == [("miri", "deep", 4)]


def test_a_workflow_that_is_no_yaml_runs_nothing() -> None:
    assert list(jobs({WORKFLOW: b"jobs: ["})) == []


def change(item: str, kind: ChangeClass = ChangeClass.ADDED) -> Change:
    return Change(
        kind, "src/lib.rs", Site("unsafe-block", item, 3, 5, 3, 10, 10, 20, "t"), f"print of {item}"
    )


def surveyed(base: dict[str, bytes], head: dict[str, bytes], *changes: Change) -> Surveyed:
    return compare(sides(base, head), Analysis(changes))


def test_it_gives_the_findings_it_says_and_concerns_what_it_says() -> None:
    survey = surveys()["assurance"]
    assert survey.findings == FINDINGS
    assert [path for path in (WORKFLOW, "a.rs", "b.toml") if survey.concerns(path)] == [WORKFLOW, "a.rs"]


def test_a_site_whose_function_a_proof_calls_says_so() -> None:
    both = {"src/lib.rs": KANI}
    notes = dict(surveyed(both, both, change("impl Ring::push"), change("impl Ring::pop")).notes)
    (note,) = notes["print of impl Ring::push"]
    assert (note.id, dict(note.values), note.path, note.line) == (
        "assurance-kani",
        {"harness": "push_keeps_len", "function": "push"},
        "src/lib.rs",
        6,
    )
    assert "print of impl Ring::pop" not in notes


def test_jobs_are_told_once_at_the_first_change() -> None:
    both = {WORKFLOW: CI}
    told = surveyed(both, both, change("a", ChangeClass.MOVED), change("b"), change("c")).notes
    assert [(name, [note.id for note in notes]) for name, notes in told] == [
        (
            "print of b",
            ["assurance-job-loom", "assurance-job-miri", "assurance-job-sanitizer", "assurance-job-kani"],
        )
    ]


def test_a_check_that_goes_is_a_finding() -> None:
    gone = surveyed(
        {"src/lib.rs": KANI, WORKFLOW: CI}, {"src/lib.rs": b"", WORKFLOW: CI.replace(b"miri test", b"test")}
    )
    assert [(each.kind, each.item, each.line) for each in gone.findings] == [
        ("kani", "push_keeps_len", 1),
        ("kani", "reads", 1),
        ("miri", "miri", 1),
    ]
    (deleted,) = surveyed({"tests/loom.rs": LOOM}, {}).findings
    assert (deleted.path, deleted.line) == ("tests/loom.rs", 0)


def test_a_check_that_moves_stays() -> None:
    moved = surveyed(
        {"src/lib.rs": KANI, WORKFLOW: CI}, {"src/proofs.rs": KANI, ".github/workflows/b.yml": CI}
    )
    assert moved.findings == ()
