"""Hostile headers cost little, raise nothing and hide no other declaration."""

from __future__ import annotations

import time

import pytest

from analyzers.ffi.c.headers import Headers, Store
from analyzers.ffi.c.types import Alias, Tagged
from tests.analyzers.ffi_c.pull_request import survey

SECONDS = 15.0
MANY = 60_000
GOOD = "int lib_f(int a);\n"


@pytest.mark.parametrize(
    "text",
    [
        "/*" * MANY,
        '"' * MANY,
        "'" * MANY,
        "#if\n" * MANY,
        "#endif\n" * MANY,
        "#define X \\\n" * MANY,
        "\\\n" * MANY,
        "(" * MANY,
        "{" * MANY,
        "}" * MANY,
        ";" * MANY,
        "{}" * MANY,
        "typedef " + "{}" * MANY,
        'extern "C" {' * MANY,
        "struct s {" * MANY,
        "*" * MANY + "lib_f(void);",
        "int " + "*" * MANY + "lib_f(void);",
        "int (" * MANY + "lib_f" + ")(int)" * MANY + ";",
        "int lib_f(" + "int a, " * MANY + "int b);",
        "int lib_f(" + "int (*x)(" * 5000 + ")" * 5000 + ");",
        "API " * MANY + "int lib_f(void);",
        "API\n" * MANY + "int lib_f(void);",
        "__attribute__((" * MANY + "lib_f(int);",
        "__attribute__((x)) " * MANY + "int lib_f(int);",
        "enum lib_e { " + "A, " * MANY + "};",
        "enum lib_e { A = " + "(" * MANY + "1" + ")" * MANY + " };",
        "enum lib_e { A = " + "1 + " * MANY + "1 };",
        "enum lib_e { A = 1 " + "<< 63 " * 1000 + "};",
        "struct lib_s { " + "int a; " * MANY + "};",
        "struct lib_s { " + "struct { " * 5000 + "int a;" + " }; " * 5000 + "};",
        "".join(f"typedef t{index + 1} t{index};\n" for index in range(3000)),
        "".join(f"#define T{index} T{index + 1}\n" for index in range(3000)),
        "#define X X\n" * 3000,
        "\0" * MANY,
        "\x80\xff" * MANY,
        " \n" * MANY + ":",
        "class C {" * MANY,
    ],
)
def test_a_hostile_header_is_read_in_little_time(text: str) -> None:
    found = Headers({"bad.h": text.encode("latin-1"), "good.h": GOOD.encode()}, Store())
    start = time.process_time()
    assert any(each.path == "good.h" for each in found.prototypes("lib_f"))
    found.enumerations(Tagged("enum", "lib_e"))
    found.records(Tagged("struct", "lib_s"))
    found.resolved(Alias("t0"), "bad.h")
    found.value("T0")
    found.value("X")
    assert time.process_time() - start < SECONDS


def test_the_rest_of_a_broken_header_is_still_read() -> None:
    text = "int broken(int a;\nstruct { int x\n;};\n@@@ what is this;\nint lib_f(int a);\n"
    assert Headers({"a.h": text.encode()}, Store()).prototypes("lib_f")


def test_thousands_of_declarations_are_compared_in_little_time() -> None:
    names = [f"lib_{index}" for index in range(2000)]
    rust = 'extern "C" {\n' + "".join(f"    fn {name}(a: u8);\n" for name in names) + "}\n"
    header = "".join(f"void {name}(int a);\n" for name in names)
    start = time.process_time()
    found = survey({"README": ""}, {"README": "", "src/lib.rs": rust, "lib.h": header})
    assert len(found.findings) == len(names)
    assert time.process_time() - start < SECONDS
