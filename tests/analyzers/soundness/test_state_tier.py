"""Tier B: code that keeps up what a site elsewhere reads or calls."""

from __future__ import annotations

from tests.analyzers.soundness.scope import A, B, exposed, notes, told

RING = """
pub struct Ring<T> { ptr: *mut T, len: usize, name: String }
struct Other { len: usize }
impl<T> Ring<T> {
    pub fn new() -> Self {
        let start = 0;
        Ring { ptr: dangling(), len: start, name: String::new() }
    }
    pub fn grow(&mut self, by: usize) { let more = by; self.len += more; }
    pub fn rename(&mut self, to: String) { self.name = to; }
    pub fn get(&self, at: usize) -> &T { unsafe { &*self.ptr.add(self.checked(at) % self.len) } }
    fn checked(&self, at: usize) -> usize { inner(at) }
    pub fn len(&self) -> usize { self.len }
}
impl Other { fn set(&mut self, to: usize) { self.len = to; } }
fn inner(at: usize) -> usize { at }
fn unrelated(at: usize) -> usize { at }
"""


def test_an_edit_of_what_is_written_to_a_field_that_a_site_reads_is_told_with_field_and_type() -> None:
    (change,) = exposed(RING, RING.replace("let more = by", "let more = by * 2"))
    assert (change.site.item, change.site.kind, change.reasons) == (
        "impl Ring<T>::grow",
        "unsafe-block",
        (B,),
    )
    assert notes(change) == [
        (
            "soundness-writes",
            {"site": "unsafe-block", "item": "impl Ring<T>::get", "field": "len", "type": "Ring"},
            "src/lib.rs",
            11,
        )
    ]


def test_an_edit_of_what_a_field_is_constructed_with_is_told() -> None:
    (change,) = exposed(RING, RING.replace("let start = 0", "let start = 1"))
    assert [note.id for note in change.notes] == ["soundness-constructs"]
    assert dict(change.notes[0].values)["field"] == "len"


def test_an_edit_of_another_fields_initialiser_is_not() -> None:
    assert told(RING, RING.replace("name: String::new()", "name: String::with_capacity(9)")) == []


def test_writing_a_field_that_no_site_reads_is_nobodys_concern() -> None:
    assert told(RING, RING.replace("self.name = to", "self.name = to.trim().into()")) == []


def test_reading_a_field_is_not_writing_it() -> None:
    assert told(RING, RING.replace("usize { self.len }", "usize { self.len + 1 }")) == []


def test_a_field_of_the_same_name_in_another_type_is_another_field() -> None:
    assert told(RING, RING.replace("self.len = to", "self.len = to + 1")) == []


def test_a_new_function_that_writes_a_field_is_told() -> None:
    new = RING.replace(
        "fn checked", "pub fn set_len(&mut self, to: usize) { self.len = to; }\n    fn checked"
    )
    assert told(RING, new) == [("impl Ring<T>::set_len", "unsafe-block", (B,))]


def test_a_helper_that_a_site_calls_is_told_and_so_is_one_call_further() -> None:
    (change,) = exposed(RING, RING.replace("{ inner(at) }", "{ inner(at) + 1 }"))
    assert (change.site.item, change.notes[0].id) == ("impl Ring<T>::checked", "soundness-calls")
    (change,) = exposed(
        RING, RING.replace("fn inner(at: usize) -> usize { at }", "fn inner(at: usize) -> usize { 0 }")
    )
    assert (change.site.item, change.notes[0].id) == ("inner", "soundness-calls-through")
    assert dict(change.notes[0].values)["through"] == "checked"


def test_a_function_that_no_site_calls_is_no_helper() -> None:
    assert (
        told(
            RING,
            RING.replace("fn unrelated(at: usize) -> usize { at }", "fn unrelated(at: usize) -> usize { 0 }"),
        )
        == []
    )


def test_a_method_that_everybody_has_is_no_helper_unless_it_is_called_on_self() -> None:
    code = "struct A; impl A { fn len(&self) -> usize { 1 } }\nfn f(x: &[u8]) { unsafe { go(x.len()) } }"
    assert told(code, code.replace("usize { 1 }", "usize { 2 }")) == []


def test_bounds_of_a_function_that_makes_a_type_with_an_unsafe_impl_are_told() -> None:
    code = (
        "struct Guard<T>(T);\nunsafe impl<T> Send for Guard<T> {}\nfn map<V>(v: V) -> Guard<V> { Guard(v) }"
    )
    assert told(code, code.replace("map<V>", "map<V: Send>")) == [("map", "unsafe-impl", (B,))]


def test_interior_mutation_writes() -> None:
    code = (
        "struct S { state: AtomicUsize }\n"
        "impl S { fn mark(&self, x: usize) { self.state.store(x, Relaxed) }\n"
        "fn go(&self) { unsafe { run(self.state.load(Acquire)) } } }"
    )
    assert told(code, code.replace("store(x, Relaxed)", "store(x, Release)")) == [
        ("impl S::mark", "unsafe-block", (B,))
    ]


def test_an_edit_may_be_both_around_a_site_and_under_another() -> None:
    code = (
        "struct S { n: usize }\n"
        "impl S { fn a(&mut self, k: usize) { self.n = k; unsafe { x() } }\n"
        "fn b(&self) { unsafe { y(self.n) } } }"
    )
    assert told(code, code.replace("self.n = k", "self.n = k + 1")) == [("impl S::a", "unsafe-block", (A, B))]


def test_another_order_of_the_same_statements_counts() -> None:
    code = (
        "struct S { n: Cell<u8> }\n"
        "impl S { fn out(&self, k: u8) { self.n.set(k); release(); }\n"
        "fn go(&self) { unsafe { y(self.n.get()) } } }"
    )
    swapped = code.replace("self.n.set(k); release();", "release(); self.n.set(k);")
    assert told(code, swapped) == [("impl S::out", "unsafe-block", (B,))]
