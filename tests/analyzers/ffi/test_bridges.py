"""What bridges show to other languages is part of their sites, and changes are told in words."""

from __future__ import annotations

import pytest

from analyzers.ffi.udl import udl_changes
from analyzers.model import Analysis, FileChange, FileSide
from analyzers.survey import Sides, Tree
from analyzers.surveys.ffi_bridges import SURVEY
from bot.render import prose
from tests.analyzers.ffi.reviews import file_review

PYMETHODS = "#[pymethods]\nimpl Ring {\n    #[new]\n    fn new(size: usize) -> Self { loop {} }\n"
TABLE = "#[magnus::init]\nfn init(ruby: &Ruby) -> Result<(), Error> {\n    ENTRY\n    Ok(())\n}\n"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (
            "#[pyfunction]\nfn sum(a: usize, b: usize) -> usize { a + b }",
            "#[pyfunction]\nfn sum(a: usize, b: isize) -> PyResult<usize> { Ok(a) }",
            [
                "Parameter 2 `b`: `usize` became `isize`.",
                "The return type `usize` became `PyResult<usize>`.",
            ],
        ),
        (
            PYMETHODS + "}",
            PYMETHODS.replace("usize", "u32") + "    fn len(&self) -> usize { 0 }\n}",
            [
                "The signature of `new` changed:",
                "Parameter 1 `size`: `usize` became `u32`.",
                "`len` is new for the other language.",
            ],
        ),
        (
            "#[wasm_bindgen]\nimpl A { pub fn shown(&self) {} }",
            "#[wasm_bindgen]\nimpl A { pub fn other(&self) {} fn hidden(&self) {} }",
            ["The other language no longer finds `shown`.", "`other` is new for the other language."],
        ),
        (
            "#[wasm_bindgen]\npub struct P { pub x: f32, y: u8 }",
            "#[wasm_bindgen]\npub struct P { pub x: f64, y: u8 }",
            ["The type `P` changed:", "Field `x`: `f32` became `f64`."],
        ),
        (
            "#[derive(Clone, uniffi::Record)]\npub struct P { pub x: f32 }",
            "#[derive(Clone, uniffi::Record)]\npub struct P { pub x: f32, pub y: f32 }",
            ["The type `P` changed:", "Field 2 `y`: `f32` is new."],
        ),
        (
            "#[cxx::bridge]\nmod ffi { struct S { a: u8 } }",
            "#[cxx::bridge]\nmod ffi { struct S { a: u16 } }",
            ["The type `S` changed:", "Field `a`: `u8` became `u16`."],
        ),
        (
            "#[napi]\npub fn add(a: i32) -> i32 { a }",
            "#[napi]\npub fn add(a: i32, b: i32) -> i32 { a }",
            ["Parameter 2 `b`: `i32` is new."],
        ),
        (
            "#[neon::export]\nfn name(x: f64) -> String { loop {} }",
            "#[neon::export]\nfn name(x: String) -> String { loop {} }",
            ["Parameter 1 `x`: `f64` became `String`."],
        ),
        (
            TABLE.replace("ENTRY", 'm.define_method("a", method!(A::a, 0))?;'),
            TABLE.replace("ENTRY", 'm.define_method("b", method!(A::b, 0))?;'),
            ['It no longer exports `"a"`.', 'It exports `"b"` now.'],
        ),
        (
            "#[pymodule]\nfn m(m: &PyModule) { m.add_function(wrap_pyfunction!(f, m)?)?; }",
            "#[pymodule]\nfn m(m: &PyModule) { m.add_function(wrap_pyfunction!(g, m)?)?; }",
            ["It no longer exports `f`.", "It exports `g` now."],
        ),
        (
            'include_cpp! { #include "a.h" generate!("A") }',
            'include_cpp! { #include "a.h" generate!("A") generate_pod!("B") }',
            ['It exports `"B"` now.'],
        ),
        (
            "#[diplomat::bridge]\nmod ffi { impl A { pub fn f(&self) {} } }",
            "#[diplomat::bridge]\nmod ffi { impl A { pub fn f(&self, x: u8) {} } }",
            ["Parameter 2 `x`: `u8` is new."],
        ),
        (
            '#[no_mangle]\npub extern "system" fn Java_A_b(env: JNIEnv, x: jint) {}',
            '#[no_mangle]\npub extern "system" fn Java_A_b(env: JNIEnv, x: jlong) {}',
            ["Parameter 2 `x`: `jint` became `jlong`."],
        ),
    ],
)
def test_a_change_of_what_a_bridge_shows_is_told_in_words(before: str, after: str, words: list[str]) -> None:
    told = file_review(before, after)
    assert "changed" in [
        change.change for change in told.analysis.changes if change.site.kind == "ffi-bridge"
    ]
    assert told.words("ffi-bridge") == words


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PYMETHODS + "}", PYMETHODS.replace("loop {}", "Self::of(size)") + "}"),
        (
            "#[pyfunction]\nfn sum(a: usize, b: usize) {}",
            "#[pyfunction]\nfn sum(\n    a: usize,\n    b: usize,\n) {}",
        ),
        (
            "#[wasm_bindgen]\nimpl A { pub fn a(&self) {} }",
            "#[wasm_bindgen]\nimpl A { pub fn a(&self) {} fn b() {} }",
        ),
        ("#[wasm_bindgen]\nstruct P { pub x: u8, y: u8 }", "#[wasm_bindgen]\nstruct P { pub x: u8, z: u64 }"),
        ("#[napi]\nimpl A { fn a(&self) {} }", "#[napi]\nimpl A { fn b(&self) {} }"),
    ],
)
def test_what_the_other_language_does_not_see_is_no_change(before: str, after: str) -> None:
    told = file_review(before, after)
    assert [change for change in told.analysis.changes if change.site.kind == "ffi-bridge"] == []


