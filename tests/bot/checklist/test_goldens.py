"""What people and programs read, as whole files: every item in every case, and whole pages in every format."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import pytest

from analyzers.publishing.checklist import checklist as check
from analyzers.publishing.model import Checklist
from analyzers.publishing.tree import crate_trees
from bot.render import CHECKLIST_FORMATS, Display, checklist_comment, checklists
from bot.render.checklist import PublishingView, open_items
from bot.render.checklist_advice import advice, plain
from tests.analyzers.publishing.packages import Case, cases, listing

GOLDENS = Path(__file__).resolve().parents[2] / "goldens" / "checklist"
BY_ITEM = {id: tuple(found) for id, found in groupby(cases(), key=lambda case: case.item)}
NEW = {
    "Cargo.toml": '[package]\nname = "dates"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\n',
    "src/lib.rs": "pub fn add(left: u64, right: u64) -> u64 {\n    left + right\n}\n\n#[cfg(test)]\nmod tests {\n"
    "    use super::*;\n\n    #[test]\n    fn it_works() {\n        assert_eq!(add(2, 2), 4);\n    }\n}\n",
}
HOSTILE = {
    "Cargo.toml": '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\ndescription = "TODO ``` `@all` '
    '<!-- cratewarden:review --> \\u202e](http://evil.example) | #1"\nlicense = "M`I`T@ada"\n'
    'keywords = ["@ada", "a\\nb"]\nrepository = "javascript:alert(1)"\n',
    "src/@ada.rs": "",
    "src/lib.rs": "#![feature(`)]\npub fn f() {}\n",
}
PRIVATE = {"Cargo.toml": '[package]\nname = "own"\nversion = "0.1.0"\npublish = false\n', "src/lib.rs": ""}


def checked(files: Mapping[str, str], tags: tuple[str, ...] = ()) -> tuple[Checklist, ...]:
    return tuple(check(tree) for tree in crate_trees(listing(files, tags)))


def agree(name: str, text: str) -> None:
    path = GOLDENS / name
    if os.environ.get("UPDATE_GOLDENS"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def told(case: Case) -> str:
    found = case.found
    place = f"{found.place.path}:{found.place.line}" if found.place.path else "no place"
    head = f"## {case.sentence}\n\n{found.verdict} · {found.severity} · {place}"
    return "\n\n".join(part for part in (head, advice(found, {}).message, plain(found, {})) if part)


@pytest.mark.parametrize("id", BY_ITEM)
def test_an_item_says_in_every_case_what_its_golden_holds(id: str) -> None:
    agree(f"{id}.md", "\n\n".join(told(case) for case in BY_ITEM[id]) + "\n")


@pytest.mark.parametrize("format", CHECKLIST_FORMATS)
@pytest.mark.parametrize(("name", "files"), [("new", NEW), ("hostile", HOSTILE), ("private", PRIVATE)])
def test_a_page_is_what_its_golden_holds(name: str, files: Mapping[str, str], format: str) -> None:
    view = PublishingView(checked(files))
    agree(f"pages/{name}.{format}", checklists(view, format))


def test_a_page_with_everything_is_what_its_golden_holds() -> None:
    agree("pages/new-verbose.text", checklists(PublishingView(checked(NEW)), "text", Display(verbose=True)))


def test_the_comment_shows_what_is_done_since_it_first_spoke() -> None:
    before = checked(NEW)
    files = {**NEW, "README.md": "# dates\n\nParses calendar dates.\n"}
    view = PublishingView(
        checked(files), "0123456789" * 4, "https://example.org/ada/dates", told=open_items(before)
    )
    agree("pages/comment.md", checklist_comment(view) or "")


def test_the_json_holds_exactly_the_keys_of_its_contract() -> None:
    document = json.loads(checklists(PublishingView(checked(NEW)), "json"))
    assert document["schema"] == "cratewarden/checklist/1"
    [crate] = document["crates"]
    assert list(crate) == ["name", "path", "items"]
    keys = ["id", "verdict", "severity", "message", "path", "line", "fix", "authority"]
    assert {tuple(item) for item in crate["items"]} == {tuple(keys)}
    assert {item["verdict"] for item in crate["items"]} <= {"pass", "fail", "ask"}
    assert {item["severity"] for item in crate["items"]} <= {"reject", "warn", "advise"}
    assert all(item["fix"] for item in crate["items"] if item["verdict"] == "fail")
