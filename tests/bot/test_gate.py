"""The gate asks about what the rules name, explains itself, and is never clear with anything unseen."""

from __future__ import annotations

import dataclasses
import datetime
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.kinds import KINDS
from analyzers.model import (
    Analysis,
    Change,
    ChangeClass,
    Finding,
    Group,
    Place,
    Reason,
    Severity,
    Site,
    Unanalysed,
    UnanalysedReason,
)
from bot.gate import Condition, evaluate, explain
from bot.model import Decision, Mode, RuleResult, State
from bot.policy import BUILT_IN, apply_severities
from bot.policy.model import Policy, Request, Require, Rule, When

TODAY = datetime.date(2026, 11, 21)
SUBMODULE = Unanalysed("vendor/x", UnanalysedReason.SUBMODULE)


def change(
    kind: str = "unsafe-block",
    of: ChangeClass = ChangeClass.ADDED,
    path: str = "src/lib.rs",
    *,
    before: str | None = None,
    in_test: bool = False,
    reasons: tuple[Reason, ...] = (),
) -> Change:
    site = Site(kind, "fn f", 3, 5, 4, 40, 40, 60, "t", "s", in_test=in_test)
    print_of = "-".join((kind, of, path, before or "", str(in_test)))
    return Change(of, path, site, print_of, Place(before, site) if before else None, reasons)


def finding(severity: Severity, path: str = "src/lib.rs") -> Finding:
    return Finding("missing-safety-comment", severity, path, 3, 5, 4, "unsafe-block", "fn f")


def rule(name: str = "unsafe code", when: When | None = None) -> Rule:
    return Rule(name, when or When(), Require(("unsafe", "kernel"), 2), Request(2))


def enforcing(*rules: Rule) -> Policy:
    return Policy(mode=Mode.ENFORCE, rules=rules or (rule(),))


def decide(policy: Policy, *changes: Change) -> Decision:
    return evaluate(policy, Analysis(changes), today=TODAY)


def asks(when: When, about: Change) -> bool:
    decision = decide(enforcing(rule(when=when)), about)
    (reasons,) = explain(enforcing(rule(when=when)), Analysis((about,)), about).rules
    assert reasons.asks is (decision.state is State.PENDING)
    return reasons.asks


def test_with_nothing_changed_nobody_is_asked() -> None:
    assert decide(BUILT_IN) == Decision(State.CLEAR, Mode.ADVISE, (RuleResult("built-in", State.CLEAR),))


def test_a_matching_change_waits_for_the_people_of_the_rule() -> None:
    other = rule("lints", When(kinds=("lint",)))
    added, moved = change(), change(of=ChangeClass.MOVED, path="src/z.rs")
    assert decide(enforcing(rule(), other), added, moved) == Decision(
        State.PENDING,
        Mode.ENFORCE,
        (
            RuleResult("unsafe code", State.PENDING, (added.fingerprint,), ("unsafe", "kernel"), 2),
            RuleResult("lints", State.CLEAR, (), ("unsafe", "kernel"), 2),
        ),
    )


