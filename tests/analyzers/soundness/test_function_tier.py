"""Tier A: the safe code of the function that holds an unsafe site."""

from __future__ import annotations

import pytest

from analyzers.model import ChangeClass
from tests.analyzers.soundness.scope import A, exposed, notes, survey, told

GET = """
impl<T> Ring<T> {
    pub fn get(&self, index: usize) -> Option<&T> {
        if index < self.len {
            // SAFETY: index is in bounds.
            return Some(unsafe { &*self.ptr.add(index) });
        }
        None
    }
}
"""


def test_a_weaker_check_before_an_unsafe_block_is_told_with_the_block_that_relies_on_it() -> None:
    (change,) = exposed(GET, GET.replace("index < self.len", "index <= self.len"))
    assert change.change is ChangeClass.EXPOSED
    assert (change.path, change.site.line, change.site.column) == ("src/lib.rs", 4, 9)
    assert change.site.end_line == 9
    assert (change.site.kind, change.site.item) == ("unsafe-block", "impl Ring<T>::get")
    assert change.reasons == (A,)
    assert notes(change) == [
        ("soundness-function", {"site": "unsafe-block", "item": "impl Ring<T>::get"}, "src/lib.rs", 6)
    ]
    assert change.before is not None
    assert change.before.site.line == 4


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("pub fn get(&self, index: usize)", "pub fn get(&self, index: isize)", 3),
        ("        None\n", "        other();\n        None\n", 8),
        ("        None\n", "        None::<&T>\n", 8),
        ("        if index < self.len {", "        // Why.\n        if index <= self.len {", 5),
        ("    pub fn get(&self, index: usize)", "    pub fn get(\n        &self, index: isize\n    )", 4),
        ("index < self.len {", "index < self.len\n        || index == 0\n    {", 5),
    ],
    ids=["signature", "statement", "last", "below a comment", "laid out anew", "within a condition"],
)
def test_an_exposed_change_stands_at_the_first_line_that_differs(before: str, after: str, line: int) -> None:
    (change,) = exposed(GET, GET.replace(before, after))
    assert change.site.line == line


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fn get(&self", "fn get(&mut self"),
        ("-> Option<&T>", "-> Option<&'static T>"),
        ("fn get(", "fn get<U: Copy>("),
        ("index: usize", "index: isize"),
    ],
)
def test_a_signature_around_an_unsafe_block_counts_as_its_safe_code(before: str, after: str) -> None:
    (change,) = exposed(GET, GET.replace(before, after))
    assert change.notes[0].id == "soundness-signature"


@pytest.mark.parametrize(
    ("safe", "other"),
    [
        ("self.state.load(Ordering::Acquire)", "self.state.load(Ordering::Relaxed)"),
        ("self.items.reserve(count)", "self.items.reserve_exact(count)"),
        ("assert!(count <= self.cap)", "debug_assert!(count <= self.cap)"),
        ("let end = start + count", "let end = start - count"),
        ('let name = b"abc\\0"', 'let name = b"abc"'),
        ("let at: usize = 4", "let at: usize = 5"),
        ("first(&self.a)", "first(&self.b)"),
        ("pick::<'a>(x)", "pick::<'b>(x)"),
    ],
)
def test_a_single_token_of_safe_code_counts(safe: str, other: str) -> None:
    code = "fn f(&self, count: usize) { SAFE; unsafe { go(count) } }"
    assert told(code.replace("SAFE", safe), code.replace("SAFE", other)) == [("f", "unsafe-block", (A,))]


def test_an_edit_inside_the_block_is_the_sites_own_and_not_told_twice() -> None:
    analysis, surveyed = survey(GET, GET.replace("ptr.add(index)", "ptr.add(index + 1)"))
    assert [change.change for change in analysis.changes] == [ChangeClass.CHANGED]
    assert surveyed.changes == ()
    assert surveyed.bindings == ()


def test_where_the_site_changed_too_its_approval_covers_the_code_around_it_and_nobody_is_asked_twice() -> (
    None
):
    changed = GET.replace("ptr.add(index)", "ptr.add(index + 1)").replace(
        "index < self.len", "index <= self.len"
    )
    analysis, surveyed = survey(GET, changed)
    (site,) = analysis.changes
    assert surveyed.changes == ()
    ((fingerprint, content),) = surveyed.bindings
    assert fingerprint == site.fingerprint
    weaker = changed.replace("index <= self.len", "index <= self.len + 1")
    assert survey(GET, weaker)[1].bindings[0] != (fingerprint, content)


def test_a_function_without_unsafe_code_is_nobodys_concern() -> None:
    code = GET + "fn other(index: usize) -> usize { index + 1 }"
    assert told(code, code.replace("index + 1 }", "index + 2 }")) == []


def test_a_new_function_is_told_by_its_sites_alone() -> None:
    analysis, surveyed = survey("", GET)
    assert [change.change for change in analysis.changes] == [ChangeClass.ADDED]
    assert surveyed.changes == ()


def test_the_body_of_an_unsafe_fn_is_a_site_and_not_safe_code() -> None:
    code = "unsafe fn f(x: *const u8) -> u8 { let y = 1; *x + y }"
    analysis, surveyed = survey(code, code.replace("y = 1", "y = 2"))
    assert [change.change for change in analysis.changes] == [ChangeClass.CHANGED]
    assert surveyed.changes == ()


def test_a_macro_around_an_unsafe_block_is_its_function() -> None:
    code = "macro_rules! get { ($x:expr, $i:expr) => {{ assert!($i < 4); unsafe { *$x.add($i) } }} }"
    assert told(code, code.replace("< 4", "<= 4")) == [("macro_rules! get", "unsafe-block", (A,))]


def test_functions_in_a_macro_that_holds_items_are_functions() -> None:
    code = "cfg_rt! { fn f(i: usize) { if i < 4 { unsafe { go(i) } } } }"
    assert told(code, code.replace("< 4", "< 5")) == [("f", "unsafe-block", (A,))]


def test_a_renamed_function_is_compared_with_what_it_was() -> None:
    renamed = GET.replace("fn get(", "fn fetch(")
    assert told(GET, renamed) == []
    assert told(GET, renamed.replace("index < self.len", "index <= self.len")) == [
        ("impl Ring<T>::fetch", "unsafe-block", (A,))
    ]


def test_one_change_stands_for_each_kind_of_site_that_relies_on_an_edit() -> None:
    code = "fn f(n: usize) { let m = n; unsafe { a(m) } unsafe { b(m) } unsafe impl Send for X {} }"
    changes = exposed(code, code.replace("let m = n", "let m = n + 1"))
    assert [change.site.kind for change in changes] == ["unsafe-block", "unsafe-impl"]
    assert len(changes[0].notes) == 2


def test_more_relying_sites_than_fit_are_counted() -> None:
    blocks = " ".join(f"unsafe {{ go({number}) }}" for number in range(7))
    code = f"fn f(n: usize) {{ check(n); {blocks} }}"
    (change,) = exposed(code, code.replace("check(n);", ""))
    assert [note.id for note in change.notes] == ["soundness-function"] * 4 + ["soundness-more"]
    assert dict(change.notes[-1].values) == {"count": "3"}
