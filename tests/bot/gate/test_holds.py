"""What cannot be judged, blocking findings, vetoes and half-read lists hold, and none of them is a dead end."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from analyzers.fingerprint import of_unanalysed
from analyzers.model import Analysis, ChangeClass, Finding, Severity
from bot.gate import POLICY_RULE, UNANALYSED_RULE, broken
from bot.model import (
    Barred,
    Decision,
    Hold,
    HoldReason,
    Mode,
    PolicyEdit,
    State,
)
from bot.policy import apply_severities
from bot.policy.model import Policy, PolicyProblem, Require, When
from tests.bot.gate.sample import (
    DAY,
    EDIT,
    HERE,
    POOLS,
    SUBMODULE,
    TODAY,
    approval,
    enforcing,
    finding,
    judge,
    named,
    rule,
    veto,
)

UNSEEN = of_unanalysed(SUBMODULE)
ADDRESS = {"unmapped": ("x@example.org",)}


# --- what could not be analysed, and the policy itself ---


def test_what_could_not_be_analysed_holds_until_somebody_lets_it_pass() -> None:
    analysis = Analysis(unanalysed=(SUBMODULE,))
    held = judge(enforcing(), analysis)
    assert held.state is State.BLOCKED
    assert held.holds == (Hold(HoldReason.UNANALYSED, fingerprint=UNSEEN, detail="vendor/x"),)
    assert judge(enforcing(), analysis, approval("alice", UNSEEN)).state is State.CLEAR
    assert judge(enforcing(), analysis, approval("alice", UNSEEN, waives=True)).state is State.CLEAR
    assert judge(enforcing(), analysis, approval("eve", UNSEEN)).state is State.BLOCKED


def test_other_content_at_the_same_path_asks_again() -> None:
    other = dataclasses.replace(SUBMODULE, blob="b9")
    assert judge(enforcing(), Analysis(unanalysed=(other,)), approval("alice", UNSEEN)).state is State.BLOCKED


def test_what_no_rule_takes_anybody_in_a_pool_of_the_rules_can_let_pass() -> None:
    policy = enforcing(rule(when=When(paths=("src/**",)), require=Require(("kernel",), 2)))
    analysis = Analysis(unanalysed=(SUBMODULE,))
    held = judge(policy, analysis)
    assert [(each.name, each.pools, each.approvals) for each in held.rules] == [
        ("unsafe code", ("kernel",), 2),
        (UNANALYSED_RULE, ("kernel",), 1),
    ]
    assert judge(policy, analysis, approval("dave", UNSEEN)).state is State.CLEAR
    assert judge(policy, analysis, approval("mia", UNSEEN)).state is State.BLOCKED


def test_where_no_rule_names_a_pool_every_pool_has_a_say() -> None:
    policy = Policy(mode=Mode.ENFORCE, pools=POOLS)
    assert judge(policy, Analysis(unanalysed=(SUBMODULE,)), approval("mia", UNSEEN)).state is State.CLEAR


def test_a_rule_that_only_advises_yet_does_not_take_the_unseen_from_the_others() -> None:
    later = dataclasses.replace(rule(), enforce_from=TODAY + DAY)
    held = judge(enforcing(later), Analysis(unanalysed=(SUBMODULE,)))
    assert [each.name for each in held.rules] == ["unsafe code", UNANALYSED_RULE]
    assert held.state is State.BLOCKED


def test_an_edit_of_the_policy_asks_every_rule_that_reaches_it_and_somebody_besides() -> None:
    elsewhere = rule("kernel", When(paths=("kernel/**",)), Require(("kernel",)))
    policy, edited = enforcing(rule(), elsewhere), dataclasses.replace(HERE, policy_edits=(EDIT,))
    held = judge(policy, Analysis(), around=edited)
    assert [(each.name, each.uncovered) for each in held.rules] == [
        ("unsafe code", ("edit",)),
        ("kernel", ()),
        (POLICY_RULE, ("edit",)),
    ]
    assert (held.state, held.holds) == (State.PENDING, ())
    assert judge(policy, Analysis(), approval("alice", "edit"), around=edited).state is State.CLEAR
    assert judge(policy, Analysis(), approval("dave", "edit"), around=edited).state is State.PENDING
    assert judge(policy, Analysis(), approval("mia", "edit"), around=edited).state is State.PENDING


def test_an_edit_of_the_policy_asks_even_where_no_rule_reaches_it() -> None:
    policy = enforcing(rule(when=When(not_paths=(".github/**",))))
    edited = dataclasses.replace(HERE, policy_edits=(EDIT,))
    assert judge(policy, Analysis(), around=edited).state is State.PENDING
    assert judge(policy, Analysis(), approval("alice", "edit"), around=edited).state is State.CLEAR
    rewritten = dataclasses.replace(HERE, policy_edits=(PolicyEdit(EDIT.path, "b2", "edit-2"),))
    assert judge(policy, Analysis(), approval("alice", "edit"), around=rewritten).state is State.PENDING


# --- vetoes, findings, what is incomplete ---


@pytest.mark.parametrize(
    ("person", "barred", "held"),
    [
        pytest.param("bob", None, True, id="of somebody in a pool holds"),
        pytest.param("mia", None, True, id="of any pool, be it one that no rule names"),
        pytest.param("eve", None, False, id="of somebody in no pool does not"),
        pytest.param("bob", Barred.AUTHOR, True, id="of the author holds: it is theirs to stop"),
        pytest.param("bob", Barred.COMMITTED, True, id="is not silenced by naming its author as a co-author"),
        pytest.param("bob", Barred.PUSHED, True, id="of the last pusher holds"),
        pytest.param("bob", Barred.BOT, False, id="of a bot does not"),
    ],
)
def test_a_veto(person: str, barred: Barred | None, held: bool) -> None:
    decision = judge(
        enforcing(), Analysis(), veto(person, "unsound"), barred={person: barred} if barred else {}
    )
    expected = (Hold(HoldReason.VETO, who=person, detail="unsound"),) if held else ()
    assert decision.holds == expected
    assert decision.state is (State.BLOCKED if held else State.CLEAR)


def test_approvals_of_others_do_not_outweigh_a_veto() -> None:
    said = [approval(person, "f") for person in ("alice", "bob", "carol")]
    assert judge(enforcing(), Analysis((named("f"),)), *said, veto("dave")).state is State.BLOCKED


def test_a_blocking_finding_holds_until_somebody_waives_it() -> None:
    analysis = Analysis((named("f"),), (finding(item="fn f"),))
    held = judge(enforcing(), analysis, approval("alice", "f"))
    assert held.holds == (Hold(HoldReason.FINDING, fingerprint="f", detail="missing-safety-comment"),)
    assert held.state is State.BLOCKED
    assert judge(enforcing(), analysis, approval("alice", "f", waives=True)).state is State.CLEAR


@pytest.mark.parametrize(
    ("person", "rest", "waived"),
    [
        pytest.param("alice", {}, True, id="by somebody of the rule's pool"),
        pytest.param("dave", {}, False, id="not by somebody of another pool"),
        pytest.param("alice", {"barred": {"alice": Barred.AUTHOR}}, False, id="not by the author"),
        pytest.param("alice", ADDRESS, False, id="not by one alone while an address is unmapped"),
    ],
)
def test_a_finding_is_waived(person: str, rest: dict[str, Any], waived: bool) -> None:
    analysis = Analysis((named("f"),), (finding(item="fn f"),))
    decision = judge(enforcing(), analysis, approval(person, "f", waives=True), **rest)
    assert (HoldReason.FINDING not in {hold.reason for hold in decision.holds}) is waived


def test_two_waive_a_finding_while_an_address_is_unmapped() -> None:
    analysis = Analysis((named("f"),), (finding(item="fn f"),))
    said = [approval(person, "f", waives=True) for person in ("alice", "bob")]
    assert judge(enforcing(), analysis, *said, unmapped=("x@example.org",)).state is State.CLEAR


def test_a_waiver_expires_as_the_rule_says() -> None:
    policy = enforcing(rule(require=Require(("unsafe",), expires_days=7)))
    analysis = Analysis((named("f"),), (finding(item="fn f"),))
    old = approval("alice", "f", days_ago=8, waives=True)
    assert judge(policy, analysis, old, approval("bob", "f")).state is State.BLOCKED


def test_a_finding_about_code_that_did_not_change_can_be_waived_too() -> None:
    loose = finding(item="fn untouched")
    (hold,) = judge(enforcing(), Analysis(findings=(loose,))).holds
    waiver = approval("carol", hold.fingerprint, waives=True)
    assert judge(enforcing(), Analysis(findings=(loose,)), waiver).state is State.CLEAR
    lower = dataclasses.replace(loose, line=90, end_line=91)
    assert judge(enforcing(), Analysis(findings=(lower,)), waiver).state is State.CLEAR
    assert judge(enforcing(), Analysis(findings=(loose, lower)), waiver).state is State.BLOCKED
    elsewhere = dataclasses.replace(loose, path="src/b.rs")
    assert judge(enforcing(), Analysis(findings=(elsewhere,)), waiver).state is State.BLOCKED


def test_a_finding_is_not_taken_for_one_at_a_removed_site_on_the_same_line() -> None:
    removed = dataclasses.replace(named("f"), change=ChangeClass.REMOVED)
    (hold,) = judge(enforcing(), Analysis((removed,), (finding(item="fn f"),))).holds
    assert hold.fingerprint != "f"


def test_findings_below_block_hold_nothing() -> None:
    analysis = Analysis(findings=(finding(Severity.WARN), finding(Severity.NOTE)))
    assert judge(enforcing(), analysis).state is State.CLEAR


def test_the_policy_says_how_loud_a_finding_is() -> None:
    warned = finding(Severity.WARN)
    other = dataclasses.replace(finding(Severity.NOTE), id="missing-safety-doc")
    loud = Policy(findings=(("missing-safety-comment", Severity.BLOCK),))
    quiet = Policy(findings=(("missing-safety-comment", Severity.OFF),))
    assert apply_severities(loud, (warned, other)) == (finding(Severity.BLOCK), other)
    assert apply_severities(quiet, (warned, other)) == (other,)
    assert apply_severities(Policy(), (warned, other)) == (warned, other)


@pytest.mark.parametrize(
    ("severity", "found", "state"),
    [(Severity.BLOCK, Severity.NOTE, State.BLOCKED), (Severity.OFF, Severity.BLOCK, State.CLEAR)],
)
def test_the_gate_itself_heeds_the_severities(severity: Severity, found: Severity, state: State) -> None:
    policy = dataclasses.replace(enforcing(), findings=(("missing-safety-comment", severity),))
    assert judge(policy, Analysis(findings=(finding(found),))).state is state


def test_what_was_not_read_completely_is_never_clear() -> None:
    cut = dataclasses.replace(HERE, incomplete=("3,000 files of 4,102 were listed",))
    decision = judge(enforcing(), Analysis(), around=cut)
    assert decision.state is State.BLOCKED
    assert decision.holds == (Hold(HoldReason.INCOMPLETE, detail="3,000 files of 4,102 were listed"),)


WRONG = PolicyProblem("cratewarden.toml", 3, 7, "unknown key `poool`")


def test_an_edited_policy_that_cannot_be_read_holds_whoever_approves_or_waives_it() -> None:
    edit = PolicyEdit("cratewarden.toml", "b10b", "e")
    edited = dataclasses.replace(HERE, policy_edits=(edit,), mistakes=(WRONG,))
    said = (approval("bob", "e"), approval("carol", "e", waives=True))
    decision = judge(enforcing(), Analysis(), *said, around=edited)
    assert decision.state is State.BLOCKED
    assert decision.holds == (Hold(HoldReason.EDIT, detail=str(WRONG)),)
    mended = dataclasses.replace(edited, mistakes=())
    assert judge(enforcing(), Analysis(), *said, around=mended).state is State.CLEAR


def test_holds_come_in_one_order_vetoes_first() -> None:
    cut = dataclasses.replace(HERE, incomplete=("commits", "a list"), mistakes=(WRONG,))
    analysis = Analysis(findings=(finding(),), unanalysed=(SUBMODULE,))
    decision = judge(enforcing(), analysis, veto("carol"), veto("bob"), around=cut)
    assert [(hold.reason.value, hold.who or hold.detail) for hold in decision.holds] == [
        ("veto", "bob"),
        ("veto", "carol"),
        ("finding", "missing-safety-comment"),
        ("unanalysed", "vendor/x"),
        ("incomplete", "a list"),
        ("incomplete", "commits"),
        ("edit", str(WRONG)),
    ]


def test_a_policy_that_cannot_be_read_holds_everything_and_says_why() -> None:
    assert broken([WRONG, WRONG]) == Decision(
        State.BLOCKED,
        Mode.ENFORCE,
        holds=(Hold(HoldReason.POLICY, detail="cratewarden.toml:3:7: unknown key `poool`"),),
    )
    assert broken([]).holds


def test_a_finding_of_two_sites_on_one_place_needs_both_waived() -> None:
    twins = (named("f"), dataclasses.replace(named("f"), fingerprint="f2"))
    analysis = Analysis(
        twins, (Finding("missing-safety-doc", Severity.BLOCK, "src/lib.rs", 3, 5, 4, "unsafe-block", "fn f"),)
    )
    assert [hold.fingerprint for hold in judge(enforcing(), analysis).holds] == ["f", "f2"]
