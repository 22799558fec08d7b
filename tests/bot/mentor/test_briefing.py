"""What a mentor looks at first, and what is not told twice."""

from __future__ import annotations

from dataclasses import replace

from analyzers.model import Analysis, ChangeClass, Finding, Severity
from analyzers.publishing.model import Checklist, Place, Result, Verdict
from analyzers.publishing.model import Severity as Weight
from bot.mentor.briefing import FIRST, first_changes, first_items
from bot.mentor.repetition import without_repetition
from bot.model import Decision, Mode, State
from tests.bot.mentor.packages import checklists, manifest
from tests.goldens import pulls

UNSAFE = "pub fn get(v: &[u8]) -> u8 {\n    unsafe { *v.get_unchecked(0) }\n}\n"
RING = {"Cargo.toml": manifest(), "src/lib.rs": UNSAFE}


def test_what_a_registry_rejects_comes_before_what_is_good_practice() -> None:
    found = first_items(checklists(RING))
    assert len(found) == FIRST
    assert [item.id for _, item in found][:2] == ["description", "license"]
    assert all(item.verdict is not Verdict.PASS for _, item in found)


def test_what_fails_comes_before_what_somebody_has_to_judge() -> None:
    (one,) = checklists(RING)
    asked = next(item for item in one.items if item.verdict is Verdict.ASK)
    failed = next(item for item in one.items if item.verdict is Verdict.FAIL)
    same = Checklist("x", ".", tuple(replace(item, severity=Weight.WARN) for item in (asked, failed)))
    assert [item.id for _, item in first_items([same])] == [failed.id, asked.id]


def test_changes_that_wait_come_first_and_moved_ones_not_at_all() -> None:
    analysis, last = pulls.BUSY.analysis, pulls.ASKED[-1]
    rule = pulls.rule((last.fingerprint,), (last.fingerprint,))
    found = first_changes(analysis, Decision(State.PENDING, Mode.ENFORCE, (rule,)))
    assert found[0] == last.fingerprint
    classes = {change.fingerprint: change.change for change in analysis.changes}
    assert not {classes[name] for name in found} & {ChangeClass.MOVED, ChangeClass.REMOVED}


def test_nothing_to_look_at_is_nothing() -> None:
    assert first_changes(Analysis(), Decision(State.CLEAR, Mode.ENFORCE)) == ()
    assert first_items([]) == ()


def finding(line: int) -> Finding:
    return Finding(
        "missing-safety-comment", Severity.WARN, "src/lib.rs", line, 5, line, kind="unsafe-block", item=""
    )


def test_a_missing_safety_comment_is_told_by_the_review_and_not_again() -> None:
    lists = checklists(RING)
    assert "unsafe-contracts" in {item.id for item in lists[0].items}
    (without,) = without_repetition(lists, [finding(2)])
    assert {item.id for item in lists[0].items} - {item.id for item in without.items} == {"unsafe-contracts"}


def test_what_the_review_tells_only_in_part_is_told_by_the_checklist() -> None:
    twice = UNSAFE + UNSAFE.replace("get(", "first(")
    lists = checklists(RING | {"src/lib.rs": twice})
    assert without_repetition(lists, [finding(2)]) == lists


def test_other_items_at_the_same_line_stay() -> None:
    (one,) = checklists(RING)
    item = replace(
        next(item for item in one.items if item.id == "missing-docs"),
        result=Result(Verdict.FAIL, "missing", {}, (Place("src/lib.rs", 2),)),
    )
    lists = (Checklist("ring", ".", (item,)),)
    assert without_repetition(lists, [finding(2)]) == lists
