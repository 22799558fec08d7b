"""Tier C: the declarations that a site relies on."""

from __future__ import annotations

import pytest

from tests.analyzers.soundness.scope import C, exposed, told

CODE = """
const SLOTS: usize = 4;
type Word = u32;
#[derive(Debug)]
pub struct Ring<T> { ptr: *mut T, len: usize, name: String }
pub struct Free { x: u8 }
impl<T> Ring<T> {
    fn get(&self, at: usize) -> &T { unsafe { &*self.ptr.add(at % SLOTS).cast::<Word>() } }
}
unsafe impl<T> Send for Ring<T> {}
"""


@pytest.mark.parametrize(
    ("before", "after", "item", "notes"),
    [
        ("SLOTS: usize = 4", "SLOTS: usize = 5", "SLOTS", {"soundness-name"}),
        ("type Word = u32", "type Word = u64", "Word", {"soundness-name"}),
        ("ptr: *mut T", "ptr: *const T", "Ring", {"soundness-field", "soundness-promise"}),
        ("{ ptr: *mut T", "{ pub ptr: *mut T", "Ring", {"soundness-field", "soundness-promise"}),
        ("#[derive(Debug)]", "#[derive(Clone, Debug)]", "Ring", {"soundness-type", "soundness-promise"}),
        ("struct Ring<T> {", "struct Ring<T: Copy> {", "Ring", {"soundness-type", "soundness-promise"}),
        ("name: String", "name: Rc<str>", "Ring", {"soundness-promise"}),
        ("impl<T> Ring<T> {", "impl<T: Copy> Ring<T> {", "impl Ring<T>", {"soundness-bounds"}),
    ],
)
def test_what_a_site_relies_on_is_told_at_its_declaration(
    before: str, after: str, item: str, notes: set[str]
) -> None:
    assert CODE.count(before) == 1
    changes = exposed(CODE, CODE.replace(before, after))
    assert {change.site.item for change in changes} == {item}
    assert all(change.reasons == (C,) for change in changes)
    assert {note.id for change in changes for note in change.notes} == notes


def test_a_type_that_no_site_knows_is_nobodys_concern() -> None:
    assert told(CODE, CODE.replace("x: u8", "x: u16")) == []


def test_fields_of_tuples_and_generic_types_are_told_apart() -> None:
    code = "struct P<T>(Map<T, u8>, *mut T);\nimpl<T> P<T> { fn f(&self) { unsafe { go(self.1) } } }"
    assert told(code, code.replace("Map<T, u8>", "Map<T, u16>")) == []
    assert told(code, code.replace("*mut T)", "*const T)")) == [("P", "unsafe-block", (C,))]
