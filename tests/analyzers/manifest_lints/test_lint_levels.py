"""Lint levels outside sources: what became looser, what stricter, and what is told of it."""

from __future__ import annotations

import pytest

from analyzers.model import Analysis, Change, ChangeClass, Macro, Place, Reason, Site, UnanalysedReason
from analyzers.surveys.lint_levels import SURVEY
from tests.analyzers.buildtime.trees import counted, notes, surveyed, told

WORKSPACE = '[workspace]\nmembers = ["a"]\n[workspace.lints.rust]\nunsafe_op_in_unsafe_fn = "deny"\n'
MEMBER = '[package]\nname = "a"\n[lints]\nworkspace = true\n'
WORKFLOW = ".github/workflows/ci.yml"
STEP = "on: push\njobs:\n  lint:\n    runs-on: x\n    steps:\n      - run: |\n          cargo test\n          cargo clippy -- {}\n"

# Path, before, after, what is told, and the first note.
LOOSER = {
    "a level of the workspace": (
        "Cargo.toml", WORKSPACE, WORKSPACE.replace("deny", "allow"),
        "relaxed lint-level Cargo.toml:4 allow(unsafe_op_in_unsafe_fn)",
        "lint-became-workspace unsafe_op_in_unsafe_fn deny allow",
    ),
    "a level of a package": (
        "a/Cargo.toml", '[lints.clippy]\nmissing_safety_doc = "deny"\n', "[lints.clippy]\n",
        "relaxed lint-level a/Cargo.toml:1 deny(missing_safety_doc)",
        "lint-gone-scope missing_safety_doc lints.clippy deny",
    ),
    "a level with a priority": (
        "Cargo.toml", '[lints.rust]\nunsafe_code = { level = "forbid", priority = 1 }\n',
        '[lints.rust]\nunsafe_code = { level = "warn", priority = 1 }\n',
        "relaxed lint-level Cargo.toml:2 warn(unsafe_code)", "lint-became-scope unsafe_code lints.rust forbid warn",
    ),
    "a group": (
        "Cargo.toml", '[lints.clippy]\nall = "deny"\n', '[lints.clippy]\nall = "warn"\n',
        "relaxed lint-level Cargo.toml:2 warn(clippy::all)", "lint-became-scope clippy::all lints.clippy deny warn",
    ),
    "flags in a list": (
        ".cargo/config.toml", '[build]\nrustflags = ["-D", "unsafe-code"]\n', "[build]\nrustflags = []\n",
        "relaxed lint-level .cargo/config.toml:1 deny(unsafe_code)", "lint-gone-scope unsafe_code build.rustflags deny",
    ),
    "flags of a target in a string": (
        ".cargo/config", "[target.'cfg(unix)']\nrustflags = \"-Dunsafe-code\"\n",
        "[target.'cfg(unix)']\nrustflags = \"-Aunsafe-code\"\n",
        "relaxed lint-level .cargo/config:2 allow(unsafe_code)",
        "lint-became-scope unsafe_code target.cfg(unix).rustflags deny allow",
    ),
    "flags of a workflow": (
        WORKFLOW, "on: push\nenv:\n  RUSTFLAGS: -D unsafe_code\n", "on: push\nenv:\n  RUSTFLAGS: -W unsafe_code\n",
        f"relaxed lint-level {WORKFLOW}:3 warn(unsafe_code)", "lint-became-scope unsafe_code env.RUSTFLAGS deny warn",
    ),
    "a step of a workflow": (
        WORKFLOW, STEP.format("-D clippy::undocumented_unsafe_blocks"),
        STEP.format("-A clippy::undocumented_unsafe_blocks"),
        f"relaxed lint-level {WORKFLOW}:8 allow(undocumented_unsafe_blocks)",
        "lint-became-scope undocumented_unsafe_blocks jobs.lint.steps.run deny allow",
    ),
    "a makefile": (
        "rust/Makefile", "# -Aunsafe_code\nKBUILD := \\\n -Dunsafe_op_in_unsafe_fn \\\n -Wall\n", "KBUILD := -Wall\n",
        "relaxed lint-level rust/Makefile:1 deny(unsafe_op_in_unsafe_fn)",
        "lint-gone-scope unsafe_op_in_unsafe_fn flags deny",
    ),
    "a Meson file": (
        "meson.build", "args = ['-D', 'unsafe_op_in_unsafe_fn']\n", "args = ['-A', 'unsafe_op_in_unsafe_fn']\n",
        "relaxed lint-level meson.build:1 allow(unsafe_op_in_unsafe_fn)",
        "lint-became-scope unsafe_op_in_unsafe_fn flags deny allow",
    ),
    "what clippy takes for documented": (
        "clippy.toml", "check-private-items = true\n", "check-private-items = false\n",
        "relaxed lint-level clippy.toml:1 allow(check-private-items)", "lint-clippy-looser check-private-items",
    ),
}  # fmt: skip


