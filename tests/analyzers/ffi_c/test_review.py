"""What a pull request is told about the headers beside it, whichever side it edits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.ffi import header_wanted
from analyzers.ffi.header_wanted import wanted
from analyzers.model import Analysis, Change, ChangeClass, Severity, Site
from analyzers.survey import Entry
from tests.analyzers.ffi_c.pull_request import Files, findings, sides, survey

RUST = 'extern "C" {\n    fn lib_open(path: *const u8, flags: i32) -> i32;\n}\n'
HEADER = "int lib_open(const unsigned char *path, int flags);\n"
WIDER = HEADER.replace("int flags", "long long flags")
TREE = {"Cargo.toml": "", "src/ffi.rs": RUST, "include/lib.h": HEADER}


@pytest.mark.parametrize(
    "tree",
    [
        TREE,
        {"Makefile": "", "rust/ffi.rs": RUST, "include/lib.h": HEADER},
        {"Kbuild": "", "drivers/net/phy.rs": RUST, "include/linux/lib.h": HEADER},
        {"meson.build": "", "rust/hw/src/lib.rs": RUST, "include/hw/lib.h": HEADER},
        {"BUILD.bazel": "", "a/b/c.rs": RUST, "x/y/z.h": HEADER},
    ],
)
def test_an_edit_of_the_header_alone_flags_the_rust_side(tree: Files) -> None:
    header = next(path for path in tree if path.endswith(".h"))
    (finding,) = findings(tree, {**tree, header: WIDER})
    assert (finding.path.endswith(".rs"), finding.line, finding.severity) == (True, 2, Severity.WARN)
    assert [(note.id, note.path, note.line) for note in finding.notes] == [
        ("header-parameter-width", header, 1)
    ]


def test_an_edit_of_the_rust_side_alone_is_compared_with_the_header() -> None:
    (finding,) = findings(TREE, {**TREE, "src/ffi.rs": RUST.replace("flags: i32", "flags: i64")})
    assert [note.id for note in finding.notes] == ["header-parameter-width"]


def test_a_typedef_in_another_header_decides_as_well() -> None:
    tree = {
        **TREE,
        "include/lib.h": WIDER.replace("long long", "flags_t"),
        "types.h": "typedef int flags_t;\n",
    }
    assert findings({}, tree) == ()
    (finding,) = findings(tree, {**tree, "types.h": "typedef unsigned char flags_t;\n"})
    assert [note.path for note in finding.notes] == ["include/lib.h"]


def test_the_rust_type_may_be_defined_in_another_file_of_the_crate() -> None:
    tree = {
        **TREE,
        "src/types.rs": "pub type Flags = i64;\n",
        "src/ffi.rs": "use crate::types::Flags;\n" + RUST.replace("flags: i32", "flags: Flags"),
    }
    assert [note.id for finding in findings(TREE, tree) for note in finding.notes] == [
        "header-parameter-width"
    ]


def test_both_sides_edited_alike_are_silent() -> None:
    both = {**TREE, "src/ffi.rs": RUST.replace("flags: i32", "flags: i64"), "include/lib.h": WIDER}
    assert findings(TREE, both) == ()


@pytest.mark.parametrize("edit", ["/* About it. */\n" + WIDER, WIDER + "\nint lib_more(void);\n"])
def test_what_was_wrong_before_is_not_told_again(edit: str) -> None:
    tree = {**TREE, "include/lib.h": WIDER}
    assert findings(tree, {**tree, "include/lib.h": edit}) == ()
    assert findings(tree, {**tree, "src/ffi.rs": "//! Docs.\n\n" + RUST}) == ()


def test_a_mismatch_that_was_mended_is_silent() -> None:
    assert findings({**TREE, "include/lib.h": WIDER}, TREE) == ()


def test_what_only_c_has_stays_silent() -> None:
    assert findings(TREE, {**TREE, "include/lib.h": HEADER + "void lib_new(int a);\n"}) == ()
    assert findings(TREE, {**TREE, "include/lib.h": ""}) == ()


def test_one_declaration_that_fits_is_enough() -> None:
    tree = {**TREE, "old/lib.h": "int lib_open(const char *path);\n"}
    assert findings({}, tree) == ()


def test_symbolic_links_are_not_read_as_headers() -> None:
    both = sides(TREE, {**TREE, "src/ffi.rs": RUST + "\n"})
    linked = replace(both.head, entries={**both.head.entries, "link.h": Entry("symlink", "include/lib.h")})
    assert "include/lib.h" in wanted(replace(both, head=linked))
    assert "link.h" not in wanted(replace(both, head=linked))


def test_tests_and_examples_are_left_alone() -> None:
    tree = {"tests/ffi.rs": RUST, "examples/ffi.rs": RUST, "lib.h": HEADER}
    assert findings(tree, {**tree, "lib.h": WIDER}) == ()


def test_a_difference_in_constness_is_a_note_on_the_change_and_no_finding() -> None:
    head = {**TREE, "src/ffi.rs": RUST.replace("*const u8", "*mut u8")}
    site = Site("foreign-fn", "extern C::fn lib_open", 2, 5, 2, 0, 0, 0, "")
    change = Change(ChangeClass.CHANGED, "src/ffi.rs", site, "print")
    found = survey(TREE, head, Analysis((change,)))
    assert found.findings == ()
    assert [(mark, [note.id for note in notes]) for mark, notes in found.notes] == [
        ("print", ["header-parameter-const"])
    ]


def test_a_difference_that_is_no_error_on_every_target_is_a_quiet_finding() -> None:
    (finding,) = findings(TREE, {**TREE, "include/lib.h": HEADER.replace("int flags", "unsigned flags")})
    assert finding.severity is Severity.NOTE


def test_a_binding_that_was_not_generated_again_says_so() -> None:
    tree = {**TREE, "src/ffi.rs": "/* automatically generated by rust-bindgen 0.71.1 */\n" + RUST}
    (finding,) = findings(tree, {**tree, "include/lib.h": WIDER})
    assert [note.id for note in finding.notes] == ["header-parameter-width", "header-binding-generated"]


def test_of_bindings_for_several_versions_one_that_fits_is_enough() -> None:
    made = "/* automatically generated by rust-bindgen 0.71.1 */\n" + RUST
    tree = {**TREE, "src/ffi.rs": made, "src/ffi_2.rs": made}
    head = {**tree, "include/lib.h": WIDER, "src/ffi_2.rs": made.replace("flags: i32", "flags: i64")}
    assert findings(tree, head) == ()


def test_a_header_that_was_not_generated_again_says_so() -> None:
    rust = '#[no_mangle] pub extern "C" fn lib_add(a: i32) {}\n'
    tree = {"src/lib.rs": rust, "lib.h": "/* Generated with cbindgen:0.27.0 */\nvoid lib_add(int32_t a);\n"}
    (finding,) = findings(tree, {**tree, "src/lib.rs": rust.replace("i32", "i64")})
    assert [(note.id, note.path) for note in finding.notes] == [
        ("header-parameter-width", "lib.h"),
        ("header-generated", "lib.h"),
    ]


def test_nothing_is_read_where_no_interface_is_touched() -> None:
    tree = {"src/a.rs": "fn a() {}\n", "src/b.rs": RUST, "lib.h": HEADER}
    both = sides(tree, {**tree, "src/a.rs": "fn a() { b() }\n"})
    assert list(both.head.contents) == ["src/a.rs"]


def test_nothing_is_read_where_there_are_no_headers() -> None:
    tree = {"src/a.rs": RUST, "src/b.rs": RUST}
    both = sides(tree, {**tree, "src/a.rs": RUST + RUST})
    assert list(both.head.contents) == ["src/a.rs"]


def test_headers_are_read_only_where_a_source_speaks_of_foreign_items() -> None:
    tree = {"a.rs": "fn a() {}\n", "one.h": "int f(void);\n", "two.h": "int g(void);\n"}
    both = sides(tree, {**tree, "one.h": "long f(void);\n"})
    assert sorted(both.head.contents) == ["a.rs", "one.h"]


def test_the_nearest_files_come_first_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_wanted, "_MOST_FILES", 3)
    tree = {
        "x/a.rs": RUST,
        "lib/src/near.rs": RUST,
        "lib/include/lib.h": HEADER,
        "lib/z.rs": RUST,
        "y/b.rs": RUST,
    }
    both = sides(tree, {**tree, "lib/include/lib.h": WIDER})
    assert [path for path in sorted(both.head.contents) if path.endswith(".rs")] == [
        "lib/src/near.rs",
        "lib/z.rs",
        "x/a.rs",
    ]


def test_reading_ends_where_the_bytes_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_wanted, "_FIRST", 10)
    monkeypatch.setattr(header_wanted, "_MOST_BYTES", 40_000)
    tree = {f"src/m{index:03}.rs": RUST + "/" * 1000 for index in range(100)} | {"lib.h": HEADER}
    both = sides(tree, {**tree, "lib.h": WIDER})
    read = sum(len(data) for path, data in both.head.contents.items() if path.endswith(".rs"))
    assert 10_000 < read < 45_000
