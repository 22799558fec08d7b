"""An edit of the policy is told part by part, with whether it asks for more or for less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.model import Severity
from bot.model import Mode
from bot.policy import Policy, PolicyError, load
from bot.policy.direction import Direction, by_age, by_pools, by_severity, together
from bot.policy.edit import Fact, Part, PolicyDifference, What, compare_policies
from bot.policy.model import Require

LOOSER, STRICTER, NEITHER, UNCLEAR = (
    Direction.LOOSER,
    Direction.STRICTER,
    Direction.NEITHER,
    Direction.UNCLEAR,
)
BEFORE = """\
version = 1
mode = "enforce"
[pools.unsafe]
users = ["alice", "bob"]
[pools.kernel]
users = ["carol"]
[[rules]]
name = "r"
when.kinds = ["unsafe", "ffi"]
when.paths = ["src/**", "lib/**"]
when.not_paths = ["fuzz/**"]
when.authors = ["mallory"]
require.any_of = ["unsafe", "kernel"]
require.approvals = 2
require.expires = "90d"
"""


def policy(document: str) -> Policy:
    return load(document.encode(), "cratewarden.toml")


def error(document: str) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        policy(document)
    return caught.value


def edited(*replacements: tuple[str, str]) -> PolicyDifference:
    after = BEFORE
    for old, new in replacements:
        assert after.count(old) == 1
        after = after.replace(old, new)
    return compare_policies(policy(BEFORE), policy(after))


def facts(difference: PolicyDifference) -> list[tuple[str, Direction]]:
    (change,) = difference.changes
    return [(fact.key, fact.direction) for fact in change.facts]


def test_no_edit_is_no_difference() -> None:
    assert edited() == PolicyDifference()
    assert edited().direction is NEITHER


@pytest.mark.parametrize(
    ("old", "new", "key", "direction"),
    [
        ('mode = "enforce"', 'mode = "advise"', "mode", LOOSER),
        ('mode = "enforce"', 'mode = "enforce"\nenforce_from = 2027-01-01', "enforce_from", LOOSER),
        ('["alice", "bob"]', '["alice", "bob", "eve"]', "users", LOOSER),
        ('["alice", "bob"]', '["alice"]', "users", STRICTER),
        ('["alice", "bob"]', '["alice", "eve"]', "users", UNCLEAR),
        ('["carol"]', '["carol"]\nteams = ["acme/kernel"]', "teams", LOOSER),
        ('["carol"]', '["carol"]\ncapacity = 3', "capacity", NEITHER),
        ('["carol"]', '["carol"]\naway = [{ user = "carol", until = 2027-01-01 }]', "away", NEITHER),
        ('["unsafe", "ffi"]', '["unsafe"]', "when.kinds", LOOSER),
        ('["unsafe", "ffi"]', '["unsafe-block", "ffi"]', "when.kinds", LOOSER),
        ('["unsafe", "ffi"]', '["ffi", "unsafe"]', "when.kinds", NEITHER),
        ('["unsafe", "ffi"]', '["unsafe", "ffi", "static-mut"]', "when.kinds", STRICTER),
        ('["src/**", "lib/**"]', '["src/**"]', "when.paths", LOOSER),
        ('["src/**", "lib/**"]', '["**"]', "when.paths", STRICTER),
        ('["src/**", "lib/**"]', '["source/**"]', "when.paths", UNCLEAR),
        ('["fuzz/**"]', '["fuzz/**", "src/**"]', "when.not_paths", LOOSER),
        ('["fuzz/**"]', "[]", "when.not_paths", STRICTER),
        ('when.authors = ["mallory"]\n', "", "when.authors", STRICTER),
        ('["mallory"]', '["mallory"]\nwhen.in_tests = true', "when.in_tests", STRICTER),
        ('["mallory"]', '["mallory"]\nwhen.crates = ["ring"]', "when.crates", LOOSER),
        ('["mallory"]', '["mallory"]\nwhen.branches = ["main"]', "when.branches", LOOSER),
        ('["mallory"]', '["mallory"]\nwhen.not_authors = ["x"]', "when.not_authors", LOOSER),
        ('["mallory"]', '["mallory"]\nwhen.associations = ["none"]', "when.associations", LOOSER),
        ('["mallory"]', '["mallory"]\nwhen.changes = ["added"]', "when.changes", LOOSER),
        ("approvals = 2", "approvals = 3", "require.approvals", STRICTER),
        ("approvals = 2", "approvals = 2\nrequest.count = 3", "request.count", NEITHER),
        ('"90d"', '"91d"', "require.expires", LOOSER),
        ('require.expires = "90d"\n', "", "require.expires", LOOSER),
        ('"90d"', '"90d"\nlocked = true', "locked", STRICTER),
        ('"90d"', '"90d"\nenforce_from = 2027-01-01', "enforce_from", LOOSER),
        ('any_of = ["unsafe", "kernel"]', 'pool = "unsafe"', "require.any_of", STRICTER),
    ],
)
def test_a_changed_key_is_told_with_its_direction(old: str, new: str, key: str, direction: Direction) -> None:
    difference = edited((old, new))
    assert (key, direction) in facts(difference)
    expected = [key, "request.count"] if key == "require.approvals" else [key]
    assert [name for name, _ in facts(difference)] == expected
    assert difference.direction is direction


def test_a_change_says_what_stood_there_and_what_stands_there_now() -> None:
    (change,) = edited(('"90d"', '"30d"'), ('["mallory"]', '["mallory", "eve"]')).changes
    assert (change.part, change.name, change.what) == (Part.RULE, "r", What.CHANGED)
    assert change.facts == (
        Fact("when.authors", ("mallory",), ("mallory", "eve"), STRICTER),
        Fact("require.expires", ("90d",), ("30d",), STRICTER),
    )


def test_a_looser_and_a_stricter_key_are_unclear_together() -> None:
    difference = edited(("approvals = 2", "approvals = 1"), ('["fuzz/**"]', "[]"))
    assert difference.direction is UNCLEAR


def test_parts_that_come_and_go_are_told_in_order() -> None:
    after = """\
