"""What went wrong elsewhere, as conversations that must end well here; each names the thread that told it."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass, field
from typing import Any

from analyzers.fingerprint import of_unanalysed
from analyzers.model import Analysis, ChangeClass, Reason
from bot.actions import CheckState
from bot.gate import (
    broken,
    circumstances_of,
    evaluate,
    merged,
    standing,
    strictest,
    to_cover,
    verdict,
)
from bot.model import Approval, Decision, Mode, PolicyEdit, Source, Veto
from bot.policy.model import Policy, PolicyProblem, Require, When
from bot.ports import Cover
from bot.pull import Commit, PullRequest, Review, ReviewState
from tests.bot.gate.sample import (
    EDIT,
    NOW,
    POOLS,
    SUBMODULE,
    change,
    enforcing,
    named,
    pull_request,
    rule,
)

MINUTE = datetime.timedelta(minutes=1)
GREEN, WAITS, RED, NEUTRAL = (
    CheckState.SUCCESS,
    CheckState.IN_PROGRESS,
    CheckState.FAILURE,
    CheckState.NEUTRAL,
)


@dataclass
class Conversation:
    """Zoe's pull request, as the App follows it: it records what each review covers when it comes."""

    policy: Policy = field(default_factory=enforcing)
    pull: PullRequest = field(default_factory=lambda: pull_request(last_pusher="zoe", commits=(Commit("c"),)))
    analysis: Analysis = field(default_factory=Analysis)
    edits: tuple[PolicyEdit, ...] = ()
    covers: dict[int, Cover] = field(default_factory=dict)
    waivers: list[Approval] = field(default_factory=list)
    vetoes: list[Veto] = field(default_factory=list)
    now: datetime.datetime = NOW

    def push(self, *changes: str, **pull: Any) -> CheckState:
        """The head holds these changes now."""
        self.analysis = dataclasses.replace(self.analysis, changes=tuple(map(named, changes)))
        return self.so(head_sha="-".join(changes) or "empty", **pull)

    def so(self, **pull: Any) -> CheckState:
        self.now += MINUTE
        self.pull = dataclasses.replace(self.pull, **pull)
        return self.verdict()

    def review(self, person: str, state: ReviewState = ReviewState.APPROVED, **rest: Any) -> CheckState:
        self.now += MINUTE
        number = len(self.pull.reviews) + 1
        said = dataclasses.replace(
            Review(number, person, state, self.pull.head_sha, self.now, person.endswith("[bot]")), **rest
        )
        self.pull = dataclasses.replace(self.pull, reviews=(*self.pull.reviews, said))
        for review in to_cover(self.pull, self.covers):
            self.covers[review.id] = Cover(self.pull.base_ref, self.seen())
        return self.verdict()

    def seen(self) -> frozenset[str]:
        return frozenset(
            (
                *(each.fingerprint for each in self.analysis.changes),
                *map(of_unanalysed, self.analysis.unanalysed),
                *(edit.fingerprint for edit in self.edits),
            )
        )

    def dismiss(self, number: int, *, by_app: bool = False) -> CheckState:
        reviews = tuple(
            dataclasses.replace(each, state=ReviewState.DISMISSED, dismissed_by_app=by_app)
            if each.id == number
            else each
            for each in self.pull.reviews
        )
        return self.so(reviews=reviews)

    def decision(self) -> Decision:
        around = circumstances_of(self.pull, self.policy, policy_edits=self.edits)
        said = standing(self.pull, self.covers, self.waivers, self.vetoes)
        return evaluate(self.policy, self.analysis, around, said, now=self.now)

    def verdict(self) -> CheckState:
        return verdict(self.decision())

    def uncovered(self) -> set[str]:
        return {name for each in self.decision().rules for name in each.uncovered}


def test_a_commit_of_an_unmapped_address_does_not_let_its_writer_approve_alone() -> None:
    """policy-bot#1263: such a commit dropped out of the contributors, who then approved themselves."""
    told = Conversation()
    assert told.push("f", commits=(Commit("c", (), ("bob@home.example",)),)) is WAITS
    assert told.review("bob") is WAITS
    assert told.review("alice") is GREEN


