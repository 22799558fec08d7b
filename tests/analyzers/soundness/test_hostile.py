"""Whatever a file holds, the scope answers in bounded time, and what it does not look at it says."""

from __future__ import annotations

import random
import time

import pytest

from analyzers.model import UnanalysedReason
from analyzers.soundness import exposed as entry
from analyzers.soundness import outline
from analyzers.soundness.outline import Outline, TooManyError
from tests.analyzers.soundness.scope import survey

# CPU seconds for about 100 KB on both sides; the worker stops at 5 for a whole comparison.
_LIMIT = 10.0
_SIZE = 50_000


def _repeated(piece: str) -> str:
    return piece * (_SIZE // len(piece))


HOSTILE = {
    "open braces": "{" * _SIZE,
    "open parentheses": "fn f" + "(" * _SIZE,
    "closing braces": "}" * _SIZE,
    "nested blocks": "fn f() " + _repeated("{ unsafe { ") + "x",
    "nested literals": "fn f() { " + _repeated("A { a: ") + "1",
    "nested indices": "fn f() { " + _repeated("self.a[") + "1",
    "nested assertions": "fn f() { " + _repeated("assert!(") + "1",
    "mutable borrows": "fn f() { " + _repeated("&mut ") + "x }",
    "a chain of fields": "fn f() { &mut a" + _repeated(".b") + " }",
    "many unsafe words": _repeated("unsafe "),
    "many heads": _repeated("pub unsafe const fn "),
    "many attributes": _repeated("#[x] "),
    "open attributes": _repeated("#["),
    "many imports": _repeated("use a; "),
    "many paths": "fn f() { x" + _repeated("::a") + " }",
    "many closures": "fn f() { " + _repeated("|| a ") + "}",
    "many closers": "fn f() { || " + _repeated("a()") + "}",
    "angles": "struct A" + _repeated("<") + "{ a: u8 }",
    "a macro of many arms": "macro_rules! m { " + _repeated("() => {}; ") + "}",
    "a macro without arrows": "macro_rules! m { " + _repeated("() ") + "}",
    "many statements with one write": "fn f() { " + _repeated("self.a = a; ") + "}",
    "one long statement of writes": "fn f() { " + _repeated("self.a += self.a + ") + "1; }",
    "many fields": "struct A { " + _repeated("a: u8, ") + "}",
    "the same function again": _repeated("fn f() { unsafe { a() } b() }\n"),
    "the same impl again": _repeated("impl A { fn f(&self) { unsafe { self.a } } }\n"),
    "calls in a row": "fn f() { unsafe { " + _repeated("self.f(") + " } }",
    "many lifetimes": "fn f<" + _repeated("'a, ") + ">(x: &'a u8) -> &'a u8 { unsafe { a() } }",
    "many bounds": "fn f<" + _repeated("T: A, ") + ">() where " + _repeated("T: A + B, ") + "{}",
    "macros in macros": _repeated("macro_rules! m { () => { fn f() {} ") + "unsafe",
    "repeated items": "macro_rules! m { () => { " + _repeated("$(") + "unsafe { }",
    "strings": _repeated('"\\0" '),
    "raw marks": _repeated("r#"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_take_bounded_time(name: str) -> None:
    tail = "\nstruct S { n: usize }\nimpl S { fn a(&mut self) { self.n = 1; } fn b(&self) { unsafe { go(self.n) } } }"
    start = time.process_time()
    survey(
        HOSTILE[name] + tail, HOSTILE[name].replace("a", "c", 1) + tail.replace("= 1", "= 2"), scanned=False
    )
    assert time.process_time() - start < _LIMIT


def test_time_grows_with_the_size_and_not_with_its_square() -> None:
    def seconds(count: int) -> float:
        text = "".join(
            f"impl A{n} {{ fn f(&self) {{ check(self.a); unsafe {{ go(self.a) }} }} fn s(&mut self) {{ self.a = {n} }} }}\n"
            for n in range(count)
        )
        start = time.process_time()
        survey(text, text.replace("check(", "test("), scanned=False)
        return time.process_time() - start

    small = min(seconds(60) for _ in range(2))
    assert seconds(480) < 8 * 3 * small + 0.2


def test_random_token_soup_never_raises() -> None:
    pieces = [
        *"{}()[]<>;,.:#!'|&=+*",
        "fn ",
        "impl ",
        "struct ",
        "unsafe ",
        "self",
        ".a",
        "Self ",
        "mut ",
        "'a ",
        '"x"',
    ]
    pieces += [
        "macro_rules! m ",
        "=>",
        "use ",
        "pub(crate) ",
        "where ",
        "enum E ",
        "assert!(",
        "// c\n",
        "/*",
        "*/",
        "\n",
    ]
    chance = random.Random(7)  # noqa: S311  (a fixed soup)
    for _ in range(300):
        text = "".join(chance.choices(pieces, k=120))
        survey(text, "".join(chance.choices(pieces, k=10)) + text, scanned=False)


def test_bytes_that_are_no_text_never_raise() -> None:
    chance = random.Random(8)  # noqa: S311  (fixed bytes)
    for _ in range(100):
        Outline(b"impl S { fn f(&self) { " + chance.randbytes(200) + b" unsafe { self.a } } }")


def test_a_file_with_too_many_sites_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outline, "MAX_SITES", 10)
    text = "fn f() { unsafe { a() } }\n" * 11
    with pytest.raises(TooManyError, match="unsafe sites"):
        Outline(text.encode())
    found = survey("", text)[1]
    assert [(each.path, each.reason) for each in found.unanalysed] == [
        ("src/lib.rs", UnanalysedReason.TOO_MANY)
    ]
    assert found.unanalysed[0].blob


def test_what_does_not_fit_into_one_comparison_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "MAX_BYTES", 100)
    text = "fn f() { check(); unsafe { a() } }\n" * 3
    found = survey({"src/lib.rs": text}, {"src/lib.rs": text.replace("check()", "test()")})[1]
    assert found.changes == ()
    assert [(each.path, each.reason) for each in found.unanalysed] == [
        ("src/lib.rs", UnanalysedReason.TOO_MANY)
    ]
