"""What became of every site between two states: the cases in ``changes``, by their marks.

A mark names class and kind, ``//~ changed:unsafe-block``, with ``because`` for the reasons (none said, none given)
and ``from`` for the place before, a line of ``before.rs`` or ``path:line``. ``removed`` is marked in the old state.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzers.kinds import KINDS
from analyzers.model import Analysis, Change, ChangeClass, Reason
from tests.analyzers.comparing import ChangeCase, compared, read_change
from tests.analyzers.marks import Mark

FOLDERS = sorted(path for path in (Path(__file__).parent / "changes").iterdir() if path.is_dir())


def told(path: str, line: int, word: str, because: str, before: str) -> str:
    return (
        f"{path}:{line} {word}"
        + (f" because={because}" if because else "")
        + (f" from={before}" if before else "")
    )


def expected(case: ChangeCase) -> list[str]:
    rows = []
    for path, mark in (*case.marks_before, *case.marks_after):
        before = mark.facts.get("from", "")
        if before and ":" not in before:
            before = f"file.rs:{before}"
        rows.append(told(path, mark.line, mark.word, mark.facts.get("because", ""), before))
    return sorted(rows)


def found(analysis: Analysis) -> list[str]:
    rows = []
    for change in analysis.changes:
        because = ",".join(change.reasons)
        before = f"{change.before.path}:{change.before.site.line}" if change.before else ""
        removed = change.change is ChangeClass.REMOVED
        word = f"{change.change}:{change.site.kind}"
        rows.append(told(change.path, change.site.line, word, because, "" if removed else before))
    return sorted(rows)


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name.replace("_", " "))
def case(request: pytest.FixtureRequest) -> ChangeCase:
    return read_change(request.param)


def test_exactly_the_marked_changes_are_found(case: ChangeCase) -> None:
    assert found(case.analysis()) == expected(case)


def test_a_case_is_read_without_doubt(case: ChangeCase) -> None:
    assert case.analysis().unanalysed == ()


def test_the_same_change_gives_the_same_analysis(case: ChangeCase) -> None:
    assert case.analysis() == case.analysis()


def test_no_two_changes_share_a_fingerprint(case: ChangeCase) -> None:
    fingerprints = [change.fingerprint for change in case.analysis().changes]
    assert len(set(fingerprints)) == len(fingerprints)


def test_changes_are_sorted_and_carry_what_their_class_says(case: ChangeCase) -> None:
    changes = case.analysis().changes
    places = [(change.path, change.site.line, change.site.kind) for change in changes]
    assert places == sorted(places)
    for change in changes:
        assert (change.before is None) == (change.change is ChangeClass.ADDED)
        if change.change is ChangeClass.REMOVED and change.before:
            assert (change.before.path, change.before.site) == (change.path, change.site)


def test_nothing_changes_from_a_state_to_itself(case: ChangeCase) -> None:
    assert compared(case.before, case.before).changes == ()


def test_every_mark_names_a_class_a_kind_and_reasons() -> None:
    marks = [mark for folder in FOLDERS for _, mark in read_change(folder).marks_after]
    assert marks
    for mark in marks:
        change, _, kind = mark.word.partition(":")
        assert ChangeClass(change) and kind in KINDS, mark
        assert all(Reason(reason) for reason in mark.facts.get("because", "").split(",") if reason), mark


def test_every_class_of_the_comparison_and_every_reason_has_a_case() -> None:
    marks = [mark for folder in FOLDERS for side in sides(folder) for mark in side]
    classes = {mark.word.partition(":")[0] for mark in marks}
    reasons = {reason for mark in marks for reason in mark.facts.get("because", "").split(",") if reason}
    assert classes == {change.value for change in ChangeClass} - {"exposed"}
    assert reasons == {reason.value for reason in Reason if not reason.startswith("exposed-")}


def sides(folder: Path) -> list[list[Mark]]:
    case = read_change(folder)
    return [[mark for _, mark in case.marks_before], [mark for _, mark in case.marks_after]]


# --- fingerprints -------------------------------------------------------------------------------------

BEFORE = b"fn f(p: *const u8) -> u8 { unsafe { *p } }\n"
AFTER = b"fn f(p: *const u8) -> u8 { unsafe { *p.add(1) } }\n"


def only_change(before: bytes, after: bytes, path: str = "src/a.rs") -> Change:
    (change,) = compared({path: before}, {path: after}).changes
    return change


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(b"\n\nuse a;\n\n" + AFTER, id="lines in front"),
        pytest.param(AFTER + b"fn g() {}", id="code behind"),
        pytest.param(AFTER.replace(b" ", b"\n    "), id="other layout"),
        pytest.param(AFTER.replace(b"{ *", b"{ /* why */ *"), id="a comment inside"),
        pytest.param(b"// why\n" + AFTER, id="a comment in front"),
        pytest.param(AFTER.replace(b"\n", b"\r\n"), id="other line ends"),
        pytest.param(AFTER.replace(b"-> u8 {", b"-> u8 { check();"), id="other code around it"),
    ],
)
def test_the_fingerprint_stays_with(after: bytes) -> None:
    assert only_change(BEFORE, after).fingerprint == only_change(BEFORE, AFTER).fingerprint


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        pytest.param(BEFORE, AFTER.replace(b"1", b"2"), "src/a.rs", id="other tokens after"),
        pytest.param(BEFORE.replace(b"*p", b"**p"), AFTER, "src/a.rs", id="other tokens before"),
        pytest.param(BEFORE, AFTER, "src/b.rs", id="another path"),
        pytest.param(
            BEFORE.replace(b"f(", b"g("), AFTER.replace(b"f(", b"g("), "src/a.rs", id="another item"
        ),
        pytest.param(b"", AFTER, "src/a.rs", id="another class"),
    ],
)
def test_the_fingerprint_differs_with(before: bytes, after: bytes, path: str) -> None:
    assert only_change(before, after, path).fingerprint != only_change(BEFORE, AFTER).fingerprint


def test_a_second_identical_block_added_later_is_not_covered_by_the_first() -> None:
    added = b"fn f(p: *const u8) { %b }\n"
    once = compared({"a.rs": b""}, {"a.rs": added % b"unsafe { *p };"})
    twice = compared({"a.rs": b""}, {"a.rs": added % b"unsafe { *p }; unsafe { *p };"})
    approved = {change.fingerprint for change in once.changes}
    assert [change.fingerprint in approved for change in twice.changes] == [True, False]


def test_what_was_relaxed_has_another_fingerprint_when_its_body_changes_too() -> None:
    before = b"pub unsafe fn get(p: *const u8) -> u8 { check(p); 1 }\n"
    plain = only_change(before, b"pub fn get(p: *const u8) -> u8 { check(p); 1 }\n")
    hollow = only_change(before, b"pub fn get(p: *const u8) -> u8 { 1 }\n")
    assert plain.change is hollow.change is ChangeClass.RELAXED
    assert plain.fingerprint != hollow.fingerprint


def test_fingerprints_are_hexadecimal_and_of_one_length() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", only_change(BEFORE, AFTER).fingerprint)


def test_the_order_of_the_files_does_not_matter() -> None:
    before = {"b.rs": BEFORE, "a.rs": BEFORE.replace(b"f(", b"g("), "c.rs": b""}
    after = {"c.rs": AFTER, "a.rs": b"", "b.rs": b""}
    shuffled = [{path: files[path] for path in sorted(files)} for files in (before, after)]
    assert compared(before, after) == compared(shuffled[0], shuffled[1])
