"""Somebody's first crate, from `cargo new` to a list without a failure, by pasting what the list offers."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from analyzers.publishing.checklist import checklist
from analyzers.publishing.model import Checked, Edit, Verdict
from analyzers.publishing.tree import CrateTree, crate_trees
from tests.analyzers.publishing.packages import listing

MANIFEST = '[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\n'
LIBRARY = """\
pub fn add(left: u64, right: u64) -> u64 {
    left + right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_works() {
        let result = add(2, 2);
        assert_eq!(result, 4);
    }
}
"""
BINARY = 'fn main() {\n    println!("Hello, world!");\n}\n'
# What people put where the list says `<...>`, by a word of it.
FILLED = {
    "slug": "date-and-time",
    "word": "calendar",
    "other-word": "dates",
    "host": "example.org",
    "owner": "ada",
    "repository": "almanac",
}
MOST_STEPS = 60


def filled(text: str) -> str:
    return re.sub(r"<([^<>\n]+)>", lambda found: FILLED.get(found[1], "Adds numbers that are dates"), text)


def pasted(files: Mapping[str, str], edit: Edit) -> dict[str, str]:
    text = filled(edit.text)
    if edit.how == "create":
        assert edit.path not in files
        return {**files, edit.path: f"{text}\n"}
    lines = files[edit.path].split("\n")
    at = edit.line - 1 if edit.how == "replace" else edit.line
    lines[at : at + (edit.how == "replace")] = text.split("\n")
    return {**files, edit.path: "\n".join(lines)}


def read(files: Mapping[str, str], tags: tuple[str, ...] = ()) -> tuple[Checked, ...]:
    [tree] = crate_trees(listing(files, tags))
    assert isinstance(tree, CrateTree)
    return checklist(tree).items


def followed(files: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The files after every offer was taken, one item at a time, and the ids of the items in order."""
    steps: list[str] = []
    while len(steps) < MOST_STEPS:
        open_ones = [i for i in read(files) if i.verdict is not Verdict.PASS and i.result.edits]
        if not open_ones:
            return dict(files), steps
        steps.append(open_ones[0].id)
        for edit in open_ones[0].result.edits:
            files = pasted(files, edit)
    raise AssertionError(f"following the advice never ends: {steps}")


CRATES = {
    "a library of cargo new": {
        "Cargo.toml": MANIFEST.format(name="almanac"),
        "src/lib.rs": LIBRARY,
        ".gitignore": "/target\n",
        "Cargo.lock": "version = 4\n",
    },
    "a library with a build script and an old manifest": {
        "Cargo.toml": '[package]\nname = "almanac"\nversion = "0.1.0"\nlicense = "mit"\nkeywords = ["time zones"]\n'
        'categories = ["date"]\nrepository = "example.org/ada/almanac"\n',
        "build.rs": "fn main() {\n    println!(\"cargo:rustc-cfg=fast\");\n}\n",
        "src/lib.rs": "/// A date.\npub struct Date {\n    day: u8,\n}\n\nimpl Date {\n    pub fn day(&self) -> u8 {\n"
        "        self.day\n    }\n}\n\n#[test]\nfn works() {}\n",
    },
}  # fmt: skip


@pytest.mark.parametrize("files", CRATES.values(), ids=CRATES)
def test_pasting_every_offer_ends_without_a_failure(files: Mapping[str, str]) -> None:
    after, steps = followed(files)
    left = read(after)
    assert [item.id for item in left if item.verdict is Verdict.FAIL] == []
    assert {item.id for item in left if item.verdict is Verdict.ASK} <= {"release-tag"}
    assert len(steps) == len(set(steps)), "an offer did not help"


def test_with_its_tag_nothing_is_left_to_say() -> None:
    after, _ = followed(CRATES["a library of cargo new"])
    assert {item.verdict for item in read(after, ("v0.1.0",))} == {Verdict.PASS}


def test_a_binary_of_cargo_new_lacks_only_what_nobody_can_paste() -> None:
    after, _ = followed({"Cargo.toml": MANIFEST.format(name="almanac"), "src/main.rs": BINARY})
    assert {item.id for item in read(after) if item.verdict is Verdict.FAIL} == {"lock-file", "tests"}


@pytest.mark.parametrize("files", CRATES.values(), ids=CRATES)
def test_every_failure_either_offers_something_or_says_what_to_do_where(files: Mapping[str, str]) -> None:
    assert all(
        item.result.edits or item.result.places for item in read(files) if item.verdict is Verdict.FAIL
    )