version = 1
mode = "enforce"
[pools.unsafe]
users = ["alice", "bob"]
[pools.all]
users = ["carol"]
[[rules]]
name = "s"
require.pool = "all"
[findings]
missing-safety-doc = "block"
[mentoring]
pool = "unsafe"
[github]
dismiss_stale_approvals = true
"""
    changes = compare_policies(policy(BEFORE), policy(after)).changes
    assert [(each.part, each.name, each.what, each.direction) for each in changes] == [
        (Part.POOL, "all", What.ADDED, NEITHER),
        (Part.POOL, "kernel", What.REMOVED, NEITHER),
        (Part.RULE, "r", What.REMOVED, LOOSER),
        (Part.RULE, "s", What.ADDED, STRICTER),
        (Part.FINDING, "missing-safety-doc", What.ADDED, STRICTER),
        (Part.MENTORING, "", What.CHANGED, NEITHER),
        (Part.GITHUB, "", What.CHANGED, STRICTER),
    ]


def test_a_rule_that_only_got_another_name_is_the_same_rule() -> None:
    difference = edited(('name = "r"', 'name = "s"'))
    assert facts(difference) == [("name", NEITHER)]
    assert difference.changes[0].name == "r"


def test_only_a_mode_that_enforces_holds_anything() -> None:
    relaxed = BEFORE.replace('mode = "enforce"', "").replace("approvals = 2", "approvals = 1")
    assert compare_policies(policy(BEFORE), policy(relaxed)).direction is LOOSER
    assert compare_policies(policy(relaxed), policy(BEFORE)).direction is STRICTER
    assert compare_policies(None, policy(BEFORE)).direction is STRICTER
    assert compare_policies(policy(BEFORE), None).direction is LOOSER


def test_a_removed_file_leaves_the_built_in_policy() -> None:
    rules = [
        (each.name, each.what)
        for each in compare_policies(policy(BEFORE), None).changes
        if each.part is Part.RULE
    ]
    assert rules == [("built-in", What.ADDED), ("r", What.REMOVED)]
    assert compare_policies(None, None) == PolicyDifference()


def test_a_policy_that_does_not_parse_is_told_with_its_lines_and_holds_everything() -> None:
    broken = error("version = 1\nmodes = 1\n")
    difference = compare_policies(policy(BEFORE), broken)
    assert [(each.file, each.line, each.column) for each in difference.errors] == [("cratewarden.toml", 2, 1)]
    assert difference.changes == ()
    assert difference.direction is STRICTER
    assert compare_policies(broken, broken).direction is NEITHER


def test_a_repaired_policy_holds_less_than_one_that_did_not_parse() -> None:
    difference = compare_policies(error(""), policy(BEFORE))
    assert difference.was_unreadable
    assert difference.direction is LOOSER


def test_the_notes_of_the_new_policy_come_along() -> None:
    assert [str(note) for note in edited(('["carol"]', '["carol"]\n[pools.spare]\nusers = ["x"]')).notes] == [
        "cratewarden.toml:7:8: no rule names the pool `spare`"
    ]


A, AB, ALL = Require(("a",)), Require(("a", "b")), Require(all_of=("a", "b"))


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        (A, AB, LOOSER),
        (AB, A, STRICTER),
        (AB, ALL, STRICTER),
        (ALL, AB, LOOSER),
        (A, ALL, STRICTER),
        (ALL, Require(all_of=("a", "b", "c")), STRICTER),
        (A, Require(all_of=("a",)), NEITHER),
        (A, Require(("c",)), UNCLEAR),
        (Require(("c",)), ALL, UNCLEAR),
        (Require(), A, STRICTER),
        (A, Require(), LOOSER),
        (Require(), ALL, STRICTER),
    ],
)
def test_more_pools_of_which_any_will_do_are_looser_and_more_that_all_have_to_are_stricter(
    old: Require, new: Require, direction: Direction
) -> None:
    assert by_pools(old, new) is direction


AGES = st.integers(0, 9999)
SEVERITIES = st.none() | st.sampled_from(Severity)
OPPOSITE = {LOOSER: STRICTER, STRICTER: LOOSER}


@given(AGES, AGES)
def test_going_back_turns_the_direction_round(old: int, new: int) -> None:
    there = by_age(old, new)
    assert by_age(new, old) is OPPOSITE.get(there, there)


@given(SEVERITIES, SEVERITIES)
def test_so_it_does_for_severities(old: Severity | None, new: Severity | None) -> None:
    there = by_severity(old, new)
    assert by_severity(new, old) is OPPOSITE.get(there, there)
    assert (there is NEITHER) is (old == new)


@given(st.lists(st.sampled_from(Direction)))
def test_directions_together_do_not_depend_on_their_order(directions: list[Direction]) -> None:
    assert together(directions) is together(reversed(directions))
    assert together([*directions, UNCLEAR]) is UNCLEAR


def test_the_mode_off_is_looser_than_advice() -> None:
    advising, off = (policy(f"version = 1\nmode = '{mode}'") for mode in (Mode.ADVISE, Mode.OFF))
    assert compare_policies(advising, off).direction is LOOSER


def test_how_mentors_help_asks_nobody_for_more() -> None:
    before = f'{BEFORE}[mentoring]\npool = "kernel"\n'
    after = f"{before}label = 'go'\nstrategy = 'random'\n"
    difference = compare_policies(policy(before), policy(after))
    assert facts(difference) == [("strategy", NEITHER), ("label", NEITHER)]
