"""An approval of an exposed change covers exactly that edit and the sites that rely on it."""

from __future__ import annotations

from tests.analyzers.soundness.scope import exposed

CODE = "struct S { n: usize }\nimpl S { fn set(&mut self, k: usize) { self.n = k; }\nfn go(&self) { unsafe { x(self.n) } } }"


def _of(code: str, edited: str) -> list[str]:
    return [change.fingerprint for change in exposed(code, edited)]


def test_layout_and_lines_do_not_count() -> None:
    edited = CODE.replace("= k;", "= k + 1;")
    assert _of(CODE, edited) == _of(
        CODE, f"// A comment.\n\n{edited.replace('{ self.n', '{{ self.n'.replace('{{', '{ '))}"
    )


def test_another_edit_of_the_same_function_is_another_thing_to_approve() -> None:
    assert _of(CODE, CODE.replace("= k;", "= k + 1;")) != _of(CODE, CODE.replace("= k;", "= k + 2;"))


def test_another_site_that_relies_on_the_edit_makes_it_another_thing_to_approve() -> None:
    edited = CODE.replace("= k;", "= k + 1;")
    more = "impl S { fn two(&self) { unsafe { y(self.n) } } }"
    assert _of(CODE, edited) != _of(CODE + more, edited + more)


def test_equal_edits_in_one_place_are_two() -> None:
    twice = "impl A { fn f(i: u8) { check(i); unsafe { go(i) } } }\n" * 2
    found = _of(twice, twice.replace("check(i);", ""))
    assert len(set(found)) == 2
