"""An audit compares sources with the headers that may be meant for them, all at once or in parts of the tree."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from analyzers.ffi import header_wanted
from analyzers.ffi.header_review import audited
from analyzers.ffi.header_wanted import portions
from analyzers.survey import Entry, Tree

PACKAGE = b'[package]\nname = "x"\n'
FOREIGN = b'extern "C" {\n    fn ring_open(flags: u8);\n}\n'
HEADER = b"int ring_open(const char *path, int flags);\n"


def package(folder: str, **more: bytes) -> Mapping[str, bytes]:
    files = {
        "Cargo.toml": PACKAGE,
        "src/lib.rs": FOREIGN,
        **{name.replace("_h", ".h"): more[name] for name in more},
    }
    return {f"{folder}/{name}": data for name, data in files.items()}


def parts(files: Mapping[str, bytes]) -> list[list[str]]:
    kinds = {path: frozenset({"foreign-fn"}) for path, data in files.items() if data == FOREIGN}
    tree = Tree({path: Entry("file", path) for path in files})
    return [sorted(portion) for portion in portions(tree, kinds)]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_wanted, "_TOGETHER", 3)


def test_a_repository_is_judged_as_a_whole_with_the_packages_that_c_may_see() -> None:
    files = {
        **package("a"),
        **package("b", ring_h=HEADER),
        "c/Cargo.toml": PACKAGE,
        "c/src/lib.rs": b"",
        "ring.h": HEADER,
    }
    [only] = parts(files)
    assert only == sorted(path for path in files if not path.startswith("c/"))


def test_nothing_is_read_where_headers_or_foreign_items_are_missing() -> None:
    assert parts(package("a")) == []
    assert parts({"a/lib.rs": b"", "a/ring.h": HEADER}) == []


@pytest.mark.usefixtures("few")
def test_a_folder_of_many_packages_is_judged_in_parts_each_with_its_own_headers() -> None:
    files = {**package("all/a", ring_h=HEADER), **package("all/b", ring_h=HEADER), **package("all/c")}
    assert parts(files) == [
        ["all/a/Cargo.toml", "all/a/ring.h", "all/a/src/lib.rs"],
        ["all/b/Cargo.toml", "all/b/ring.h", "all/b/src/lib.rs"],
    ]


@pytest.mark.usefixtures("few")
def test_headers_of_the_package_around_and_of_none_are_for_every_part() -> None:
    shared = {"Cargo.toml": PACKAGE, "include/ring.h": HEADER}
    files = {**package("sys/a", one_h=HEADER), **package("sys/b", two_h=HEADER), **shared}
    assert [[path for path in part if path.endswith(".h")] for part in parts(files)] == [
        ["include/ring.h", "sys/a/one.h"],
        ["include/ring.h", "sys/b/two.h"],
    ]
    del files["Cargo.toml"]
    assert [len([path for path in part if path.endswith(".h")]) for part in parts(files)] == [2, 2]


@pytest.mark.usefixtures("few")
def test_a_package_is_never_torn_apart() -> None:
    many = {f"a/src/m{number}.rs": FOREIGN for number in range(5)}
    files = {**package("a", ring_h=HEADER), **many}
    assert parts(files) == [sorted(files)]


@pytest.mark.usefixtures("few")
def test_a_tree_without_manifests_is_one_part() -> None:
    files = {
        "include/ring.h": HEADER,
        "include/other.h": HEADER,
        "drivers/a.rs": FOREIGN,
        "rust/b.rs": FOREIGN,
    }
    assert parts(files) == [sorted(files)]


@pytest.mark.usefixtures("few")
def test_a_part_tells_what_the_whole_would_have_told() -> None:
    files = {**package("all/a", ring_h=HEADER), **package("all/b", ring_h=HEADER), **package("all/c")}
    found = [
        finding.path
        for part in parts(files)
        for finding in audited(
            Tree({path: Entry("file", path) for path in part}, {path: files[path] for path in part})
        )
    ]
    assert found == ["all/a/src/lib.rs", "all/b/src/lib.rs"]
