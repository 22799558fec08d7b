"""No source makes the reading of foreign signatures raise, or take more than linear time."""

from __future__ import annotations

import time

import pytest

from analyzers.ffi.aliases import Meaning
from analyzers.ffi.crate import Sources
from analyzers.ffi.layout import type_definitions
from analyzers.ffi.signature import foreign_items
from analyzers.ffi.types import Named, spelled
from analyzers.ffi.udl import scan_udl
from analyzers.survey import Tree
from tests.analyzers.ffi.reviews import entries, file_review

N = 2_500
HOSTILE = {
    "deep types": 'extern "C" { fn f(x: ' + "*const " * N + "u8); }",
    "unclosed brackets": 'extern "C" { fn f(x: ' + "[" * N,
    "unclosed angles": 'extern "C" { fn f(x: ' + "A<" * N,
    "deep tuples": 'extern "C" { fn f(x: ' + "(" * N + ")" * N + "); }",
    "deep function pointers": 'extern "C" { fn f(x: ' + 'extern "C" fn(' * N + ")" * N + "); }",
    "many parameters": 'extern "C" { fn f(' + "x: u8, " * N + "); }",
    "many functions": 'extern "C" { ' + "fn f(x: u8); " * N + "}",
    "nested functions": 'extern "C" fn f(x: [u8; { ' * (N // 10),
    "blocks in blocks": 'extern "C" { ' * N,
    "attributes": "#[repr(C)]" * N + "struct A { x: u8 }",
    "nested cfg_attr": "#[" + "cfg_attr(a, " * N + "repr(C)" + ")" * N + "] struct A;",
    "many fields": "#[repr(C)] struct A {" + "a: u8, " * N + "}",
    "commas": "#[repr(C)] struct A {" + ", " * N + "}",
    "many variants": "#[repr(u8)] enum A {" + "a = 1, " * N + "}",
    "generics": "type A<" + "T, " * N + "> = u8;",
    "equal signs": "type A " + "= " * N + ";",
    "colons": 'extern "C" { fn f(' + ": " * N + "); }",
    "hashes": 'extern "C" { fn f(' + "# " * N + "x: u8); }",
    "not UTF-8": 'extern "C" { fn \udcff\udcfe(x: \udc80); }',
    "nothing": "",
    "stacked bridges": "#[pymethods]" * N + "impl A { fn f(x: u8) {} }",
    "nested bridges": "#[pymethods] impl A { " * (N // 10),
    "bridges in signatures": "#[pyfunction] fn f(x: [u8; { " * (N // 10),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_edit_is_read_and_reviewed_in_bounded_time(name: str) -> None:
    text = HOSTILE[name].encode("utf-8", "surrogateescape")
    started = time.process_time()
    for item in foreign_items(text):
        spelled(item.pointer)
    type_definitions(text)
    scan_udl(text)
    file_review(text, text.replace(b"u8", b"u16") + b"\ntype End = u8;\n")
    assert time.process_time() - started < 20


def meaning_of(code: str, name: str) -> str:
    files = {"Cargo.toml": b"", "src/lib.rs": code.encode()}
    return spelled(Meaning(Sources(Tree(entries(files), files))).of(Named((name,)), "src/lib.rs"))


def test_aliases_that_turn_in_circles_or_double_without_end_stop() -> None:
    assert meaning_of("type A = B; type B = A;", "A") in ("A", "B")
    doubling = "type A0 = u8;" + "".join(f"type A{n} = (A{n - 1}, A{n - 1});" for n in range(1, 60))
    assert meaning_of(doubling, "A59") == "A59"
    generic = "type D<T> = (T, T); type A = " + "D<" * 30 + "u8" + ">" * 30 + ";"
    assert meaning_of(generic, "A") == "A"


def test_generic_aliases_are_filled_in() -> None:
    assert meaning_of('type Cb<T> = Option<extern "C" fn(*mut T)>; type A = Cb<u8>;', "A") == (
        'Option<extern "C" fn(*mut u8)>'
    )