def with_step(flag: str) -> str:
    return STEP.format(flag)


@pytest.mark.parametrize(("path", "before", "after", "line", "note"), LOOSER.values(), ids=LOOSER)
def test_it_is_looser(path: str, before: str, after: str, line: str, note: str) -> None:
    found = surveyed(SURVEY, {path: before}, {path: after})
    assert told(found) == [line]
    assert notes(found.changes[0])[0] == note
    assert Reason.LINT_LOOSENED in found.changes[0].reasons


@pytest.mark.parametrize(("path", "after", "before"), [row[:3] for row in LOOSER.values()], ids=LOOSER)
def test_the_other_way_round_it_is_stricter_and_no_rule_asks(path: str, after: str, before: str) -> None:
    (change,) = surveyed(SURVEY, {path: before}, {path: after}).changes
    assert change.tightened


@pytest.mark.parametrize("group", ["clippy::restriction", "rust-2024-compatibility", "warnings"])
def test_a_group_tells_the_lints_in_it(group: str) -> None:
    base = {WORKFLOW: with_step("")}
    (change,) = surveyed(SURVEY, base, {WORKFLOW: with_step(f"-A {group}")}).changes
    assert notes(change)[1].startswith(f"lint-group {group.replace('-', '_')} ")


def test_capped_lints_are_told_and_never_called_stricter() -> None:
    base = {".cargo/config.toml": "[build]\nrustflags = []\n"}
    head = {".cargo/config.toml": '[build]\nrustflags = ["--cap-lints", "warn"]\n'}
    (change,) = surveyed(SURVEY, base, head).changes
    assert (change.change, change.tightened) == (ChangeClass.ADDED, False)
    assert notes(change) == ["lint-capped --cap-lints warn build.rustflags"]


def test_a_package_that_no_longer_takes_over_the_lints_is_looser() -> None:
    base = {"Cargo.toml": WORKSPACE, "a/Cargo.toml": MEMBER}
    (change,) = surveyed(SURVEY, base, base | {"a/Cargo.toml": MEMBER.partition("[lints]")[0]}).changes
    assert (change.change, change.path) == (ChangeClass.RELAXED, "a/Cargo.toml")
    assert notes(change) == ["lint-no-longer-inherited"]


def test_taking_over_lints_that_guard_nothing_says_nothing() -> None:
    base = {"Cargo.toml": "[workspace]\n[workspace.lints.rust]\nunused = 'deny'\n", "a/Cargo.toml": MEMBER}
    assert told(surveyed(SURVEY, base, base | {"a/Cargo.toml": MEMBER.partition("[lints]")[0]})) == []


def test_a_workspace_can_be_named() -> None:
    base = {
        "w/Cargo.toml": WORKSPACE,
        "a/Cargo.toml": MEMBER.replace("[lints]", 'workspace = "../w"\n[lints]'),
    }
    head = base | {"a/Cargo.toml": base["a/Cargo.toml"].partition("[lints]")[0]}
    assert [each.change for each in surveyed(SURVEY, base, head).changes] == [ChangeClass.RELAXED]


def test_a_level_does_not_move_from_one_package_to_another() -> None:
    lints = '[lints.rust]\nunsafe_code = "deny"\n'
    base = {"a/Cargo.toml": lints, "b/Cargo.toml": ""}
    found = surveyed(SURVEY, base, {"a/Cargo.toml": "", "b/Cargo.toml": lints})
    assert [(each.change, each.path) for each in found.changes] == [
        (ChangeClass.RELAXED, "a/Cargo.toml"),
        (ChangeClass.ADDED, "b/Cargo.toml"),
    ]


