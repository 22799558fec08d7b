"""Foreign items and type definitions are read as data, whatever the spelling."""

from __future__ import annotations

import re
import tomllib

import pytest

from analyzers.ffi.layout import discriminants, type_definitions
from analyzers.ffi.signature import ForeignItem, foreign_items
from analyzers.ffi.type_syntax import type_of
from analyzers.ffi.types import spelled
from analyzers.rust.source import Source
from tests.docs import ROOT

IDS = re.compile(r'"(ffi-[a-z-]+)"')
NO_NOTES = {
    "ffi-bridge",
    "ffi-bridges",
    "ffi-signatures",
    "ffi-clash",
    "ffi-improper-type",
    "ffi-headers",
    "ffi-header-mismatch",
}


def only(code: str) -> ForeignItem:
    """The one foreign item of a source."""
    (item,) = foreign_items(code.encode())
    return item


@pytest.mark.parametrize(
    "text",
    [
        "u8",
        "*const u8",
        "*mut *const c_char",
        "&mut [u8]",
        "[u8; 4]",
        "[[c_int; N + 1]; 2]",
        "()",
        "(u8,)",
        "(u8, (u16, u32))",
        "!",
        "libc::c_int",
        "Option<NonNull<T>>",
        "Map<K, Vec<V>>",
        'extern "C" fn()',
        'Option<unsafe extern "C-unwind" fn(*mut c_void, u8, ...) -> !>',
        "fn(fn(u8) -> u16) -> fn()",
        "*const dyn Any",
        "<T as Trait>::Output",
    ],
)
def test_a_type_is_read_and_spelled_as_people_write_it(text: str) -> None:
    source = Source(text.encode())
    assert spelled(type_of(source.token_words(0, len(text)))) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("::std::os::raw::c_int", "std::os::raw::c_int"),
        ("&'a mut T", "&mut T"),
        ("&&u8", "&&u8"),
        ("(u8)", "u8"),
        ("Vec::<u8>", "Vec<u8>"),
        ("for<'a> extern fn(&'a u8)", 'extern "C" fn(&u8)'),
        ("r#type", "type"),
        ("Foo<'a, T>", "Foo<T>"),
        ("fn(len: usize, _: u8)", "fn(usize, u8)"),
        ("Array<u8, 4>", "Array<u8, 4>"),
        ("/* a */ u8 // b", "u8"),
    ],
)
def test_what_no_caller_sees_of_a_type_is_left_out(text: str, plain: str) -> None:
    source = Source(text.encode())
    assert spelled(type_of(source.token_words(0, len(text)))) == plain


def test_an_import_says_all_that_the_linker_sees() -> None:
    item = only(
        '#[link(name = "z", kind = "static")]\nunsafe extern "C-unwind" {\n'
        '    #[cfg(unix)]\n    #[link_name = "deflate_"]\n'
        "    pub safe fn deflate(strm: *mut z_stream, r#type: ::std::os::raw::c_int, ...) -> types::Code;\n}"
    )
    assert (item.kind, item.name, item.symbol, item.library) == ("fn", "deflate", "deflate_", "z")
    assert (item.abi, item.unwind, item.variadic, item.safety) == ("C", True, True, "safe")
    assert [(each.name, spelled(each.type)) for each in item.parameters] == [
        ("strm", "*mut z_stream"),
        ("type", "std::os::raw::c_int"),
    ]
    assert spelled(item.result) == "types::Code"
    assert (item.cfg, item.defined, item.line, item.column) == (("unix",), False, 5, 14)


