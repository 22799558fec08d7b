"""Signatures that mean the same ask nobody: elided lifetimes, bounds; those that do not mean the same ask."""

from __future__ import annotations

import pytest

from tests.analyzers.soundness.scope import A, told


def _told(before: str, after: str) -> list[tuple[str, str, tuple[object, ...]]]:
    def code(signature: str) -> str:
        return f"{signature} {{ check(); unsafe {{ go() }} }}"

    return [*told(code(before), code(after))]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fn f<'a>(&'a self, i: usize) -> Option<&'a T>", "fn f(&self, i: usize) -> Option<&T>"),
        ("fn f<'a>(&'a mut self, k: &K) -> &'a mut T", "fn f(&mut self, k: &K) -> &mut T"),
        ("fn f<'a, 'b>(&'a self, k: &'b K) -> &'a T", "fn f(&self, k: &K) -> &T"),
        ("fn f<'a>(x: &'a [u8]) -> &'a u8", "fn f(x: &[u8]) -> &u8"),
        ("fn f<'a>(x: &'a [u8]) -> R<'a>", "fn f(x: &[u8]) -> R<'_>"),
        ("fn f<'a>(x: R<'a>, y: S)", "fn f(x: R<'_>, y: S)"),
        ("fn f<'a, T: A>(x: &'a T)", "fn f<T: A>(x: &T)"),
        ("fn f<T: A + B>(x: T)", "fn f<T>(x: T) where T: A + B"),
        ("fn f<T: A, U: C>(x: T)", "fn f<T: A, U>(x: T) where U: C,"),
        ("fn f<T: A>(x: T) where T: B", "fn f<T>(x: T) where T: A, T: B"),
        ("fn f<const N: usize, F: Fn(A) -> B>(x: F)", "fn f<const N: usize, F>(x: F) where F: Fn(A) -> B"),
    ],
)
def test_a_signature_that_means_the_same_is_silent(before: str, after: str) -> None:
    assert _told(before, after) == []
    assert _told(after, before) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # RUSTSEC-2021-0130 came so: the result no longer borrows from `self`.
        ("fn f<'a>(&'a self) -> Iter<'a, K>", "fn f<'a>(&'_ self) -> Iter<'a, K>"),
        ("fn f<'a>(&self, x: &'a T) -> &'a T", "fn f(&self, x: &T) -> &T"),
        ("fn f<'a>(x: &'a T, y: &T) -> &'a T", "fn f<'a>(x: &T, y: &'a T) -> &'a T"),
        ("fn f<'a>(x: R<'_>, y: S<'a>) -> &'a T", "fn f<'a>(x: R<'a>, y: S<'_>) -> &'a T"),
        ("fn f<'a>(x: R, y: S<'a>) -> &'a T", "fn f<'a>(x: R<'a>, y: S) -> &'a T"),
        ("fn f<'a>(x: &'a T, y: &'a T)", "fn f(x: &T, y: &T)"),
        ("fn f<'a: 'static>(x: &'a T)", "fn f(x: &T)"),
        ("fn f<'a>(x: &'a T) -> Box<dyn A + 'a>", "fn f(x: &T) -> Box<dyn A>"),
        ("fn f<'a>(x: impl Fn(&'a T))", "fn f(x: impl Fn(&T))"),
        ("fn f<'a>(self, x: &'a T) -> &'a T", "fn f(self, x: &T) -> &T"),
        ("fn f<T: A + B>(x: T)", "fn f<T>(x: T) where T: A"),
        ("fn f<T: A, U>(x: T)", "fn f<T, U: A>(x: T)"),
        ("fn f(x: usize)", "fn f(x: libc::c_int)"),
        ("fn f() -> Result<u8, Error>", "fn f() -> Result<u16, Error>"),
        ("fn f() -> Result<u8, Fault>", "fn f() -> Result<u8, Error>"),
    ],
)
def test_a_signature_that_does_not_mean_the_same_asks(before: str, after: str) -> None:
    assert _told(before, after) == [("f", "unsafe-block", (A,))]


def test_a_lifetime_that_the_body_uses_keeps_its_name() -> None:
    code = "fn f<'a>(x: &'a T) { let y: &'a T = x; unsafe { go(y) } }"
    assert told(code, code.replace("<'a>(x: &'a T)", "(x: &T)")) == [("f", "unsafe-block", (A,))]


def test_an_impl_that_names_its_lifetime_or_not_has_one_self() -> None:
    code = "impl<'a, T> Iter<'a, T> { fn f(&self) -> Self { let x: Self = y(); unsafe { go(x) } } }"
    nameless = code.replace("impl<'a, T> Iter<'a, T>", "impl<T> Iter<'_, T>")
    assert told(code, nameless) == []
    assert told(code, code.replace("-> Self", "-> Iter<'a, T>")) == []
    assert told(code, code.replace("-> Self", "-> Iter<'_, T>")) != []
    assert told(nameless, nameless.replace("-> Self", "-> Iter<'_, T>")) != []


MACRO = """
macro_rules! vector {
    ($name:ident, $count:expr) => {
        impl<T> $name<T> {
            fn bytes(&self) -> &[T] { check(self); unsafe { raw(self, $count) } }
            fn other(&self) -> usize { 1 }
        }
        $(#[doc = "x"])*
        impl<T> Default for $name<T> { fn default() -> Self { make() } }
    };
    ($name:ident) => { { check(); unsafe { raw() } } };
}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [("-> usize { 1 }", "-> usize { 2 }"), ("make()", "build()"), ("impl<T> Default", "impl<T: A> Default")],
)
def test_another_item_of_the_macro_arm_is_silent(before: str, after: str) -> None:
    assert told(MACRO, MACRO.replace(before, after)) == []


@pytest.mark.parametrize("before", ["check(self);", "check();"])
def test_the_item_of_a_macro_arm_that_holds_the_site_asks(before: str) -> None:
    (found,) = told(MACRO, MACRO.replace(before, ""))
    assert found[1:] == ("unsafe-block", (A,))


def test_unsafe_code_of_a_macro_arm_beside_its_items_relies_on_the_whole_arm() -> None:
    code = "macro_rules! m { () => { fn one() { check() } $go! { unsafe { raw() } } + unsafe { raw() } }; }"
    assert told(code, code.replace("check()", "")) == [("macro_rules! m", "unsafe-block", (A,))]
