"""The policy says, tier by tier, whether edits of safe code under unsafe sites ask, are told, or are left out."""

from __future__ import annotations

import datetime
import subprocess
from pathlib import Path

import pytest

from analyzers.model import Analysis, Change, ChangeClass, Reason, Severity
from bot.assess import assess
from bot.comparison import Around
from bot.gate import Condition, evaluate, explain
from bot.git import Repository
from bot.guard.study import study
from bot.isolation import Workers
from bot.model import Decision, State
from bot.policy import apply_policy, layer, load, scope_of
from bot.policy.direction import Direction
from bot.policy.edit import Part, compare_policies
from bot.policy.model import Policy, Scope, Soundness
from tests.bot.gate.sample import NOW, change, enforcing, finding, rule

A, B, C = Reason.EXPOSED_FUNCTION, Reason.EXPOSED_STATE, Reason.EXPOSED_DECLARATION
POLICY = """
version = 1
mode = "enforce"
[pools.unsafe]
users = ["alice"]
[[rules]]
name = "unsafe code"
when.kinds = ["unsafe"]
require.pool = "unsafe"
"""


def policy(more: str = "") -> Policy:
    return load((POLICY + more).encode(), "cratewarden.toml")


def exposed(*tiers: Reason) -> Change:
    return change(of=ChangeClass.EXPOSED, reasons=tiers)


@pytest.mark.parametrize(
    ("tiers", "scope"),
    [((A,), Scope.ASK), ((B,), Scope.ASK), ((C,), Scope.NOTE), ((A, C), Scope.ASK), ((B, C), Scope.ASK)],
)
def test_without_a_word_the_first_two_tiers_ask_and_declarations_are_told(
    tiers: tuple[Reason, ...], scope: Scope
) -> None:
    judged = policy()
    assert scope_of(judged.soundness, exposed(*tiers)) is scope
    decision = evaluate(judged, Analysis((exposed(*tiers),)), now=NOW)
    assert decision.state is (State.PENDING if scope is Scope.ASK else State.CLEAR)


@pytest.mark.parametrize(("tier", "key"), [(A, "function"), (B, "state"), (C, "declarations")])
def test_each_tier_has_its_own_switch(tier: Reason, key: str) -> None:
    for word in Scope:
        soundness = policy(f'[soundness]\n{key} = "{word}"').soundness
        assert scope_of(soundness, exposed(tier)) is word
        others = {each for each in (A, B, C) if each is not tier}
        assert {scope_of(soundness, exposed(each)) for each in others} == {
            scope_of(Soundness(), exposed(each)) for each in others
        }


def test_a_note_never_asks_and_the_explanation_says_why() -> None:
    judged = policy('[soundness]\nfunction = "note"')
    about = exposed(A)
    assert evaluate(judged, Analysis((about,)), now=NOW).state is State.CLEAR
    (reasons,) = explain(judged, Analysis((about,)), about).rules
    assert not reasons.asks
    (failed,) = (check for check in reasons.checks if not check.holds)
    assert (failed.condition, failed.wanted, failed.found) == (Condition.SOUNDNESS, ("ask",), ("note",))


def test_an_exposed_change_that_does_not_say_its_tier_asks() -> None:
    off = Soundness(Scope.OFF, Scope.OFF, Scope.OFF)
    assert scope_of(off, exposed()) is Scope.ASK


def test_the_switches_say_nothing_about_other_changes() -> None:
    off = Soundness(Scope.OFF, Scope.OFF, Scope.OFF)
    assert scope_of(off, change(reasons=(A,))) is Scope.ASK


def test_what_is_off_is_left_out_and_doing_it_twice_changes_nothing() -> None:
    judged = policy('[soundness]\nstate = "off"\n[findings]\nmissing-safety-comment = "off"')
    analysis = Analysis((exposed(A), exposed(B), exposed(A, B)), (finding(Severity.WARN),))
    told = apply_policy(judged, analysis)
    assert [each.reasons for each in told.changes] == [(A,), (A, B)]
    assert told.findings == ()
    assert apply_policy(judged, told) == told


def test_a_rule_that_does_not_list_exposed_never_asks_about_it() -> None:
    when = rule().when
    assert ChangeClass.EXPOSED in when.changes
    silent = policy().rules[0]
    assert ChangeClass.EXPOSED in silent.when.changes
    only_added = load(
        POLICY.replace("when.kinds", 'when.changes = ["added"]\nwhen.kinds').encode(), "cratewarden.toml"
    )
    assert evaluate(only_added, Analysis((exposed(A),)), now=NOW).state is State.CLEAR
    assert evaluate(enforcing(rule()), Analysis((exposed(A),)), now=NOW).state is State.PENDING