@pytest.mark.parametrize(
    ("code", "symbol", "abi", "kind"),
    [
        ('#[no_mangle] pub extern "C" fn go() {}', "go", "C", "extern-fn"),
        ('#[unsafe(export_name = "x")] pub unsafe extern "system" fn go() {}', "x", "system", "extern-fn"),
        ('pub extern "C" fn go() {}', "", "C", "extern-fn"),
        ("#[no_mangle] pub fn go() {}", "go", "Rust", "export-attribute"),
        ("#[cfg_attr(not(test), no_mangle)] pub extern fn go() {}", "go", "C", "extern-fn"),
        ("#[no_mangle] pub static mut go: u8 = 0;", "go", "C", "export-attribute"),
        ('extern "C" { fn go(); }', "go", "C", "foreign-fn"),
        ('extern "C" { #[link_ordinal(7)] fn go(); }', "#7", "C", "foreign-fn"),
        ('extern "C" { static go: u8; }', "go", "C", "foreign-static"),
        ('extern "C" { type go; }', "", "C", "foreign-type"),
    ],
)
def test_the_symbol_and_the_kind_of_an_item(code: str, symbol: str, abi: str, kind: str) -> None:
    item = only(code)
    assert (item.symbol, item.abi, item.site_kind, item.name) == (symbol, abi, kind, "go")


def test_a_symbol_under_a_predicate_stands_beside_the_plain_one() -> None:
    item = only('extern "C" { #[cfg_attr(target_os = "macos", link_name = "open$INODE64")] fn open(); }')
    assert item.symbol == "open"
    assert item.conditional_symbols == (('target_os="macos"', "open$INODE64"),)


@pytest.mark.parametrize(
    "code",
    [
        "fn plain() {}",
        '// extern "C" { fn f(); }',
        'const A: &str = "extern \\"C\\" { fn f(); }";',
        "extern crate alloc;",
        "type A = extern fn();",
    ],
)
def test_what_only_looks_foreign_is_none(code: str) -> None:
    assert foreign_items(code.encode()) == ()


def test_types_are_read_with_their_layout() -> None:
    found = type_definitions(
        b"#[repr(C, packed(2))] pub struct A<'a, T, const N: usize> where T: X {\n"
        b"    pub a: &'a T, #[cfg(unix)] pub(crate) b: [T; N], r#type: Map<A, B>,\n}\n"
        b"#[repr(u8)] enum E { A = 1, B, C(u8), D { x: u8 } = 0x10 }\n"
        b"union U { a: u8, b: f32 } struct Tuple(pub u8, pub (u8,)); struct Unit;\n"
        b'type Callback<T> = Option<unsafe extern "C" fn(T)>;\n'
        b"impl X for Y { type Z = u8; }\n"
    )
    a, e, u, pair, unit, callback = found
    assert (a.shape, a.name, a.representation, a.parameters) == (
        "struct",
        "A",
        ("C", "packed(2)"),
        ("T", "N"),
    )
    assert [(each.name, spelled(each.type), each.cfg) for each in a.fields] == [
        ("a", "&T", ()),
        ("b", "[T; N]", ("unix",)),
        ("type", "Map<A, B>", ()),
    ]
    assert discriminants(e.variants) == (1, 2, 3, 16)
    assert (u.shape, [field.name for field in u.fields]) == ("union", ["a", "b"])
    assert ([spelled(field.type) for field in pair.fields], unit.fields) == (["u8", "(u8,)"], ())
    assert (callback.shape, spelled(callback.target)) == (
        "alias",
        'Option<unsafe extern "C" fn(T)>',
    )


def test_every_fact_has_a_sentence() -> None:
    sentences = tomllib.loads((ROOT / "templates/notes.toml").read_text(encoding="utf-8"))
    sources = [*(ROOT / "analyzers/ffi").glob("*.py")]
    used = {id for path in sources for id in IDS.findall(path.read_text(encoding="utf-8"))} - NO_NOTES
    known = set(sentences)
    assert {id for id in used if id not in known} == set()
    told = {id for id in known if id.startswith("ffi-")}
    endings = ("-new", "-gone", "-same", "-meaning", "-unnamed", "-unvalued")
    spoken = {
        id for id in told if id in used or any(f"{base}{end}" == id for base in used for end in endings)
    }
    by_parts = {
        id for id in told - spoken if id.startswith(("ffi-parameter-", "ffi-variant-", "ffi-improper-"))
    }
    assert told - spoken - by_parts == set()
