"""Findings about foreign signatures: types that no other language has, and declarations that clash."""

from __future__ import annotations

import pytest

from analyzers.ffi.findings import audited
from analyzers.ffi.wanted import WORKSPACE, portions
from analyzers.survey import Entry, Tree
from tests.analyzers.ffi.reviews import entries, file_review, review

MANIFEST = {"Cargo.toml": b"[package]\nname = 'x'\n"}
IMPROPER = "ffi-improper-type"
CLASH = "ffi-clash"


@pytest.mark.parametrize(
    "code",
    [
        'extern "C" { fn f(x: &str); }',
        'extern "C" { fn f(x: String); }',
        'extern "C" { fn f(x: char); }',
        'extern "C" { fn f(x: &[u8]) -> u8; }',
        'extern "C" { fn f(x: *const [u8]); }',
        'extern "C" { fn f(x: [u8; 4]); }',
        'extern "C" { fn f() -> (u8, u16); }',
        'extern "C" { fn f(x: Option<u32>); }',
        'extern "C" { fn f(x: fn(u8)); }',
        'extern "C" { fn f(x: &dyn Fn(u8)); }',
        'extern "C" { fn f(x: &std::ffi::CStr); }',
        'extern "C" { static NAMES: Vec<u8>; }',
        'pub extern "C" fn f(x: Vec<u8>) {}',
        '#[no_mangle] pub extern "C" fn f() -> Result<u8, u8> { Ok(1) }',
        'struct S { a: u8 } extern "C" { fn f(x: S); }',
        'struct S { a: u8 } extern "C" { fn f(x: Box<S>); }',
        'type A = S; struct S { a: u8 } pub extern "C" fn f() -> A { loop {} }',
        'enum E { A, B } pub extern "system" fn f(e: E) {}',
        'extern "C" { fn f(x: Option<Box<dyn Fn()>>); }',
        'extern "C" { #[link_name = "llvmadd"] fn f(x: (u8, u8)); }',
        "pub extern \"C\" fn f<'a>(x: &'a str) {}",
    ],
)
def test_a_type_without_a_representation_is_found(code: str) -> None:
    told = file_review("", code)
    assert [finding.id for finding in told.findings] == [IMPROPER]
    assert told.findings[0].notes


@pytest.mark.parametrize(
    "code",
    [
        'extern "C" { fn f(x: u8, y: *mut c_void, z: Option<extern "C" fn()>) -> *const c_char; }',
        'extern "C" { fn f(x: &u8, y: &mut [u8; 4], z: Option<&u8>, n: NonNull<u8>); }',
        'extern "C" { fn f(x: Unknown, y: other::String); }',
        'extern "C" { static TABLE: [[u8; 4]; 2]; }',
        'extern "Rust" { fn f(x: &str); }',
        'extern "C" fn f<T>(x: T, y: Box<T>) {}',
        '#[repr(C)] struct S { a: u8 } extern "C" { fn f(x: S, y: Box<S>); }',
        '#[repr(u8)] enum E { A } extern "C" { fn f(x: E); }',
        'struct S { a: u8 } extern "C" { fn f(x: *mut S, y: &S); }',
        'extern "C" { fn f() -> !; fn g() -> (); fn h(); }',
        '#[wasm_bindgen] extern "C" { fn f(x: &str) -> String; }',
        '#[cfg(test)] mod tests { extern "C" { fn f(x: &str); } }',
        "#[no_mangle] pub fn f(x: &str) {}",
        '#[bitflags] struct S { a: u8 } extern "C" { fn f(x: S); }',
        'macro_rules! m { ($t:ty) => { extern "C" { fn f(x: $t); } } }',
        'use other::S; extern "C" { fn f(x: S); } mod a { pub struct S { a: u8 } }',
        'struct Vec { a: *mut u8 } extern "C" { fn f(x: *mut Vec); }',
        'extern "C" { #[link_name = "llvm.add"] fn f(x: (u8, u8)); }',
        'extern "C" { #[cfg_attr(unix, link_name = "llvm.add")] fn f(x: (u8, u8)); }',
    ],
)
def test_what_has_a_representation_or_is_not_known_stays_silent(code: str) -> None:
    assert file_review("", code).findings == ()


def test_the_finding_names_the_parameter_and_says_what_to_do() -> None:
    told = file_review("", 'extern "C" {\n    fn log(level: c_int, text: &str);\n}')
    assert told.reasons(IMPROPER) == [
        "Parameter 2 `text`: `&str` has no counterpart in C.",
        "A pointer to `str` is two words wide: pass a thin pointer, and the length on its own.",
    ]
    assert told.findings[0].line == 2


def test_a_box_that_c_only_passes_on_is_a_note() -> None:
    code = "struct S { a: u8 } "
    given = file_review("", code + 'pub extern "C" fn new() -> Box<S> { loop {} }')
    taken = file_review("", code + 'extern "C" { fn take(x: Box<S>); }')
    assert [finding.severity for finding in (*given.findings, *taken.findings)] == ["note", "warn"]


