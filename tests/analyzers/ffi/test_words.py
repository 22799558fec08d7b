"""Changes of foreign signatures are told in words, parameter by parameter."""

from __future__ import annotations

import pytest

from tests.analyzers.ffi.reviews import changes_told, file_review, review

MANIFEST = {"Cargo.toml": b"[package]\nname = 'x'\n"}
BLOCK = 'extern "C" {{ {} }}'


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (
            "fn read(fd: c_int, buf: *const u8);",
            "fn read(fd: c_int, buf: *mut u8);",
            ["Parameter 2 `buf`: `*const u8` became `*mut u8`."],
        ),
        (
            'fn on(x: u8) -> extern "C" fn();',
            'fn on(x: u8) -> Option<extern "C" fn()>;',
            ['The return type `extern "C" fn()` became `Option<extern "C" fn()>`.'],
        ),
        ("fn f();", "fn f() -> i32;", ["The return became `i32`; it returned nothing."]),
        ("fn f() -> i32;", "fn f();", ["It returns nothing now; it returned `i32`."]),
        ("fn f(a: u8);", "fn f(a: u8, ...);", ["It takes any further arguments now (`...`)."]),
        (
            "fn f(a: u8, b: u16);",
            "fn f(a: u8, len: usize, b: u16);",
            ["Parameter 2 `len`: `usize` is new."],
        ),
        ("fn f(a: u8, b: u16);", "fn f(b: u16);", ["Parameter 1 `a`: `u8` is gone."]),
        (
            "fn copy(to: *mut u8, from: *mut u8);",
            "fn copy(from: *mut u8, to: *mut u8);",
            [
                "Parameter 1 is called `from`, it was `to`: check the order of arguments.",
                "Parameter 2 is called `to`, it was `from`: check the order of arguments.",
            ],
        ),
        (
            "fn f(_: c_int);",
            "fn f(_: i32);",
            ["Parameter 1: `c_int` became `i32`; both stand for `i32`."],
        ),
        (
            "fn copy(to: *mut u8);",
            "fn copy(target: *mut u8);",
            ["Parameter 1 is called `target` now, it was `to`."],
        ),
        ("static mut errno: c_int;", "static errno: c_int;", ["It is no longer `mut`."]),
        ("static table: [u8; 4];", "static table: [u8; 8];", ["Its type `[u8; 4]` became `[u8; 8]`."]),
        ("unsafe fn f(a: u8);", "safe fn f(a: u8);", ["`unsafe fn` became `safe fn`."]),
        (
            '#[link_name = "a"] fn f(x: u8);',
            '#[link_name = "b"] fn f(x: u8);',
            ["The symbol `a` became `b`."],
        ),
    ],
)
def test_a_changed_declaration_is_told_in_words(before: str, after: str, words: list[str]) -> None:
    assert file_review(BLOCK.format(before), BLOCK.format(after)).words() == words


@pytest.mark.parametrize(
    ("kind", "before", "after", "words"),
    [
        (
            "extern-block",
            'extern "C" { fn f(); }',
            'extern "C-unwind" { fn f(); }',
            ["ABI `C` became `C-unwind`."],
        ),
        (
            "extern-fn",
            'pub extern "C" fn go(x: u8) {}',
            'pub extern "system" fn go(x: u16) {}',
            ["ABI `C` became `system`.", "Parameter 1 `x`: `u8` became `u16`."],
        ),
        (
            "export-attribute",
            '#[export_name = "a"] pub extern "C" fn go() {}',
            '#[export_name = "b"] pub extern "C" fn go() {}',
            ["The symbol `a` became `b`."],
        ),
        (
            "link-attribute",
            'extern "C" { #[link_name = "a"] fn f(); }',
            'extern "C" { #[link_name = "b"] fn f(); }',
            ["The symbol `a` became `b`."],
        ),
        (
            "fn-pointer",
            'type Callback = Option<unsafe extern "C" fn(data: *mut c_void)>;',
            'type Callback = Option<unsafe extern "C" fn(data: *mut c_void, len: usize) -> bool>;',
            ["Parameter 2 `len`: `usize` is new.", "The return became `bool`; it returned nothing."],
        ),
        (
            "layout",
            "#[repr(C)] pub struct A { x: u8, y: u16 }",
            "#[repr(C, packed)] pub struct A { y: u16, x: u32 }",
            [
                "`repr(C)` became `repr(C, packed)`.",
                "Field `x`: `u8` became `u32`.",
                "The order of fields `x, y` became `y, x`.",
            ],
        ),
        (
            "layout",
            "#[repr(u8)] enum E { A, B, C }",
            "#[repr(u8)] enum E { A, New, B, C = 0x10 }",
            [
                "Variant `New` with the value 1 is new.",
                "Variant `B`: the value 1 became 2.",
                "Variant `C`: the value 2 became 16.",
            ],
        ),
        (
            "layout",
            "#[repr(i32)] enum E { A = libc::A, B }",
            "#[repr(i32)] enum E { A = libc::A, N, B }",
            [
                "Variant `N` with the value `libc::A + 1` is new.",
                "Variant `B`: the value `libc::A + 1` became `libc::A + 2`.",
            ],
        ),
        (
            "layout",
            "libc_enum! { #[repr(i32)] enum E { A, B } }",
            "libc_enum! { #[repr(i32)] enum E { A, N, B } }",
            ["Variant `N` is new."],
        ),
        (
            "layout",
            "#[repr(C)] union U { a: u8, b: u16 }",
            "#[repr(C)] union U { a: u8, b: u16, c: f64 }",
            ["Field 3 `c`: `f64` is new."],
        ),
        (
            "layout",
            "#[repr(C)] struct A { x: u8 }",
            "#[repr(C)] struct A { pub y: u8, }",
            [],
        ),
    ],
)
def test_other_changes_are_told_in_words(kind: str, before: str, after: str, words: list[str]) -> None:
    assert file_review(before, after).words(kind) == words