def test_a_repository_says_its_switches_over_the_organisations_unless_they_are_locked() -> None:
    above = '[soundness]\nfunction = "note"\nstate = "off"'
    own = policy('[soundness]\nstate = "ask"')
    assert layer(policy(above), own).soundness == Soundness(Scope.NOTE, Scope.ASK, Scope.NOTE)
    lock = POLICY.replace("version = 1", 'version = 1\nlocked = ["soundness"]')
    locked = load(f"{lock}{above}".encode(), "organisation.toml")
    assert layer(locked, own).soundness == Soundness(Scope.NOTE, Scope.OFF, Scope.NOTE)


def test_turning_a_switch_down_asks_for_less() -> None:
    difference = compare_policies(policy(), policy('[soundness]\nfunction = "off"'))
    (edited,) = difference.changes
    assert (edited.part, edited.direction) == (Part.SOUNDNESS, Direction.LOOSER)
    assert (edited.facts[0].key, edited.facts[0].before, edited.facts[0].after) == (
        "function",
        ("ask",),
        ("off",),
    )


# --- the whole way ------------------------------------------------------------------------------------

PARENT = """
pub struct Ring { len: usize }
mod grow;
impl Ring {
    pub fn at(&self, index: usize) -> u8 { if index < self.len { unsafe { read(self.len, index) } } else { 0 } }
}
"""
CHILD = "impl super::Ring { pub fn grow(&mut self, by: usize) { self.len += by; } }\n"


def review(folder: Path, head: dict[str, str], judged: Policy) -> tuple[Analysis, Decision]:
    """Review commits of a real repository: what stands in ``head`` over the parent and child above."""

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)

    def commit(files: dict[str, str]) -> None:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        git("add", "-A")
        git("commit", "-q", "-m", "x")

    git("init", "-q")
    commit({"src/lib.rs": PARENT, "src/grow.rs": CHILD})
    commit(head)
    repository = Repository.open(folder)
    base, after = repository.resolve("HEAD^"), repository.resolve("HEAD")
    changes = repository.diff(base, after)
    with Workers(processes=1) as workers:
        return assess(
            changes, workers, judged, datetime.date(2026, 11, 21), Around(repository, base, after, changes)
        )


def test_an_edit_in_a_child_module_asks_for_the_site_of_its_unchanged_parent(tmp_path: Path) -> None:
    analysis, decision = review(tmp_path, {"src/grow.rs": CHILD.replace("+= by", "+= by + 1")}, policy())
    assert [(each.change, each.path, each.reasons) for each in analysis.changes] == [
        (ChangeClass.EXPOSED, "src/grow.rs", (B,))
    ]
    assert [(note.path, note.line) for note in analysis.changes[0].notes] == [("src/lib.rs", 5)]
    assert decision.rules[0].uncovered == (analysis.changes[0].fingerprint,)
    assert analysis.unanalysed == ()


@pytest.mark.parametrize(
    ("paths", "asks"), [("src/lib.rs", True), ("src/grow.rs", True), ("src/a.rs", False)]
)
def test_a_rule_about_the_file_of_the_unsafe_site_asks_about_the_edit_elsewhere(
    tmp_path: Path, paths: str, asks: bool
) -> None:
    head = {"src/grow.rs": CHILD.replace("+= by", "+= by + 1")}
    _, decision = review(tmp_path, head, policy(f'when.paths = ["{paths}"]\n'))
    assert (decision.state is State.PENDING) is asks


def test_the_crate_of_the_unsafe_site_is_known_though_its_file_did_not_change(tmp_path: Path) -> None:
    head = {"Cargo.toml": '[package]\nname = "ring"\n', "src/grow.rs": CHILD.replace("+= by", "+= by + 1")}
    review(tmp_path, head, policy())
    repository = Repository.open(tmp_path)
    base, after = repository.resolve("HEAD^"), repository.resolve("HEAD")
    with Workers(processes=1) as workers:
        studied = study(repository, base, after, workers, with_crates=True)
    assert studied.crates == {"Cargo.toml": "ring", "src/grow.rs": "ring", "src/lib.rs": "ring"}


def test_the_approval_of_a_changed_site_covers_the_check_before_it_too(tmp_path: Path) -> None:
    changed = PARENT.replace("read(self.len, index)", "read(self.len, index + 1)")
    names = []
    for number, text in enumerate((changed, changed.replace("index < self.len", "index <= self.len"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        analysis, _ = review(folder, {"src/lib.rs": text}, policy())
        assert [each.change for each in analysis.changes] == [ChangeClass.CHANGED]
        names.append(analysis.changes[0].fingerprint)
    assert names[0] != names[1]