def test_an_approval_is_bound_to_what_was_seen_not_to_when() -> None:
    """policy-bot#598 and test-infra#17698: times of pushes are gone, and sticky approvals merged unseen commits."""
    told = Conversation()
    told.push("seen")
    assert told.review("bob") is GREEN
    assert told.push("seen", "new") is WAITS
    assert told.uncovered() == {"new"}
    assert told.push("seen") is GREEN


def test_a_review_of_an_older_commit_that_arrives_late_covers_that_commit_only() -> None:
    told = Conversation()
    told.push("old")
    seen = told.seen()
    told.push("new")
    told.pull = dataclasses.replace(
        told.pull, reviews=(Review(1, "bob", ReviewState.APPROVED, "old", told.now),)
    )
    told.covers[1] = Cover("main", seen)
    assert told.so() is WAITS


def test_after_a_push_only_what_changed_since_the_review_asks_again() -> None:
    """nix#14543: nobody wants to read it all again."""
    told = Conversation()
    told.push("a", "b", "c")
    told.review("bob")
    told.push("a", "b", "d")
    assert told.uncovered() == {"d"}
    assert told.review("carol") is GREEN


def test_a_force_push_to_a_commit_that_was_reviewed_needs_no_second_review() -> None:
    told = Conversation()
    told.push("a")
    told.review("bob")
    assert told.push("z") is WAITS
    assert told.push("a") is GREEN


def test_a_merge_group_is_judged_anew_and_never_passed_blindly() -> None:
    """policy-bot#800: a status was simply set on the group."""
    one, two = Conversation(), Conversation(pull=pull_request("bob", number=2, last_pusher="bob"))
    one.push("f")
    one.review("bob")
    two.push("g")
    assert two.review("alice") is GREEN
    said = merged(standing(each.pull, each.covers, each.waivers, each.vetoes) for each in (one, two))

    def group(*changes: str) -> CheckState:
        around = dataclasses.replace(circumstances_of(one.pull, one.policy), contributors=None, author=None)
        decision = evaluate(one.policy, Analysis(tuple(map(named, changes))), around, said, now=NOW)
        return strictest([one.verdict(), two.verdict(), verdict(decision)])

    assert group("f", "g") is GREEN
    assert group("f", "g", "only together") is WAITS
    two.review("carol", ReviewState.CHANGES_REQUESTED)
    assert group("f", "g") is RED


def test_an_incomplete_list_fails_closed() -> None:
    """policy-bot#11, #399, #870: 3,000 files or 250 commits were the end of the list."""
    told = Conversation()
    told.push("f")
    told.review("bob")
    assert told.so(incomplete=("3,000 of 4,102 files were listed",)) is RED
    assert told.so(incomplete=()) is GREEN


def test_one_person_counts_once() -> None:
    """policy-bot#33: two approvals of one person made two."""
    told = Conversation(enforcing(rule(require=Require(("unsafe",), 2))))
    told.push("f")
    told.review("bob")
    assert told.review("Bob") is WAITS
    assert told.review("alice") is GREEN


def test_dismissing_a_veto_does_not_bring_an_older_approval_back() -> None:
    """policy-bot's README knows of it."""
    told = Conversation()
    told.push("f")
    assert told.review("bob") is GREEN
    assert told.review("bob", ReviewState.CHANGES_REQUESTED) is RED
    assert told.dismiss(2) is WAITS
    assert told.review("bob") is GREEN


def test_dismissing_stale_approvals_for_github_loses_nothing() -> None:
    """policy-bot#239: GitHub went on to show stale approvals as green, so the App may dismiss them."""
    told = Conversation()
    told.push("a")
    told.review("bob")
    told.push("a", "b")
    told.dismiss(1, by_app=True)
    assert told.uncovered() == {"b"}
    assert told.review("carol") is GREEN