def test_only_what_changed_is_told_in_a_review() -> None:
    before = 'extern "C" { fn old(x: &str); fn f(x: u8); }'
    told = file_review(before, before.replace("x: u8", "x: &[u8]"))
    assert [finding.item for finding in told.findings] == ["f"]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("fn f(x: i64);", "Parameter 1: `c_int` here, `i64` elsewhere (`src/b.rs:1`)."),
        ("fn f(x: c_int, y: u8);", "Parameters: 1 here, 2 elsewhere (`src/b.rs:1`)."),
        ("fn f(x: c_int) -> u8;", "The return type: `()` here, `u8` elsewhere (`src/b.rs:1`)."),
        ("fn f(x: *mut u8);", "Parameter 1: `c_int` here, `*mut u8` elsewhere (`src/b.rs:1`)."),
        ("fn f(x: c_int, ...);", "Only one of them takes further arguments (`...`) (`src/b.rs:1`)."),
        ("static f: c_int;", "Here it is a `fn`, elsewhere a `static` (`src/b.rs:1`)."),
        ('#[link_name = "f"] fn g(x: u8);', "Parameter 1: `c_int` here, `u8` elsewhere (`src/b.rs:1`)."),
    ],
)
def test_declarations_of_one_symbol_that_differ_clash(other: str, reason: str) -> None:
    before = {
        **MANIFEST,
        "src/lib.rs": b"mod a; mod b;",
        "src/b.rs": f'extern "C" {{ {other} }}'.encode(),
    }
    after = {**before, "src/a.rs": b'extern "C" { fn f(x: c_int); }'}
    told = review(before, after)
    assert told.reasons(CLASH) == [reason]
    assert [finding.path for finding in told.findings] == ["src/a.rs"]


@pytest.mark.parametrize(
    ("lib", "other"),
    [
        ("mod a; mod b;", "fn f(x: i32) -> *mut u8;"),
        ("mod a; mod b;", "fn f(x: libc::c_int) -> Option<&'static Thing>;"),
        ("mod a; mod b;", 'fn f(x: Flags) -> *const Thing; } type Flags = i32; extern "C" {'),
        ("mod a; #[cfg(windows)] mod b;", "fn f(x: u64);"),
        ("mod a; cfg_if! { if #[cfg(windows)] { mod b; } }", "fn f(x: u64);"),
        ("mod a; mod b;", "#[cfg(windows)] fn f(x: u64);"),
        ("mod a; mod b;", "fn f(x: Unknown) -> *mut c_void;"),
        ("mod a; mod b;", "fn other(x: u64);"),
    ],
)
def test_declarations_that_mean_the_same_or_exclude_each_other_do_not_clash(lib: str, other: str) -> None:
    before = {
        **MANIFEST,
        "src/lib.rs": lib.encode(),
        "src/b.rs": f'extern "C" {{ {other} }}'.encode(),
    }
    after = {**before, "src/a.rs": b'extern "C" { fn f(x: c_int) -> *mut Thing; }'}
    assert review(before, after).findings == ()


def test_a_definition_clashes_with_a_declaration_in_another_package_of_the_workspace() -> None:
    before = {
        "a/Cargo.toml": b"[package]\nname = 'a'\n",
        "b/Cargo.toml": b"[package]\nname = 'b'\n",
        "a/src/lib.rs": b'#[no_mangle] pub extern "C" fn f(x: u64) {}',
    }
    told = review(before, {**before, "b/src/lib.rs": b'extern "C" { fn f(x: u32); }'})
    assert told.reasons(CLASH) == ["Parameter 1: `u32` here, `u64` elsewhere (`a/src/lib.rs:1`)."]


def test_an_audit_tells_of_everything() -> None:
    files = {**MANIFEST, "src/lib.rs": b'extern "C" { fn f(x: &str); }\nextern "C" { fn f(x: u8, y: u8); }'}
    found = audited(Tree(entries(files), files))
    assert [(finding.id, finding.line) for finding in found] == [(CLASH, 1), (IMPROPER, 1), (CLASH, 2)]


def test_of_a_workspace_with_very_many_sources_only_the_package_is_read() -> None:
    many = {f"c/src/m{number}.rs": b"" for number in range(WORKSPACE)}
    before = {
        "a/Cargo.toml": b"[package]\nname = 'a'\n",
        "b/Cargo.toml": b"[package]\nname = 'b'\n",
        "a/src/lib.rs": b'#[no_mangle] pub extern "C" fn f(x: u64) {}',
    }
    after = {**before, "b/src/lib.rs": b'extern "C" { fn f(x: u32); }'}
    assert review({**before, **many}, {**after, **many}).reasons(CLASH) == []
    # What only tests build is read for no other package, and does not make one of many.
    tests = {path.replace("src", "tests"): data for path, data in many.items()}
    assert review({**before, **tests}, {**after, **tests}).reasons(CLASH)


def test_an_audit_reads_the_packages_that_declare_something_foreign_without_their_tests() -> None:
    paths = ("a/Cargo.toml", "a/src/lib.rs", "a/src/b.rs", "a/tests/t.rs", "c/Cargo.toml", "c/src/lib.rs")
    kinds = {
        "a/src/b.rs": frozenset(("foreign-fn",)),
        "a/tests/t.rs": frozenset[str](),
        "c/src/lib.rs": frozenset(("unsafe-block",)),
    }
    tree = Tree({path: Entry("file", path) for path in paths})
    assert list(portions(tree, kinds)) == [("a/src/b.rs", "a/src/lib.rs", "a/Cargo.toml")]


def test_an_audit_judges_the_packages_of_very_many_sources_one_by_one() -> None:
    sources = [f"{name}/src/m{number}.rs" for name in "ab" for number in range(WORKSPACE // 2)]
    tree = Tree({path: Entry("file", path) for path in (*sources, "a/Cargo.toml", "b/Cargo.toml")})
    kinds = {path: frozenset(("extern-fn",)) for path in ("a/src/m0.rs", "b/src/m0.rs")}
    assert [len(portion) for portion in portions(tree, kinds)] == [WORKSPACE // 2 + 1] * 2