def test_functions_of_a_cxx_bridge_are_told_as_foreign_functions() -> None:
    code = '#[cxx::bridge]\nmod ffi { unsafe extern "C++" { fn f(x: &CxxString) -> usize; } }'
    told = file_review(code, code.replace("usize", "u32"))
    assert told.words() == ["The return type `usize` became `u32`."]


UDL = b"""// The interface.
namespace todo {
    [Throws=TodoError]
    Entry create(string text, u64 due);
    sequence<Entry> all();
};
dictionary Entry {
    string text; /* shown; to people */
    u64? due = null;
};
interface List {
    constructor();
    void add(Entry e);
};
"""


def test_functions_and_records_of_a_udl_file_are_bridge_sites() -> None:
    found = SURVEY.sites(Tree(contents={"src/todo.udl": UDL})) if SURVEY.sites else {}
    assert [(site.item, site.line, site.detail) for site in found["src/todo.udl"]] == [
        ("todo::create", 4, "uniffi"),
        ("todo::all", 5, "uniffi"),
        ("Entry", 7, "uniffi"),
        ("List::constructor", 12, "uniffi"),
        ("List::add", 13, "uniffi"),
    ]


def test_an_edit_of_a_udl_file_is_told_for_each_function() -> None:
    edited = UDL.replace(b"u64 due)", b"u32 due)").replace(
        b"    sequence<Entry> all();\n", b"\n    // nothing\n"
    )
    changes = udl_changes({"a.udl": UDL}, {"a.udl": edited})
    assert [(change.change, change.site.item) for change in changes] == [
        ("changed", "todo::create"),
        ("removed", "todo::all"),
    ]
    (note,) = changes[0].notes
    assert prose.note(note).startswith("`[Throws=TodoError]Entry create(string text, u64 due)` became ")


def test_comments_and_layout_of_a_udl_file_are_no_change() -> None:
    assert (
        udl_changes({"a.udl": UDL}, {"a.udl": UDL.replace(b"    ", b"\t").replace(b"shown", b"seen")}) == ()
    )


def test_a_udl_file_that_cannot_be_read_or_does_not_close_is_not_passed_over() -> None:
    heads = [FileSide("a.udl", "file", "1", None), FileSide("b.udl", "file", "2", b"namespace x {\n f(;\n};")]
    sides = Sides(Tree(), Tree(), tuple(FileChange(None, side) for side in heads))
    found = SURVEY.compare(sides, Analysis()).unanalysed
    assert [(doubt.path, doubt.reason, doubt.line) for doubt in found] == [
        ("a.udl", "missing", 0),
        ("b.udl", "unbalanced", 3),
    ]