def test_retargeting_asks_again() -> None:
    """bors takes an approval back when the base is edited."""
    told = Conversation()
    told.push("f")
    assert told.review("bob") is GREEN
    assert told.so(base_ref="release", retargeted=told.now + MINUTE) is WAITS
    assert told.review("carol") is GREEN
    assert told.so(base_ref="main", retargeted=told.now + MINUTE) is GREEN, "bob saw it against main"


def test_everybody_behind_it_is_barred_also_by_a_later_push() -> None:
    told = Conversation()
    told.push("f")
    assert told.review("bob") is GREEN
    assert told.push("f", commits=(Commit("c", ("zoe",)), Commit("d", ("bob",)))) is WAITS
    assert told.push("f", commits=(Commit("c", ("zoe",)),), last_pusher="bob") is WAITS
    assert told.push("f", last_pusher="zoe") is GREEN


def test_bots_do_not_count_even_in_a_pool() -> None:
    """Prow rejects bots' reviews; a pool can come to hold one through a team."""
    pools = tuple(dataclasses.replace(pool, users=(*pool.users, "ci[bot]")) for pool in POOLS)
    told = Conversation(dataclasses.replace(enforcing(), pools=pools))
    told.push("f")
    assert told.review("ci[bot]") is WAITS
    assert told.review("ci[bot]", ReviewState.CHANGES_REQUESTED) is WAITS


def test_labels_titles_and_drafts_change_nothing() -> None:
    """Prow counts an `approved` label that anybody put there; triagebot passes over "Rollup of"."""
    told = Conversation()
    told.push("f")
    assert told.so(labels=("approved", "lgtm"), title="Rollup of 8 pull requests", is_draft=True) is WAITS


def test_renaming_a_file_out_of_a_rule_does_not_take_it_out() -> None:
    """Prow read only the new name."""
    told = Conversation(enforcing(rule(when=When(paths=("src/**",)))))
    out = change(of=ChangeClass.CHANGED, path="old/a.rs", before="src/a.rs", reasons=(Reason.FILE_RENAMED,))
    told.analysis = Analysis((out,))
    assert told.so() is WAITS


def test_a_submodule_is_a_thing_to_approve_and_no_dead_end() -> None:
    """triagebot only warns of it."""
    told = Conversation(analysis=Analysis(unanalysed=(SUBMODULE,)))
    assert told.so() is RED
    assert told.review("bob") is GREEN
    moved = dataclasses.replace(SUBMODULE, blob="b1")
    told.analysis = Analysis(unanalysed=(moved,))
    assert told.so() is RED
    told.waivers.append(Approval("alice", Source.WAIVER, told.seen(), told.now, reason="a mirror of ours"))
    assert told.so() is GREEN


def test_a_pull_request_cannot_suppress_itself() -> None:
    """unsafe-review reads its suppressions from the pull request; an edit of the policy needs its own reviewers."""
    told = Conversation(edits=(EDIT,))
    assert told.so() is WAITS
    assert told.review("mia") is WAITS
    assert told.review("bob") is GREEN


def test_a_policy_that_does_not_parse_is_red_not_quiet() -> None:
    assert verdict(broken([PolicyProblem("cratewarden.toml", 1, 1, "no TOML")])) is RED


def test_where_two_pull_requests_share_a_head_the_stricter_is_told() -> None:
    waits, green = Conversation(), Conversation(pull=pull_request(number=2))
    waits.push("f")
    green.push("f")
    green.review("bob")
    assert strictest([waits.verdict(), green.verdict()]) is WAITS


def test_advice_is_neutral_and_never_green_or_red() -> None:
    told = Conversation(dataclasses.replace(enforcing(), mode=Mode.ADVISE))
    assert told.push() is NEUTRAL
    assert told.push("f") is NEUTRAL
    assert told.review("bob", ReviewState.CHANGES_REQUESTED) is NEUTRAL


def test_a_veto_by_command_stays_until_taken_back_or_approved_by_the_same_person() -> None:
    told = Conversation()
    told.push("f")
    told.review("alice")
    told.vetoes.append(Veto("bob", told.now, "aliasing"))
    assert told.so() is RED
    assert told.review("carol") is RED
    assert told.push("g") is RED
    assert told.review("bob") is GREEN
