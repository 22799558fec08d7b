"""What holds of any policy, any pull request and anything said: more to see never makes it looser, and so on."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import given
from hypothesis import strategies as st

from analyzers.fingerprint import of_unanalysed
from analyzers.model import Analysis, ChangeClass, Group, Reason, Severity, Unanalysed, UnanalysedReason
from bot.actions import STRICTNESS
from bot.gate import Circumstances, circumstances_of, evaluate, explain, implicit_rules, standing, verdict
from bot.model import Approval, Barred, Decision, Mode, PolicyEdit, Source, Standing, State, Veto
from bot.policy import apply_severities
from bot.policy.model import Policy, Require, Rule, When
from bot.ports import Cover
from bot.pull import Association, Commit, PullRequest, Review, ReviewState, Team
from tests.bot.gate.sample import DAY, NOW, POOLS, SUBMODULE, TODAY, change, finding, pull_request, rule

T = TypeVar("T")


def some(values: Sequence[T], least: int = 0, most: int = 2) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=most).map(tuple)


PEOPLE = ("alice", "bob", "carol", "dave", "mia", "zoe", "eve")
WHERE = ("src/lib.rs", "src/ffi/a.rs", "fuzz/a.rs", "tests/t.rs")
GLOBS = ("**", "src/**", "fuzz/**", "*.rs", "src/*/a.rs", "tests")
KINDS = ("unsafe-block", "union", "extern-fn", "lint-level", "proc-macro", "dependency")
CHANGES = st.builds(
    change,
    st.sampled_from(KINDS),
    st.sampled_from(ChangeClass),
    st.sampled_from(WHERE),
    before=st.none() | st.sampled_from(WHERE),
    in_test=st.booleans(),
    reasons=some((Reason.TIGHTENED, Reason.FILE_RENAMED), most=1),
)
UNSEEN = (SUBMODULE, *(Unanalysed(path, UnanalysedReason.TOO_LARGE, blob="b") for path in WHERE[:2]))
EDITS = tuple(PolicyEdit(f".github/{name}.toml", "b", name) for name in ("edit", "edit-2"))
# They stand at no change: a finding and the change that it stands at have one waiver.
FINDINGS = st.builds(finding, st.sampled_from(Severity), item=st.sampled_from(["fn x", "fn y"]))
NAMES = (
    *(each.fingerprint for kind in KINDS[:3] for each in (change(kind), change(kind, path="fuzz/a.rs"))),
    *(of_unanalysed(doubt) for doubt in UNSEEN),
    *(edit.fingerprint for edit in EDITS),
)

WHENS = st.builds(
    When,
    some([*map(str, Group), *KINDS], 1, 3),
    some(tuple(ChangeClass), 1, 4),
    some(GLOBS, 1),
    some(GLOBS),
    st.booleans(),
    some(("ring", "fuzz"), most=1),
    some(("main", "release/*"), most=1),
    some(("zoe", "bob", "acme/staff", "acme/hidden"), most=1),
    some(("zoe", "bob", "acme/staff", "acme/hidden")),
    some(tuple(map(str, Association)), most=1),
)
POOL_NAMES = some(("unsafe", "kernel", "mentors"), 1)
EXPIRY = st.sampled_from([0, 30])
REQUIRES = st.one_of(
    st.builds(Require, POOL_NAMES, st.integers(1, 3), expires_days=EXPIRY),
    st.builds(Require, approvals=st.integers(1, 2), all_of=POOL_NAMES, expires_days=EXPIRY),
    st.just(Require()),
)
DAYS = st.sampled_from([None, TODAY - DAY, TODAY, TODAY + DAY])
RULES = st.builds(
    lambda name, when, require, day: dataclasses.replace(rule(name, when, require), enforce_from=day),
    st.text(max_size=3),
    WHENS,
    REQUIRES,
    DAYS,
)
POLICIES = st.builds(
    Policy,
    mode=st.sampled_from([*Mode, Mode.ENFORCE, Mode.ENFORCE]),
    enforce_from=DAYS,
    pools=st.just(POOLS),
    rules=st.lists(RULES, max_size=3).map(tuple),
    findings=st.sampled_from(
        [(), (("missing-safety-comment", Severity.BLOCK),), (("missing-safety-comment", Severity.OFF),)]
    ),
)
ANALYSES = st.builds(
    Analysis,
    st.lists(CHANGES, max_size=4).map(tuple),
    st.lists(FINDINGS, max_size=2).map(tuple),
    some(UNSEEN),
)
APPROVALS = st.builds(
    Approval,
    st.sampled_from(PEOPLE),
    st.sampled_from(Source),
    st.frozensets(st.sampled_from(NAMES), min_size=3),
    st.integers(0, 40).map(lambda days: NOW - days * DAY),
)
VETOES = st.builds(Veto, st.sampled_from(PEOPLE), st.just(NOW))
STANDINGS = st.builds(
    Standing,
    st.lists(APPROVALS, max_size=6).map(tuple),
    st.lists(VETOES, max_size=1).map(tuple),
    st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(Barred), max_size=2),
    some(("x@b",), most=1),
)
CIRCUMSTANCES = st.builds(
    Circumstances,
    branch=st.sampled_from([None, "main", "release/1"]),
    author=st.sampled_from([None, "zoe", "bob"]),
    contributors=st.none() | st.frozensets(st.sampled_from(["bob", "eve"])),
    teams=st.sampled_from([{}, {"acme/staff": frozenset({"zoe"})}]),
    association=st.none() | st.sampled_from(Association),
    crates=st.sampled_from([None, {}, {"src/lib.rs": "ring", "fuzz/a.rs": "fuzz"}]),
    policy_edits=some(EDITS, most=1),
    incomplete=some(("cut",), most=1),
    people=st.just({pool.name: frozenset(pool.users) for pool in POOLS}),
)


def strictness(decision: Decision) -> int:
    return STRICTNESS.index(verdict(decision))


def is_stricter(one: Decision, other: Decision) -> bool:
    order = list(State)
    return strictness(one) > strictness(other) or order.index(one.state) > order.index(other.state)


@given(POLICIES, ANALYSES, CIRCUMSTANCES)
def test_clear_means_that_no_rule_asks_and_everything_was_seen(
    policy: Policy, analysis: Analysis, around: Circumstances
) -> None:
    decision = evaluate(policy, analysis, around, now=NOW)
    explained = [explain(policy, analysis, each, around) for each in analysis.changes]
    asking = any(each.asks for each in explained) or around.policy_edits
    blocking = any(each.severity is Severity.BLOCK for each in apply_severities(policy, analysis.findings))
    held = bool(blocking or analysis.unanalysed or around.incomplete)
    assert (decision.state is State.CLEAR) is not (asking or held)
    assert (decision.state is State.BLOCKED) is (decision.mode is Mode.ENFORCE and held)


@given(POLICIES, ANALYSES, CIRCUMSTANCES)
def test_each_rule_lists_the_changes_whose_explanation_says_so(
    policy: Policy, analysis: Analysis, around: Circumstances
) -> None:
    changes = {each.fingerprint for each in analysis.changes}
    explained = [explain(policy, analysis, each, around) for each in analysis.changes]
    decision = evaluate(policy, analysis, around, now=NOW)
    for index, result in enumerate(decision.rules[: len(policy.rules)]):
        asked = [each.change.fingerprint for each in explained if each.rules[index].asks]
        assert [name for name in result.fingerprints if name in changes] == list(dict.fromkeys(asked))
        assert result.uncovered == result.fingerprints


@given(POLICIES, ANALYSES, CIRCUMSTANCES, STANDINGS)
def test_everything_unseen_and_every_edit_of_the_policy_is_asked_about_in_force(
    policy: Policy, analysis: Analysis, around: Circumstances, said: Standing
) -> None:
    decision = evaluate(policy, analysis, around, said, now=NOW)
    asked = {name for each in decision.rules if each.mode is decision.mode for name in each.fingerprints}
    assert asked.issuperset(map(of_unanalysed, analysis.unanalysed))
    assert asked.issuperset(edit.fingerprint for edit in around.policy_edits)


@given(POLICIES, ANALYSES, CIRCUMSTANCES, STANDINGS, st.one_of(CHANGES, FINDINGS, st.sampled_from(UNSEEN)))
def test_more_to_see_never_makes_it_looser(
    policy: Policy, analysis: Analysis, around: Circumstances, said: Standing, more: Any
) -> None:
    field = next(
        name
        for name, values in (("unanalysed", UNSEEN), ("findings", [finding()]), ("changes", [change()]))
        if isinstance(more, type(values[0]))
    )
    fuller = dataclasses.replace(analysis, **{field: (*getattr(analysis, field), more)})
    assert not is_stricter(
        evaluate(policy, analysis, around, said, now=NOW), evaluate(policy, fuller, around, said, now=NOW)
    )


@given(
    POLICIES,
    ANALYSES,
    CIRCUMSTANCES,
    STANDINGS,
    st.sampled_from(["edit", "incomplete", "unmapped", "barred", "veto"]),
    st.sampled_from(PEOPLE),
)
def test_more_doubt_never_makes_it_looser(
    policy: Policy, analysis: Analysis, around: Circumstances, said: Standing, doubt: str, person: str
) -> None:
    replace: Callable[..., Any] = dataclasses.replace
    worse, louder = around, said
    if doubt == "edit":
        worse = replace(around, policy_edits=EDITS)
    elif doubt == "incomplete":
        worse = replace(around, incomplete=(*around.incomplete, "more"))
    elif doubt == "unmapped":
        louder = replace(said, unmapped=(*said.unmapped, "y@b"))
    elif doubt == "barred":
        louder = replace(said, barred={person: Barred.COMMITTED, **said.barred})
    else:
        louder = replace(said, vetoes=(*said.vetoes, Veto(person, NOW)))
    before = evaluate(policy, analysis, around, said, now=NOW)
    assert not is_stricter(before, evaluate(policy, analysis, worse, louder, now=NOW))


@given(POLICIES, ANALYSES, CIRCUMSTANCES, STANDINGS, APPROVALS)
def test_more_approvals_never_make_it_stricter(
    policy: Policy, analysis: Analysis, around: Circumstances, said: Standing, more: Approval
) -> None:
    heard = dataclasses.replace(said, approvals=(*said.approvals, more))
    before = evaluate(policy, analysis, around, said, now=NOW)
    after = evaluate(policy, analysis, around, heard, now=NOW)
    assert not is_stricter(after, before)
    for one, other in zip(before.rules, after.rules, strict=True):
        assert set(other.uncovered) <= set(one.uncovered)


PEOPLE_OF_COMMITS = st.builds(Commit, st.just("c"), some(PEOPLE, most=2), st.sampled_from([(), (), ("x@b",)]))
PULLS = st.builds(
    pull_request,
    st.sampled_from(["zoe", "bob"]),
    last_pusher=st.sampled_from(["", "zoe", "alice"]),
    association=st.sampled_from(Association),
    commits=st.lists(PEOPLE_OF_COMMITS, max_size=2).map(tuple),
    teams=st.just({"acme/staff": Team("acme/staff", frozenset({"zoe"}))}),
    reviews=st.lists(
        st.builds(
            Review,
            st.integers(1, 5),
            st.sampled_from(PEOPLE),
            st.sampled_from(ReviewState),
            st.just("c"),
            st.just(NOW),
        ),
        max_size=4,
        unique_by=lambda review: review.id,
    ).map(tuple),
)
COVERS = {number: Cover("main", frozenset(NAMES)) for number in range(1, 6)}


def judged(policy: Policy, analysis: Analysis, pull: PullRequest) -> Decision:
    around = circumstances_of(pull, policy)
    return evaluate(policy, analysis, around, standing(pull, COVERS, [], []), now=NOW)


@given(POLICIES, ANALYSES, PULLS, PEOPLE_OF_COMMITS)
def test_one_more_commit_never_makes_it_looser(
    policy: Policy, analysis: Analysis, pull: PullRequest, more: Commit
) -> None:
    longer = dataclasses.replace(pull, commits=(*pull.commits, more))
    assert not is_stricter(judged(policy, analysis, pull), judged(policy, analysis, longer))


@given(POLICIES, ANALYSES, PULLS, st.text(), st.booleans())
def test_what_the_author_can_write_decides_nothing(
    policy: Policy, analysis: Analysis, pull: PullRequest, text: str, is_draft: bool
) -> None:
    other = dataclasses.replace(pull, title=text, labels=(text,), head_ref=text, is_draft=is_draft)
    assert judged(policy, analysis, other) == judged(policy, analysis, pull)


@given(POLICIES, ANALYSES, CIRCUMSTANCES, STANDINGS, st.randoms(use_true_random=False))
def test_the_order_of_what_is_told_does_not_matter(
    policy: Policy, analysis: Analysis, around: Circumstances, said: Standing, shuffle: random.Random
) -> None:
    def mixed(values: Sequence[T]) -> tuple[T, ...]:
        return tuple(shuffle.sample(list(values), len(values)))

    def in_order(decision: Decision) -> Decision:
        rules = (
            dataclasses.replace(
                each,
                fingerprints=tuple(sorted(each.fingerprints)),
                uncovered=tuple(sorted(each.uncovered)),
            )
            for each in decision.rules
        )
        return dataclasses.replace(decision, rules=tuple(rules))

    other = Analysis(mixed(analysis.changes), mixed(analysis.findings), mixed(analysis.unanalysed))
    heard = dataclasses.replace(
        said,
        approvals=mixed(said.approvals),
        vetoes=mixed(said.vetoes),
        barred=dict(mixed(tuple(said.barred.items()))),
    )
    moved = dataclasses.replace(
        around, policy_edits=mixed(around.policy_edits), people=dict(mixed(tuple(around.people.items())))
    )
    first = evaluate(policy, analysis, around, said, now=NOW)
    assert in_order(evaluate(policy, other, moved, heard, now=NOW)) == in_order(first)


@given(POLICIES, ANALYSES, CIRCUMSTANCES, STANDINGS, st.randoms(use_true_random=False))
def test_the_order_of_rules_does_not_matter(
    policy: Policy, analysis: Analysis, around: Circumstances, said: Standing, shuffle: random.Random
) -> None:
    rules = list(policy.rules)
    shuffle.shuffle(rules)
    shuffled = dataclasses.replace(policy, rules=tuple(rules))
    first = evaluate(policy, analysis, around, said, now=NOW)
    again = evaluate(shuffled, analysis, around, said, now=NOW)
    assert (again.state, again.holds) == (first.state, first.holds)
    assert sorted(map(repr, again.rules)) == sorted(map(repr, first.rules))


@given(POLICIES, ANALYSES, CIRCUMSTANCES, STANDINGS, RULES)
def test_one_more_rule_about_changes_never_makes_it_clear(
    policy: Policy, analysis: Analysis, around: Circumstances, said: Standing, more: Rule
) -> None:
    stricter = dataclasses.replace(policy, rules=(*policy.rules, more))
    seen = dataclasses.replace(analysis, unanalysed=(), findings=())
    there = dataclasses.replace(around, policy_edits=())
    before = evaluate(policy, seen, there, said, now=NOW)
    assert not is_stricter(before, evaluate(stricter, seen, there, said, now=NOW))


@given(POLICIES)
def test_no_rule_of_the_policy_is_needed_for_the_implicit_ones_to_have_people(policy: Policy) -> None:
    assert all(each.require.any_of for each in implicit_rules(policy))
