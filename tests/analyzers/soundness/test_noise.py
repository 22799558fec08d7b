"""Edits that cannot matter to a proof ask nobody."""

from __future__ import annotations

import pytest

from tests.analyzers.soundness.scope import A, told

CODE = """
use std::mem;
/// Docs.
#[inline]
pub fn take<'a>(items: &'a [u8], index: usize) -> Result<&'a u8, Error> {
    use core::ptr;
    let bound = items.len();
    trace!("take {}", index);
    assert!(index < bound, "index {} too large", index);
    let cell: Box<dyn Fn()> = std::mem::take(&mut spare);
    let pair = Pair { left: bound, right: index };
    match index { 0 => return Err(Error::Zero), _ => () }
    Ok(unsafe { items.get_unchecked(index) })
}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("use std::mem;", "use std::{mem, ptr};"),
        ("use core::ptr;", "use core::{ptr, slice};"),
        ("/// Docs.", "/// Other docs."),
        ("#[inline]", "#[inline(always)]\n#[must_use]\n#[allow(clippy::all)]"),
        ("#[inline]", '#[cfg(any(unix, feature = "x"))]'),
        ("pub fn", "pub(crate) fn"),
        ("pub fn", "pub const fn"),
        ('trace!("take {}", index);', 'debug!(index, "taking");'),
        ('trace!("take {}", index);', ""),
        ('"index {} too large", index', '"no such index: {index}"'),
        (', "index {} too large", index', ""),
        ("Box<dyn Fn()>", "Box<Fn()>"),
        ("std::mem::take", "mem::take"),
        ("std::mem::take", "core::mem::take"),
        ("right: index }", "right: index, }"),
        ("0 => return Err(Error::Zero), _ => ()", "0 => { return Err(Error::Zero) } _ => (),"),
        ("bound", "limit"),
        ("'a", "'short"),
        ("    let pair", "    // A note.\n\n    let pair"),
        ("Result<", "super::Result<"),
        ("Result<", "::std::result::Result<"),
        ("let bound", "let mut bound"),
        ("index: usize)", "mut index: usize)"),
    ],
)
def test_an_edit_without_meaning_for_a_proof_is_silent(before: str, after: str) -> None:
    assert before in CODE
    assert told(CODE, CODE.replace(before, after)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("index < bound", "index <= bound"),
        ("assert!", "debug_assert!"),
        ("std::mem::take", "std::ptr::take"),
        ("Error::Zero", "Error::One"),
        ("(items: &'a [u8]", "(items: &'static [u8]"),
        ("left: bound", "left: index"),
        ("items.len();", "items.capacity();"),
    ],
)
def test_an_edit_with_meaning_beside_it_is_not(before: str, after: str) -> None:
    assert told(CODE, CODE.replace(before, after, 1)) == [("take", "unsafe-block", (A,))]


def test_a_type_renamed_everywhere_is_silent_and_one_swapped_for_another_is_not() -> None:
    code = "struct Small; struct Large;\nfn f() { let x: Small = make(); unsafe { go(&x) } }"
    assert told(code, code.replace("Small", "Tiny")) == []
    assert told(code, code.replace("x: Small", "x: Large")) == [("f", "unsafe-block", (A,))]


def test_moved_and_reformatted_code_is_silent() -> None:
    one = "fn f(a: usize) { check(a); unsafe { go(a) } }"
    two = "fn g() {}"
    assert told(f"{one}\n{two}", f"{two}\n{one.replace('; ', ';' + chr(10))}") == []
    assert told({"src/a.rs": one, "src/b.rs": two}, {"src/a.rs": two, "src/b.rs": one}) == []


def test_code_of_tests_is_silent() -> None:
    code = "#[cfg(test)] mod tests { fn f(a: usize) { check(a); unsafe { go(a) } } }"
    assert told(code, code.replace("check(a);", "")) == []
    plain = "fn f(a: usize) { check(a); unsafe { go(a) } }"
    assert told({"tests/x.rs": plain}, {"tests/x.rs": plain.replace("check(a);", "")}) == []
    tree = {"src/lib.rs": "#[cfg(test)]\nmod checks;\n", "src/checks.rs": plain}
    assert told(tree, {**tree, "src/checks.rs": plain.replace("check(a);", "")}) == []


def test_self_is_its_type() -> None:
    code = "impl Ring<u8> { fn new(n: usize) -> Ring<u8> { Ring::check(n); unsafe { Ring { p: go(n) } } } }"
    other = code.replace("-> Ring<u8>", "-> Self").replace("Ring::check", "Self::check")
    assert told(code, other) == []
    assert told(code, other.replace("-> Self", "-> Wrong")) == [("impl Ring<u8>::new", "unsafe-block", (A,))]


def test_a_closure_that_only_calls_is_what_it_calls() -> None:
    code = "fn f() -> R { let n = size().ok_or_else(|| Error::new())?; unsafe { go(n) } }"
    assert told(code, code.replace("|| Error::new()", "Error::new")) == []
    assert told(code, code.replace("|| Error::new()", "|| Error::other()")) == [("f", "unsafe-block", (A,))]


@pytest.mark.parametrize(
    ("before", "after", "silent"),
    [
        ("n.map(|s| Some(s))", "n.map(Some)", True),
        ("n.fold(a, |s| a::b(s))", "n.fold(a, a::b)", True),
        ("n.map(|s| Some(s))", "n.map(Other)", False),
        ("n.map(|s| Some(t))", "n.map(Some)", False),
        ("n.map(|s| Some(s), b)", "n.map(Some, b)", False),
        ("f(a | b | c(b))", "f(a c)", False),
    ],
)
def test_a_closure_that_only_hands_on_its_parameter_is_what_it_calls(
    before: str, after: str, silent: bool
) -> None:
    code = f"fn f(n: usize) -> R {{ let m = {before}; unsafe {{ go(m) }} }}"
    assert (told(code, code.replace(before, after)) == []) is silent


def test_another_arm_of_the_macro_is_silent() -> None:
    code = "macro_rules! m { (a $x:expr) => { first($x) }; (b $x:expr) => { check($x); unsafe { go($x) } }; }"
    assert told(code, code.replace("first($x)", "last($x)")) == []
    assert told(code, code.replace("check($x);", "")) == [("macro_rules! m", "unsafe-block", (A,))]


def test_a_lifetime_and_a_variable_of_one_name_are_two_names() -> None:
    code = "fn f<'a>(py: Python<'a>) -> Bound<'a> { check(py); unsafe { go(py) } }"
    assert told(code, code.replace("'a", "'py")) == []
    assert told(code, code.replace("Bound<'a>", "Bound<'py>")) == [("f", "unsafe-block", (A,))]
