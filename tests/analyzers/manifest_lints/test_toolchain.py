"""What code is built with, compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzers.model import ChangeClass, UnanalysedReason
from analyzers.surveys.toolchain import SURVEY
from tests.analyzers.buildtime.trees import counted, notes, surveyed, told

TARGET = '{"llvm-target": "x86_64", "panic-strategy": "abort",\n "features": "+sse"}'
PACKAGE = '[package]\nname = "a"\nedition = "{}"\n'

# Path, before, after, what is told, and the note.
CHANGES = {
    "the channel alone": (
        "rust-toolchain", "1.70.0\n", "nightly\n",
        "changed toolchain rust-toolchain:1 channel = nightly", "toolchain-became channel 1.70.0 nightly",
    ),
    "the channel in a table": (
        "rust-toolchain.toml", '[toolchain]\nchannel = "stable"\n', '[toolchain]\nchannel = "nightly"\n',
        "changed toolchain rust-toolchain.toml:2 channel = nightly", "toolchain-became channel stable nightly",
    ),
    "an older edition": (
        "Cargo.toml", PACKAGE.format(2024), PACKAGE.format(2021),
        "relaxed toolchain Cargo.toml:3 edition = 2021", "toolchain-became edition 2024 2021",
    ),
    "a newer edition": (
        "Cargo.toml", PACKAGE.format(2021), PACKAGE.format(2024),
        "changed toolchain Cargo.toml:3 edition = 2024", "toolchain-became edition 2021 2024",
    ),
    "an unstable feature": (
        "src/lib.rs", "#![feature(a)]\n", "#![feature(a)]\n#![cfg_attr(x, feature(b))]\n",
        "added toolchain src/lib.rs:2 b", "toolchain-feature b",
    ),
    "an unstable feature of Cargo": (
        "Cargo.toml", "", 'cargo-features = ["profile-rustflags"]\n',
        "added toolchain Cargo.toml:1 profile-rustflags", "toolchain-feature profile-rustflags",
    ),
    "a key of a target": (
        "x86.json", TARGET, TARGET.replace("+sse", "-sse"),
        "changed toolchain x86.json:1 target x86.json", "toolchain-became features +sse -sse :2",
    ),
    "a target": ("x86.json", "{}", TARGET, "added toolchain x86.json:1 target x86.json", "toolchain-target"),
    "a linker": (
        ".cargo/config.toml", "", '[target.x86_64-unknown-linux-gnu]\nlinker = "./ld"\n',
        "added toolchain .cargo/config.toml:2 linker = ./ld", "toolchain-set linker ./ld",
    ),
    "a wrapper of the compiler": (
        ".cargo/config.toml", '[build]\nrustc-wrapper = "sccache"\n', '[build]\nrustc-wrapper = "./x"\n',
        "changed toolchain .cargo/config.toml:2 rustc-wrapper = ./x", "toolchain-became rustc-wrapper sccache ./x",
    ),
    "a stand-in for a build script": (
        ".cargo/config.toml", "", '[target.x86_64.openssl]\nrustc-link-lib = ["evil"]\n',
        "added toolchain .cargo/config.toml:1 openssl = rustc-link-lib=evil",
        "toolchain-set openssl rustc-link-lib=evil",
    ),
    "checks of overflow": (
        ".cargo/config.toml", '[build]\nrustflags = ["-C", "overflow-checks=on"]\n',
        '[build]\nrustflags = ["-C", "overflow-checks=off"]\n',
        "changed toolchain .cargo/config.toml:2 -C overflow-checks = off", "toolchain-became -C overflow-checks on off",
    ),
    "unstable features without asking": (
        "Makefile", "x:\n\trustc a.rs\n", "x:\n\tRUSTC_BOOTSTRAP=1 rustc a.rs\n",
        "added toolchain Makefile:2 RUSTC_BOOTSTRAP = 1", "toolchain-set RUSTC_BOOTSTRAP 1",
    ),
    "unstable features that the kernel allows": (
        "scripts/Makefile.build", "f := a\n", "f := a\nr := -Zallow-features=$(f)\n",
        "added toolchain scripts/Makefile.build:2 -Z allow-features = $(f)", "toolchain-set -Z allow-features $(f)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("path", "before", "after", "line", "note"), CHANGES.values(), ids=CHANGES)
def test_it_is_told(path: str, before: str, after: str, line: str, note: str) -> None:
    found = surveyed(SURVEY, {path: before}, {path: after})
    assert told(found) == [line]
    assert notes(found.changes[0]) == [note]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("rust-toolchain", "stable", "stable\n"),
        ("src/lib.rs", "#![feature(a, b)]", "#![feature(\n    a, // why\n    b,\n)]"),
        ("src/lib.rs", "", '#[cfg(feature = "x")]\nmod a { #![allow(x)] }\n// #![feature(y)]'),
        ("x.json", TARGET, TARGET.replace(", ", ",\n\n")),
        ("package.json", "{}", '{"name": "llvm-target"}'),
        (".cargo/config.toml", "", '[alias]\nx = "run"\n[net]\noffline = true\n'),
        ("Cargo.toml", PACKAGE.format(2021), PACKAGE.format(2021) + 'rust-version = "1.70"\n'),
    ],
)
def test_nothing_is_told(path: str, before: str, after: str) -> None:
    assert told(surveyed(SURVEY, {path: before}, {path: after})) == []


def test_features_that_only_change_their_order_are_the_same() -> None:
    found = surveyed(SURVEY, {"src/lib.rs": "#![feature(a, b)]"}, {"src/lib.rs": "#![feature(b, a)]"})
    assert {each.change for each in found.changes} <= {ChangeClass.MOVED}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("rust-toolchain.toml", "[toolchain"),
        ("Cargo.toml", "[package"),
        ("my-os.json", '{"llvm-target": '),
        ("my-os.json", '{"llvm-target": ' + "[" * 10_000),
        ("my-os.json", '["llvm-target": 1]'),
    ],
)
def test_a_file_that_cannot_be_read_is_told(path: str, data: str) -> None:
    found = surveyed(SURVEY, {}, {path: data})
    assert [(each.path, each.reason) for each in found.unanalysed] == [(path, UnanalysedReason.UNPARSABLE)]


def test_an_audit_counts_the_first_files_of_crates() -> None:
    files = {
        "src/lib.rs": "#![feature(a)]",
        "src/x.rs": "#![feature(b)]",
        "rust-toolchain": "1.70",
        "a-b.json": TARGET,
    }
    assert counted(SURVEY, files) == [
        ("a-b.json", 1, "toolchain", "target a-b.json"),
        ("rust-toolchain", 1, "toolchain", "channel = 1.70"),
        ("src/lib.rs", 1, "toolchain", "a"),
    ]


def test_the_example_of_the_reference_is_one() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/kinds.md").read_text(encoding="utf-8")
    example = re.search(r"^### toolchain\n.*?^```rust\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert example is not None
    assert [kind for _, _, kind, _ in counted(SURVEY, {"src/lib.rs": example[1]})] == ["toolchain"]