@pytest.mark.parametrize(
    ("when", "about", "expected"),
    [
        pytest.param(When(kinds=("unsafe",)), change("unsafe-fn"), True, id="a group covers its kinds"),
        pytest.param(When(kinds=("unsafe-fn",)), change("unsafe-fn"), True, id="a kind covers itself"),
        pytest.param(When(kinds=("unsafe-fn",)), change("unsafe-block"), False, id="a kind covers no other"),
        pytest.param(When(kinds=("memory",)), change("unsafe-block"), False, id="a group covers no other"),
        pytest.param(
            When(), change("dependency"), True, id="without kinds every kind asks, planned ones too"
        ),
        pytest.param(When(), change(of=ChangeClass.MOVED), False, id="moved code asks nobody"),
        pytest.param(When(), change(of=ChangeClass.REMOVED), False, id="removed code asks nobody"),
        pytest.param(
            When(changes=(ChangeClass.MOVED,)),
            change(of=ChangeClass.MOVED),
            True,
            id="unless the rule names it",
        ),
        pytest.param(
            When(), change("lint-level", reasons=(Reason.TIGHTENED,)), False, id="a stricter lint asks nobody"
        ),
        pytest.param(When(), change(in_test=True), False, id="tests ask nobody"),
        pytest.param(When(in_tests=True), change(in_test=True), True, id="unless the rule says so"),
        pytest.param(When(paths=("src/ffi/**",)), change(path="src/ffi/a.rs"), True, id="inside its paths"),
        pytest.param(When(paths=("src/ffi/**",)), change(path="src/a.rs"), False, id="outside its paths"),
        pytest.param(When(not_paths=("fuzz/**",)), change(path="fuzz/a.rs"), False, id="what is left out"),
        pytest.param(
            When(paths=("src/**",), not_paths=("src/gen/**",)),
            change(path="src/gen/a.rs"),
            False,
            id="left out within its paths",
        ),
        pytest.param(
            When(not_paths=("fuzz/**",)),
            change(path="fuzz/a.rs", before="src/a.rs"),
            True,
            id="a rename into what is left out still asks",
        ),
        pytest.param(
            When(paths=("src/**",)),
            change(path="lib/a.rs", before="src/a.rs"),
            True,
            id="a rename out of its paths still asks",
        ),
        pytest.param(
            When(paths=("src/**",), not_paths=("src/gen/**",)),
            change(path="src/gen/a.rs", before="lib/a.rs"),
            False,
            id="a rename between two places that never ask",
        ),
    ],
)
def test_a_rule_asks(when: When, about: Change, expected: bool) -> None:
    assert asks(when, about) is expected


@pytest.mark.parametrize("kind", KINDS)
def test_the_built_in_policy_asks_about_every_kind_of_its_groups(kind: str) -> None:
    expected = KINDS[kind].group in {Group.UNSAFE, Group.MEMORY, Group.FFI, Group.LINT}
    assert (decide(BUILT_IN, change(kind)).state is State.PENDING) is expected


def test_a_kind_that_nobody_knows_is_an_error_rather_than_silence() -> None:
    with pytest.raises(KeyError):
        decide(BUILT_IN, change("unheard-of"))


@pytest.mark.parametrize(
    ("mode", "enforce_from", "in_force", "held"),
    [
        (Mode.ENFORCE, None, Mode.ENFORCE, State.BLOCKED),
        (Mode.ENFORCE, TODAY, Mode.ENFORCE, State.BLOCKED),
        (Mode.ENFORCE, TODAY + datetime.timedelta(days=1), Mode.ADVISE, State.PENDING),
        (Mode.ADVISE, TODAY, Mode.ADVISE, State.PENDING),
        (Mode.OFF, TODAY + datetime.timedelta(days=1), Mode.OFF, State.PENDING),
    ],
)
def test_what_cannot_pass_is_blocked_only_while_enforcing_but_never_clear(
    mode: Mode, enforce_from: datetime.date | None, in_force: Mode, held: State
) -> None:
    policy = Policy(mode=mode, enforce_from=enforce_from, rules=(rule(),))
    unseen = evaluate(policy, Analysis(unanalysed=(SUBMODULE,)), today=TODAY)
    bad = evaluate(policy, Analysis(findings=(finding(Severity.BLOCK),)), today=TODAY)
    assert (unseen.mode, unseen.state, bad.state) == (in_force, held, held)
    assert evaluate(policy, Analysis((change(),)), today=TODAY).state is State.PENDING
    assert evaluate(policy, Analysis(), today=TODAY).state is State.CLEAR


def test_findings_below_block_hold_nothing() -> None:
    analysis = Analysis(findings=(finding(Severity.WARN), finding(Severity.NOTE)))
    assert evaluate(enforcing(), analysis, today=TODAY).state is State.CLEAR


