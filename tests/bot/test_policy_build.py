"""What the policy says about build-time code: read, layered, compared, and judged by."""

from __future__ import annotations

import datetime

import pytest

from analyzers.buildtime.compare import compare
from analyzers.model import Analysis, FileChange, FileSide, Finding, Severity
from analyzers.survey import Entry, Sides, Tree
from bot.gate import evaluate
from bot.model import State
from bot.policy import PolicyError, apply_severities, layer, load
from bot.policy.direction import Direction
from bot.policy.edit import Part, compare_policies

MANIFEST = b'[package]\nname = "openssl-sys"\n'
SCRIPT = b'fn main() { std::process::Command::new("sh"); println!("cargo::rustc-link-lib=ssl"); }'
RULE = """version = 1
mode = "enforce"
[pools.p]
users = ["alice"]
[[rules]]
name = "r"
when.kinds = ["unsafe"]
require.pool = "p"
"""


def analysis() -> Analysis:
    """A pull request that brings a crate whose build script starts a program and links a library."""
    contents = {"Cargo.toml": MANIFEST, "build.rs": SCRIPT}
    changed = tuple(FileChange(None, FileSide(path, "file", path, data)) for path, data in contents.items())
    head = Tree({path: Entry("file", path) for path in contents}, contents)
    found = compare(Sides(Tree(), head, changed))
    return Analysis(found.changes, found.findings)


def told(table: str) -> list[tuple[str, Severity]]:
    """The capabilities that are told under a policy, with their severity."""
    found = apply_severities(load(f"{RULE}{table}".encode(), "x"), analysis().findings)
    return [(capability(each), each.severity) for each in found]


def capability(finding: Finding) -> str:
    return dict(finding.notes[0].values)["capability"]


def test_without_a_table_nothing_is_told() -> None:
    assert told("") == []


def test_an_empty_table_allows_nothing() -> None:
    assert sorted(told("[build]\n")) == [
        ("link", Severity.BLOCK), ("link", Severity.BLOCK), ("process", Severity.BLOCK)
    ]  # fmt: skip


def test_what_a_crate_may_do_is_not_told() -> None:
    assert told('[build]\nallow = { openssl-sys = ["process", "link"] }\n') == []
    assert told('[build]\nallow = { "*" = ["link"] }\n') == [("process", Severity.BLOCK)]
    assert told('[build]\nallow = { "*" = ["link"], openssl-sys = ["process"] }\n') == []
    assert len(told('[build]\nallow = { ring = ["process", "link"] }\n')) == 3


def test_the_severity_can_be_another_one() -> None:
    assert told('[build]\nallow = { "*" = ["link"] }\n[findings]\nbuild-capability = "warn"\n') == [
        ("process", Severity.WARN)
    ]
    assert len(told('[findings]\nbuild-capability = "note"\n')) == 3


def test_what_is_beyond_holds_the_merge() -> None:
    now = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
    allowed = load(f'{RULE}[build]\nallow.openssl-sys = ["process", "link"]\n'.encode(), "x")
    assert evaluate(allowed, analysis(), now=now).state is State.CLEAR
    held = evaluate(load(f"{RULE}[build]\n".encode(), "x"), analysis(), now=now)
    assert held.state is State.BLOCKED
    assert {hold.detail for hold in held.holds} == {"build-capability"}


def test_a_crate_under_a_new_name_needs_what_it_does_under_both() -> None:
    policy = load(f'{RULE}[build]\nallow.openssl-sys = ["process"]\n'.encode(), "x")
    old = Tree({"Cargo.toml": Entry("file", "1"), "build.rs": Entry("file", "2")}, {})
    before = {
        "Cargo.toml": MANIFEST.replace(b"openssl-sys", b"ring"),
        "build.rs": SCRIPT.partition(b" println")[0] + b"}",
    }
    after = {**before, "Cargo.toml": MANIFEST}
    change = FileChange(
        FileSide("Cargo.toml", "file", "1", before["Cargo.toml"]),
        FileSide("Cargo.toml", "file", "3", MANIFEST),
    )
    sides = Sides(Tree(old.entries, before), Tree(old.entries, after), (change,))
    assert [capability(each) for each in apply_severities(policy, compare(sides).findings)] == ["process"]


@pytest.mark.parametrize(
    ("organisation", "repository", "allowed"),
    [
        ('[build]\nallow.a = ["env"]', '[build]\nallow.b = ["link"]', {"a": ("env",), "b": ("link",)}),
        ('[build]\nallow.a = ["env"]', '[build]\nallow.a = ["link"]', {"a": ("link",)}),
        ('[build]\nallow.a = ["env"]', "", {"a": ("env",)}),
        ("", '[build]\nallow.a = ["env"]', {"a": ("env",)}),
        ('locked = ["build"]\n[build]\nallow.a = ["env"]', '[build]\nallow.a = ["link"]', {"a": ("env",)}),
    ],
    ids=["both", "the same crate", "above only", "own only", "locked"],
)
def test_an_organisations_table_and_a_repositorys_come_together(
    organisation: str, repository: str, allowed: dict[str, tuple[str, ...]]
) -> None:
    merged = layer(*(load(f"version = 1\n{text}".encode(), "x") for text in (organisation, repository)))
    assert merged.build is not None
    assert dict(merged.build.allow) == allowed


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ("", "[build]", Direction.STRICTER),
        ("[build]", "", Direction.LOOSER),
        ("[build]", '[build]\nallow.a = ["env"]', Direction.LOOSER),
        ('[build]\nallow.a = ["env"]', "[build]", Direction.STRICTER),
        ('[build]\nallow.a = ["env"]', '[build]\nallow.b = ["env"]', Direction.UNCLEAR),
    ],
)
def test_an_edit_of_the_table_tells_its_direction(before: str, after: str, direction: Direction) -> None:
    found = compare_policies(*(load(f"version = 1\n{text}".encode(), "x") for text in (before, after)))
    assert [(each.part, each.direction) for each in found.changes] == [(Part.BUILD, direction)]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('allow.a = ["proces"]', "unknown capability `proces`; did you mean `process`?"),
        (
            'allow."a b" = ["env"]',
            "`a b` is no name of a crate; write it as in its Cargo.toml, without globs",
        ),
        ('allow."a*" = ["env"]', "`a*` is no name of a crate; write it as in its Cargo.toml, without globs"),
        ("allows = {}", "unknown key `allows`; did you mean `allow`?"),
        ('allow.a = "env"', "`a` must be an array, as in `[...]`, not a string"),
    ],
)
def test_a_mistake_in_the_table_is_told(table: str, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load(f"version = 1\n[build]\n{table}\n".encode(), "x")
    assert [problem.message for problem in caught.value.errors] == [message]