def test_a_type_says_which_signatures_rely_on_it() -> None:
    before = {
        **MANIFEST,
        "src/lib.rs": b'mod types;\nuse types::Outer;\nextern "C" {\n    fn use_it(x: *const Outer);\n}\n',
        "src/types.rs": b"#[repr(C)] pub struct Inner { a: u8 }\n#[repr(C)] pub struct Outer { inner: Inner }\n",
    }
    after = {**before, "src/types.rs": before["src/types.rs"].replace(b"a: u8", b"a: u16")}
    assert review(before, after).words() == [
        "Field `a`: `u8` became `u16`.",
        "The signature of `use_it` relies on it (`src/lib.rs:4`).",
    ]


def test_an_alias_that_stands_for_another_type_is_a_change_of_layout() -> None:
    before = {
        **MANIFEST,
        "src/lib.rs": b'extern "C" { fn open(flags: types::Flags) -> i32; }\n',
        "src/types.rs": b"pub type Bits = u32;\npub type Flags = Bits;\npub type Other = u8;\n",
    }
    edited = (
        before["src/types.rs"].replace(b"Bits = u32", b"Bits = u64").replace(b"Other = u8", b"Other = u16")
    )
    told = review(before, {**before, "src/types.rs": edited})
    assert changes_told(told) == [("changed", "layout", "src/types.rs")]
    assert told.words() == [
        "`Bits` stood for `u32` and stands for `u64` now.",
        "The signature of `open` relies on it (`src/lib.rs:1`).",
    ]


def test_an_alias_that_only_has_another_spelling_is_no_change() -> None:
    before = {
        **MANIFEST,
        "src/lib.rs": b'type Size = usize;\nextern "C" { fn read(n: Size); }\n',
    }
    after = {**before, "src/lib.rs": before["src/lib.rs"].replace(b"= usize", b"= libc::size_t")}
    assert changes_told(review(before, after)) == []


def test_a_signature_whose_alias_moved_says_so() -> None:
    before = {
        **MANIFEST,
        "src/lib.rs": b'pub type Len = u32;\nextern "C" { fn read(n: Len, old: u8); }\n',
    }
    after = {**before, "src/lib.rs": b'pub type Len = u64;\nextern "C" { fn read(n: Len, old: u16); }\n'}
    assert review(before, after).words("foreign-fn") == [
        "Parameter 1 `n`: `Len` stood for `u32` and stands for `u64` now.",
        "Parameter 2 `old`: `u8` became `u16`.",
    ]


def test_a_callback_alias_is_told_once_with_who_relies_on_it() -> None:
    code = 'type Cb = extern "C" fn(x: u8);\nextern "C" { fn set(cb: Cb); }\n'
    told = file_review(code, code.replace("x: u8", "x: u16"))
    assert changes_told(told) == []
    assert told.words("fn-pointer") == [
        "Parameter 1 `x`: `u8` became `u16`.",
        "The signature of `set` relies on it (`src/lib.rs:2`).",
    ]


def test_many_facts_are_cut_and_counted() -> None:
    fields = [f"f{number}: u8" for number in range(40)]
    before = f"#[repr(C)] struct A {{ {', '.join(fields)} }}"
    told = file_review(before, before.replace("u8", "u16")).words()
    assert len(told) == 12
    assert told[-1] == "29 more."