def test_the_policy_says_how_loud_a_finding_is() -> None:
    warned, other = (
        finding(Severity.WARN),
        dataclasses.replace(finding(Severity.NOTE), id="missing-safety-doc"),
    )
    loud = Policy(findings=(("missing-safety-comment", Severity.BLOCK),))
    quiet = Policy(findings=(("missing-safety-comment", Severity.OFF),))
    assert apply_severities(loud, (warned, other)) == (finding(Severity.BLOCK), other)
    assert apply_severities(quiet, (warned, other)) == (other,)
    assert apply_severities(Policy(), (warned, other)) == (warned, other)


def test_the_gate_itself_heeds_the_severities() -> None:
    loud = dataclasses.replace(enforcing(), findings=(("missing-safety-comment", Severity.BLOCK),))
    quiet = dataclasses.replace(enforcing(), findings=(("missing-safety-comment", Severity.OFF),))
    assert evaluate(loud, Analysis(findings=(finding(Severity.NOTE),)), today=TODAY).state is State.BLOCKED
    assert evaluate(quiet, Analysis(findings=(finding(Severity.BLOCK),)), today=TODAY).state is State.CLEAR


def test_an_explanation_names_what_each_rule_wanted_and_found() -> None:
    about = change("extern-fn", ChangeClass.MOVED, "src/a.rs", before="fuzz/a.rs", in_test=True)
    picky = rule(when=When(("memory", "unsafe-fn"), (ChangeClass.ADDED,), ("fuzz/**",), ("*.rs",)))
    elsewhere = finding(Severity.BLOCK, "src/other.rs")
    here = dataclasses.replace(finding(Severity.BLOCK, "src/a.rs"), kind="extern-fn")
    explanation = explain(enforcing(picky), Analysis((about,), (elsewhere, here)), about)
    (reasons,) = explanation.rules
    assert [(check.condition, check.holds, check.wanted, check.found) for check in reasons.checks] == [
        (Condition.CHANGES, False, ("added",), ("moved",)),
        (Condition.KINDS, False, ("memory", "unsafe-fn"), ("extern-fn", "ffi")),
        (Condition.TIGHTENED, True, ("no",), ("no",)),
        (Condition.IN_TESTS, False, ("no",), ("yes",)),
        (Condition.PATHS, True, ("fuzz/**",), ("src/a.rs", "fuzz/a.rs")),
        (Condition.NOT_PATHS, False, ("*.rs",), ("src/a.rs", "fuzz/a.rs")),
    ]
    assert explanation.change is about
    assert explanation.blocking == (here,)
    assert not explanation.asks


PATHS = st.sampled_from(["src/lib.rs", "src/ffi/a.rs", "fuzz/a.rs", "tests/t.rs"])
GLOBS = st.sampled_from(["**", "src/**", "fuzz/**", "*.rs", "src/*/a.rs", "tests"])
NAMES = st.sampled_from([*Group, "unsafe-block", "union", "extern-fn", "lint-level", "proc-macro"])
CHANGES = st.builds(
    change,
    st.sampled_from(["unsafe-block", "union", "extern-fn", "lint-level", "proc-macro", "dependency"]),
    st.sampled_from(ChangeClass),
    PATHS,
    before=st.none() | PATHS,
    in_test=st.booleans(),
    reasons=st.sampled_from([(), (Reason.TIGHTENED,), (Reason.FILE_RENAMED,)]),
)
WHENS = st.builds(
    When,
    st.lists(NAMES, min_size=1, max_size=3).map(tuple),
    st.lists(st.sampled_from(ChangeClass), min_size=1, max_size=4).map(tuple),
    st.lists(GLOBS, min_size=1, max_size=2).map(tuple),
    st.lists(GLOBS, max_size=2).map(tuple),
    st.booleans(),
)
POLICIES = st.builds(
    Policy,
    mode=st.sampled_from(Mode),
    enforce_from=st.none() | st.dates(datetime.date(2026, 11, 1), datetime.date(2026, 12, 1)),
    rules=st.lists(st.builds(rule, st.text(max_size=3), WHENS), max_size=4).map(tuple),
    findings=st.sampled_from(
        [(), (("missing-safety-comment", Severity.BLOCK),), (("missing-safety-comment", Severity.OFF),)]
    ),
)
ANALYSES = st.builds(
    Analysis,
    st.lists(CHANGES, max_size=5).map(tuple),
    st.lists(st.builds(finding, st.sampled_from(Severity)), max_size=2).map(tuple),
    st.sampled_from([(), (SUBMODULE,)]),
)


