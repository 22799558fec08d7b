"""A rule asks about what meets all its conditions, and says which it wanted and found."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.kinds import KINDS
from analyzers.model import Analysis, Change, ChangeClass, Group, Note, Reason, Severity
from bot.gate import Circumstances, Condition, circumstances_of, evaluate, explain, people_of
from bot.model import State
from bot.policy import BUILT_IN
from bot.policy.model import Policy, Pool, When
from bot.pull import Association, Commit, PullRequest, Team
from tests.bot.gate.sample import EDIT, NOW, SUBMODULE, change, enforcing, finding, pull_request, rule

UNKNOWN = Circumstances()
GLOBS = ("**", "src/**", "src/raw/**", "fuzz/**", "lib.rs")


def asks(when: When, about: Change, around: Circumstances = UNKNOWN) -> bool:
    policy, analysis = enforcing(rule(when=when)), Analysis((about,))
    decision = evaluate(policy, analysis, around, now=NOW)
    (reasons,) = explain(policy, analysis, about, around).rules
    assert reasons.asks is (decision.state is State.PENDING)
    return reasons.asks


def relied_on(path: str, *sites: str) -> Change:
    """An edit of safe code that unsafe sites elsewhere rely on."""
    notes = tuple(Note("soundness-calls", (), site, 7) for site in sites)
    exposed = change(of=ChangeClass.EXPOSED, path=path, reasons=(Reason.EXPOSED_STATE,))
    return dataclasses.replace(exposed, notes=notes)


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
        pytest.param(
            When(paths=("src/raw/**",)),
            relied_on("src/check.rs", "src/raw/ring.rs"),
            True,
            id="safe code elsewhere that unsafe code in its paths relies on",
        ),
        pytest.param(
            When(not_paths=("src/check.rs",)),
            relied_on("src/check.rs", "src/raw/ring.rs"),
            True,
            id="safe code in what is left out that unsafe code outside of it relies on",
        ),
        pytest.param(
            When(not_paths=("src/raw/**",)),
            relied_on("src/check.rs", "src/raw/ring.rs"),
            True,
            id="safe code outside of what is left out, whatever relies on it",
        ),
        pytest.param(
            When(paths=("src/raw/**",), not_paths=("src/raw/**",)),
            relied_on("src/check.rs", "src/raw/ring.rs"),
            False,
            id="safe code that unsafe code in what is left out relies on",
        ),
    ],
)
def test_a_rule_asks(when: When, about: Change, expected: bool) -> None:
    assert asks(when, about) is expected


@settings(max_examples=300, deadline=None)
@given(
    paths=st.lists(st.sampled_from(GLOBS), min_size=1, max_size=2),
    not_paths=st.lists(st.sampled_from(GLOBS), max_size=2),
    crates=st.lists(st.sampled_from(["ring", "ring-fuzz"]), max_size=1),
    sites=st.lists(st.sampled_from(["src/raw/a.rs", "fuzz/a.rs", "src/b.rs"]), max_size=3),
)
def test_where_relying_sites_stand_never_makes_a_rule_ask_less(
    paths: list[str], not_paths: list[str], crates: list[str], sites: list[str]
) -> None:
    when = When(paths=tuple(paths), not_paths=tuple(not_paths), crates=tuple(crates))
    if asks(when, relied_on("src/lib.rs"), around()):
        assert asks(when, relied_on("src/lib.rs", *sites), around())


@pytest.mark.parametrize("kind", KINDS)
def test_the_built_in_policy_asks_about_every_kind_of_its_groups(kind: str) -> None:
    expected = KINDS[kind].group in {Group.UNSAFE, Group.MEMORY, Group.FFI, Group.LINT}
    decision = evaluate(BUILT_IN, Analysis((change(kind),)), now=NOW)
    assert (decision.state is State.PENDING) is expected


def test_a_kind_that_nobody_knows_is_an_error_rather_than_silence() -> None:
    with pytest.raises(KeyError):
        evaluate(BUILT_IN, Analysis((change("unheard-of"),)), now=NOW)


def around(**known: Any) -> Circumstances:
    everything = Circumstances(
        branch="main",
        author="zoe",
        contributors=frozenset(),
        teams={"acme/staff": frozenset({"zoe"}), "acme/ops": frozenset({"yan"})},
        association=Association.MEMBER,
        crates={"src/lib.rs": "ring", "fuzz/a.rs": "ring-fuzz"},
    )
    return dataclasses.replace(everything, **known)


YAN_TOO = frozenset({"yan"})


@pytest.mark.parametrize(
    ("when", "known", "expected"),
    [
        pytest.param(When(crates=("ring",)), {}, True, id="about its crate"),
        pytest.param(When(crates=("ring-fuzz",)), {}, False, id="not about another crate"),
        pytest.param(When(crates=("ring-fuzz",)), {"crates": None}, True, id="when no crate is known"),
        pytest.param(
            When(crates=("ring-fuzz",)),
            {"crates": {}},
            True,
            id="about a file that is in no crate: any may include it",
        ),
        pytest.param(When(branches=("main",)), {}, True, id="on its branch"),
        pytest.param(When(branches=("release/*",)), {}, False, id="not on another branch"),
        pytest.param(
            When(branches=("release/*",)), {"branch": "release/1"}, True, id="on a branch of its glob"
        ),
        pytest.param(When(branches=("release/*",)), {"branch": None}, True, id="when no branch is known"),
        pytest.param(When(authors=("zoe",)), {}, True, id="its author"),
        pytest.param(When(authors=("ZOE",)), {}, True, id="its author in any case of letters"),
        pytest.param(When(authors=("yan",)), {}, False, id="not another author"),
        pytest.param(When(authors=("yan",)), {"contributors": YAN_TOO}, True, id="whoever else committed"),
        pytest.param(
            When(authors=("yan",)), {"contributors": None}, True, id="when somebody unknown committed"
        ),
        pytest.param(When(authors=("yan",)), {"author": None}, True, id="when no author is known"),
        pytest.param(When(authors=("acme/staff",)), {}, True, id="a member of its team"),
        pytest.param(When(authors=("acme/ops",)), {}, False, id="not a stranger to its team"),
        pytest.param(When(authors=("acme/hidden",)), {}, True, id="when a team hides its members"),
        pytest.param(When(not_authors=("zoe",)), {}, False, id="not whom it leaves out"),
        pytest.param(When(not_authors=("yan",)), {}, True, id="whom it does not leave out"),
        pytest.param(When(not_authors=("acme/staff",)), {}, False, id="not a member of a team it leaves out"),
        pytest.param(
            When(not_authors=("acme/hidden",)), {}, True, id="when a team that it leaves out is hidden"
        ),
        pytest.param(
            When(not_authors=("zoe",)), {"author": None}, True, id="when nobody knows whom to leave out"
        ),
        pytest.param(
            When(not_authors=("zoe",)),
            {"contributors": YAN_TOO},
            True,
            id="when others push to a branch it leaves out",
        ),
        pytest.param(
            When(not_authors=("zoe",)), {"contributors": None}, True, id="when somebody unknown did"
        ),
        pytest.param(
            When(not_authors=("zoe", "yan")),
            {"contributors": YAN_TOO},
            False,
            id="not when it leaves all of them out",
        ),
        pytest.param(When(associations=("member", "owner")), {}, True, id="a member"),
        pytest.param(When(associations=("none",)), {}, False, id="not a member, but strangers"),
        pytest.param(
            When(associations=("none",)),
            {"association": None},
            True,
            id="when nothing is known of the author",
        ),
    ],
)
def test_a_rule_asks_by_circumstances(when: When, known: dict[str, Any], expected: bool) -> None:
    assert asks(when, change(), around(**known)) is expected


def test_code_moved_from_one_crate_to_another_is_asked_about_by_both() -> None:
    moved = change(path="fuzz/a.rs", before="src/lib.rs")
    assert asks(When(crates=("ring",)), moved, around())
    assert asks(When(crates=("ring-fuzz",)), moved, around())
    assert not asks(When(crates=("other",)), moved, around())


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param(
            When(), {"vendor/x", "edit"}, id="everything unseen and every edit of the policy by default"
        ),
        pytest.param(
            When(kinds=("lint",), changes=(ChangeClass.MOVED,)),
            {"vendor/x", "edit"},
            id="whatever kinds it names",
        ),
        pytest.param(When(paths=("vendor/**",)), {"vendor/x"}, id="what is in its paths"),
        pytest.param(When(not_paths=("vendor/**",)), {"edit"}, id="not what it leaves out"),
        pytest.param(When(paths=("*.toml",)), {"edit"}, id="the policy if its paths name it"),
        pytest.param(When(branches=("release/*",)), set(), id="nothing on another branch"),
        pytest.param(When(not_authors=("zoe",)), set(), id="nothing of whom it leaves out"),
    ],
)
def test_a_rule_asks_about_the_unseen_and_the_policy(when: When, expected: set[str]) -> None:
    analysis = Analysis(unanalysed=(SUBMODULE,))
    decision = evaluate(enforcing(rule(when=when)), analysis, around(policy_edits=(EDIT,)), now=NOW)
    unseen = evaluate(enforcing(), analysis, now=NOW).rules[0].fingerprints[0]
    assert set(decision.rules[0].fingerprints) == {{"vendor/x": unseen}.get(name, name) for name in expected}


def test_the_circumstances_are_read_from_the_pull_request() -> None:
    pull = pull_request(
        "Zoe",
        association=Association.CONTRIBUTOR,
        commits=(Commit("c1", ("Yan", "zoe")),),
        last_pusher="Xia",
        teams={
            "acme/staff": Team("acme/staff", frozenset({"zoe"})),
            "acme/hidden": Team("acme/hidden", None),
        },
        incomplete=("the list of files was cut",),
    )
    policy = Policy(pools=(Pool("p", ("Alice",), ("acme/staff", "acme/hidden", "acme/gone")), Pool("q")))
    assert circumstances_of(pull, policy, {"a": "b"}, (EDIT,)) == Circumstances(
        branch="main",
        author="zoe",
        contributors=frozenset({"yan", "xia"}),
        teams={"acme/staff": frozenset({"zoe"})},
        association=Association.CONTRIBUTOR,
        crates={"a": "b"},
        policy_edits=(EDIT,),
        incomplete=("the list of files was cut",),
        people={"p": frozenset({"alice", "zoe"}), "q": frozenset()},
    )


@pytest.mark.parametrize(
    "pull",
    [
        pytest.param(pull_request(commits=(Commit("c"),)), id="nobody knows who pushed"),
        pytest.param(
            pull_request(last_pusher="zoe", commits=(Commit("c", unmapped=("a@b",)),)),
            id="an e-mail address belongs to nobody",
        ),
    ],
)
def test_somebody_unknown_is_behind_it_when(pull: PullRequest) -> None:
    assert circumstances_of(pull, Policy()).contributors is None


def test_a_team_that_github_does_not_show_adds_nobody_to_a_pool() -> None:
    policy = Policy(pools=(Pool("p", (), ("acme/hidden",)),))
    assert people_of(policy, {"acme/hidden": Team("acme/hidden", None)}) == {"p": frozenset()}
    assert people_of(policy, {}) == {"p": frozenset()}


def test_the_people_of_a_team_are_in_the_pools_that_name_it_and_in_no_other() -> None:
    policy = Policy(pools=(Pool("p", ("ann",), ("acme/One",)), Pool("q", (), ("acme/two",))))
    teams = {
        slug: Team(slug, frozenset({person})) for slug, person in (("acme/one", "Bob"), ("acme/two", "carol"))
    }
    assert people_of(policy, teams) == {"p": frozenset({"ann", "bob"}), "q": frozenset({"carol"})}


def test_an_explanation_names_what_each_rule_wanted_and_found() -> None:
    about = change("extern-fn", ChangeClass.MOVED, "src/a.rs", before="fuzz/a.rs", in_test=True)
    when = When(
        ("memory", "unsafe-fn"),
        (ChangeClass.ADDED,),
        ("fuzz/**",),
        ("*.rs",),
        branches=("release/*",),
        not_authors=("zoe",),
        associations=("member",),
    )
    around = Circumstances("main", "zoe", frozenset({"yan"}), association=Association.NONE)
    elsewhere = finding(Severity.BLOCK, "src/other.rs")
    here = dataclasses.replace(finding(Severity.BLOCK, "src/a.rs"), kind="extern-fn")
    explanation = explain(enforcing(rule(when=when)), Analysis((about,), (elsewhere, here)), about, around)
    (reasons,) = explanation.rules
    assert [(check.condition, check.holds, check.wanted, check.found) for check in reasons.checks] == [
        (Condition.CHANGES, False, ("added",), ("moved",)),
        (Condition.KINDS, False, ("memory", "unsafe-fn"), ("extern-fn", "ffi")),
        (Condition.TIGHTENED, True, ("no",), ("no",)),
        (Condition.IN_TESTS, False, ("no",), ("yes",)),
        (Condition.PATHS, True, ("fuzz/**",), ("src/a.rs", "fuzz/a.rs")),
        (Condition.NOT_PATHS, False, ("*.rs",), ("src/a.rs", "fuzz/a.rs")),
        (Condition.CRATES, True, (), ()),
        (Condition.BRANCHES, False, ("release/*",), ("main",)),
        (Condition.AUTHORS, True, (), ("zoe", "yan")),
        (Condition.NOT_AUTHORS, True, ("zoe",), ("zoe", "yan")),
        (Condition.ASSOCIATIONS, False, ("member",), ("none",)),
    ]
    assert explanation.change is about
    assert explanation.blocking == (here,)
    assert not explanation.asks
