"""The checklist speaks about what a pull request publishes, and about what somebody asks for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.mentor.occasions import Occasion, subjects
from tests.bot.mentor.packages import manifest, packages

WORKSPACE = '[workspace]\nmembers = ["*"]\n'
NOWHERE = "publish = false\n"
BEFORE = {"Cargo.toml": manifest()}


def spoken(
    after: Mapping[str, str], before: Mapping[str, str] = BEFORE, asked: set[str] | None = None
) -> dict[str, str]:
    """Folders and occasions."""
    found = subjects(packages(after), packages(before), asked)
    return {subject.folder: subject.occasion.value for subject in found}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param({"Cargo.toml": manifest()}, {}, id="nothing changed"),
        pytest.param({"Cargo.toml": manifest(more="edition = '2021'\n")}, {}, id="another key changed"),
        pytest.param({"Cargo.toml": manifest(version="0.2.0")}, {".": "version"}, id="the version changed"),
        pytest.param({"Cargo.toml": manifest("bell")}, {".": "new"}, id="a new name is a new package"),
        pytest.param(
            {"Cargo.toml": manifest(version="0.2.0", more=NOWHERE)}, {}, id="it may not be published"
        ),
        pytest.param({"a/Cargo.toml": manifest()}, {}, id="it moved to another folder"),
        pytest.param(
            {"Cargo.toml": manifest(version="0.2.0", more="publish = ['ours']\n")},
            {".": "version"},
            id="it goes to another registry",
        ),
        pytest.param(
            {"Cargo.toml": "[package\n"}, {}, id="a known manifest broke, which Cargo says by itself"
        ),
        pytest.param(
            {"Cargo.toml": f"{manifest()}\n{WORKSPACE}", "b/Cargo.toml": "[package\n"},
            {"b": "new"},
            id="a new manifest that nobody can read",
        ),
        pytest.param(
            {"Cargo.toml": f"{manifest()}\n{WORKSPACE}", "b/Cargo.toml": manifest("bell")},
            {"b": "new"},
            id="a new member of a workspace",
        ),
        pytest.param(
            {"Cargo.toml": manifest(), "tests/sample/Cargo.toml": manifest("sample")},
            {},
            id="a fixture that no workspace knows",
        ),
    ],
)
def test_it_speaks_when_something_is_about_to_be_published(
    after: Mapping[str, str], expected: Mapping[str, str]
) -> None:
    assert spoken(after) == expected


def test_a_manifest_made_publishable_speaks() -> None:
    before = {"Cargo.toml": manifest(more=NOWHERE)}
    assert spoken({"Cargo.toml": manifest()}, before) == {".": Occasion.PUBLISHABLE}


def test_a_version_that_members_inherit_speaks_for_each_of_them() -> None:
    def files(version: str) -> Mapping[str, str]:
        member = "[package]\nversion.workspace = true\n"
        return {
            "Cargo.toml": f'{WORKSPACE}[workspace.package]\nversion = "{version}"\n',
            "a/Cargo.toml": f'{member}name = "a"\n',
            "b/Cargo.toml": f'{member}name = "b"\npublish = false\n',
        }

    assert spoken(files("0.2.0"), files("0.1.0")) == {"a": Occasion.VERSION}


MANY = {
    "Cargo.toml": f"{manifest()}\n{WORKSPACE}",
    "a/Cargo.toml": manifest("a"),
    "ab/Cargo.toml": manifest("ab", more=NOWHERE),
}


@pytest.mark.parametrize(
    ("paths", "folders"),
    [
        pytest.param({"a/src/lib.rs"}, ["a"], id="the package that a file lies in"),
        pytest.param({"ab/src/lib.rs"}, ["ab"], id="even one that may not be published"),
        pytest.param({"src/lib.rs", "a/x"}, [".", "a"], id="the package at the root, and another"),
        pytest.param(set(), [".", "a"], id="all that may be published where nothing changed"),
    ],
)
def test_who_asks_hears_about_the_packages_that_changed(paths: set[str], folders: list[str]) -> None:
    assert list(spoken(MANY, MANY, paths)) == folders


def test_asking_adds_to_what_speaks_by_itself() -> None:
    after = MANY | {"a/Cargo.toml": manifest("a", "0.2.0")}
    assert spoken(after, MANY, {"src/lib.rs"}) == {".": "asked", "a": "version"}


def test_a_repository_without_packages_has_nothing_to_say() -> None:
    assert spoken({"README.md": "x"}, {}, {"README.md"}) == {}