def test_what_a_file_asked_for_that_is_gone_is_looser_but_not_for_a_package_that_is_gone() -> None:
    base = {
        "clippy.toml": "check-private-items = true\n",
        "a/Cargo.toml": '[lints.rust]\nunsafe_code = "deny"\n',
    }
    assert [(each.change, each.path) for each in surveyed(SURVEY, base, {}).changes] == [
        (ChangeClass.REMOVED, "a/Cargo.toml"),
        (ChangeClass.RELAXED, "clippy.toml"),
    ]


def test_a_workflow_under_another_name_is_moved() -> None:
    text = with_step("-D unsafe_code")
    found = surveyed(SURVEY, {WORKFLOW: text}, {".github/workflows/lint.yml": text})
    assert [each.change for each in found.changes] == [ChangeClass.MOVED]


@pytest.mark.parametrize(
    "text",
    [
        "-Wall -Dfoo",
        "gcc -W -A x",
        "# -D unsafe_code",
        "rustc -D warnings",
        "cargo build --deny=x",
        "ls -D unused",
        "x-A warnings",
    ],
)
def test_other_flags_are_none(text: str) -> None:
    assert told(surveyed(SURVEY, {"Makefile": ""}, {"Makefile": text})) == []


def test_a_level_that_a_source_gives_up_to_the_manifest_is_told_at_the_source() -> None:
    site = Site("lint-level", "", 1, 1, 1, 0, 0, 1, "x", "forbid(unsafe_code)", macro=Macro.NONE)
    left = Change(
        ChangeClass.RELAXED, "src/lib.rs", site, "print", Place("src/lib.rs", site), (Reason.LINT_LOOSENED,)
    )
    base, head = {"Cargo.toml": ""}, {"Cargo.toml": '[lints.rust]\nunsafe_code = "forbid"\n'}
    ((fingerprint, (note,)),) = surveyed(SURVEY, base, head, Analysis((left,))).notes
    assert (fingerprint, note.id, dict(note.values)["manifest"]) == ("print", "lint-still-held", "Cargo.toml")
    weaker = {"Cargo.toml": '[lints.rust]\nunsafe_code = "warn"\n'}
    assert surveyed(SURVEY, base, weaker, Analysis((left,))).notes == ()


@pytest.mark.parametrize("path", ["Cargo.toml", ".cargo/config.toml", "clippy.toml", WORKFLOW])
def test_a_file_that_cannot_be_read_is_told(path: str) -> None:
    found = surveyed(SURVEY, {path: ""}, {path: "[a\n: ]x: ["})
    assert [(each.path, each.reason) for each in found.unanalysed] == [(path, UnanalysedReason.UNPARSABLE)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("Makefile", "-D " * 300_000),
        ("Makefile", "--cap-lints" * 90_000),
        ("Cargo.toml", "[lints.rust]\n" + "".join(f'unsafe_code{i} = "deny"\n' for i in range(2_000))),
        (".cargo/config.toml", f'[build]\nrustflags = "{"-Dwarnings " * 90_000}"\n'),
        (WORKFLOW, "env:\n  RUSTFLAGS: " + "-A warnings " * 9_000),
    ],
    ids=["letters", "caps", "manifest", "configuration", "workflow"],
)
def test_a_hostile_file_is_read_in_bounded_time(path: str, data: str) -> None:
    assert len(surveyed(SURVEY, {}, {path: data}).changes) <= 1


def test_an_audit_counts_every_level() -> None:
    files = {
        "Cargo.toml": WORKSPACE,
        "a/Cargo.toml": MEMBER,
        WORKFLOW: with_step("-D unsafe_code"),
        "a/x.rs": "",
    }
    assert counted(SURVEY, files) == [
        (WORKFLOW, 8, "lint-level", "deny(unsafe_code)"),
        ("Cargo.toml", 4, "lint-level", "deny(unsafe_op_in_unsafe_fn)"),
        ("a/Cargo.toml", 4, "lint-level", "deny(the workspace's lints)"),
    ]