@given(POLICIES, ANALYSES)
def test_clear_means_that_no_rule_asks_and_everything_was_seen(policy: Policy, analysis: Analysis) -> None:
    decision = evaluate(policy, analysis, today=TODAY)
    explained = [explain(policy, analysis, each) for each in analysis.changes]
    asking = any(each.asks for each in explained)
    blocking = any(each.severity is Severity.BLOCK for each in apply_severities(policy, analysis.findings))
    assert (decision.state is State.CLEAR) is not (asking or blocking or bool(analysis.unanalysed))
    assert (decision.state is State.BLOCKED) is (
        decision.mode is Mode.ENFORCE and (blocking or bool(analysis.unanalysed))
    )


@given(POLICIES, ANALYSES)
def test_each_rule_lists_the_changes_whose_explanation_says_so(policy: Policy, analysis: Analysis) -> None:
    decision = evaluate(policy, analysis, today=TODAY)
    explained = [explain(policy, analysis, each) for each in analysis.changes]
    for index, result in enumerate(decision.rules):
        asked = tuple(each.change.fingerprint for each in explained if each.rules[index].asks)
        assert result.fingerprints == asked
        assert result.state is (State.PENDING if asked else State.CLEAR)


@given(POLICIES, ANALYSES, CHANGES | st.just(SUBMODULE) | st.builds(finding, st.sampled_from(Severity)))
def test_more_to_see_never_makes_it_clear(
    policy: Policy, analysis: Analysis, more: Change | Unanalysed | Finding
) -> None:
    changes = (*analysis.changes, more) if isinstance(more, Change) else analysis.changes
    findings = (*analysis.findings, more) if isinstance(more, Finding) else analysis.findings
    unanalysed = (*analysis.unanalysed, more) if isinstance(more, Unanalysed) else analysis.unanalysed
    fuller = Analysis(changes, findings, unanalysed)
    order = [State.CLEAR, State.PENDING, State.BLOCKED]
    before, after = (evaluate(policy, each, today=TODAY).state for each in (analysis, fuller))
    assert order.index(after) >= order.index(before)


@given(POLICIES, ANALYSES, st.randoms(use_true_random=False))
def test_the_order_of_rules_does_not_matter(
    policy: Policy, analysis: Analysis, shuffle: random.Random
) -> None:
    rules = list(policy.rules)
    shuffle.shuffle(rules)
    shuffled = evaluate(dataclasses.replace(policy, rules=tuple(rules)), analysis, today=TODAY)
    straight = evaluate(policy, analysis, today=TODAY)
    assert shuffled.state is straight.state
    assert sorted(map(repr, shuffled.rules)) == sorted(map(repr, straight.rules))


@given(POLICIES, ANALYSES, st.builds(rule, st.just("one more"), WHENS))
def test_one_more_rule_never_makes_it_clear(policy: Policy, analysis: Analysis, more: Rule) -> None:
    stricter = dataclasses.replace(policy, rules=(*policy.rules, more))
    if evaluate(stricter, analysis, today=TODAY).state is State.CLEAR:
        assert evaluate(policy, analysis, today=TODAY).state is State.CLEAR
