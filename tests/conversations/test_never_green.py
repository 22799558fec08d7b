"""Whatever people do, and whatever GitHub does to it, the check is never green while anything is unseen."""

from __future__ import annotations

import contextlib
import os

from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.sandbox.model import Delivery
from bot.sandbox.objects import Content, Person
from tests.conversations.cast import POLICY, Conversation, Stage, begun, function
from tests.conversations.oracle import Oracle, Said

EXAMPLES = int(os.environ.get("CRATEWARDEN_EXAMPLES", "0"))
"""How many conversations are played instead of the few that everybody's run has time for."""

REVIEWERS = ("bob", "carol", "dave")
TEAM = POLICY.replace('users = ["bob", "carol"]', 'teams = ["ACME/reviewers"]')
VERSIONS = (0, 1, 2)
NOBODY = Person("Nobody", "nobody@nowhere.example")
FAULTS = (
    ("POST", "*/check-runs"), ("PATCH", "*/check-runs/*"), ("POST", "*/requested_reviewers"), ("GET", "*/reviews"),
    ("POST", "*/comments"), ("GET", "*/pulls/*/commits"), ("POST", "*/access_tokens"), ("*", "*/git-upload-pack"),
)  # fmt: skip

HEARD = st.sampled_from(("at once", "at once", "at once", "later", "backwards", "never"))
CONTENTS = st.tuples(*(st.sampled_from(VERSIONS) for _ in range(4)))


def unsafe_function(at: int, version: int) -> str:
    """No two of them hold the same code: what is only renamed asks nobody."""
    return function(f"f{at}", f"*v.get_unchecked({10 * at + version})")


def written(contents: tuple[int, ...], *, spaced: bool) -> dict[str, Content]:
    """Files of a head: three functions and a submodule, each of them there in some version or (0) not."""
    *versions, submodule = contents
    text = "\n".join(unsafe_function(at, version) for at, version in enumerate(versions) if version)
    if spaced:
        text = "// A remark.\n\n" + text.replace("unsafe { ", "unsafe {\n        ").replace(
            " }\n}", "\n    }\n}"
        )
    return {
        "src/lib.rs": text or "// Nothing.\n",
        "vendor/x": ("160000", str(submodule).encode() * 40) if submodule else None,
    }


class PullRequestLife(RuleBasedStateMachine):
    """One pull request of alice's, from its first push to its last."""

    on: Stage

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        self.pending = self.lost = False

    @initialize(approvals=st.sampled_from((1, 1, 2)), stale=st.booleans(), contents=CONTENTS)
    def opens(self, approvals: int, stale: bool, contents: tuple[int, ...]) -> None:
        policy = f"{TEAM}require.approvals = {approvals}\n"
        policy += f"\n[github]\ndismiss_stale_approvals = {str(stale).lower()}\n"
        files: dict[str, Content] = {"src/lib.rs": unsafe_function(0, 1)}
        self.talk: Conversation = self.stack.enter_context(begun(self.on, policy, files))
        talk = self.talk
        self.people = {name: talk.sandbox.user(name) for name in ("alice", *REVIEWERS, "mallory")}
        talk.acme.add(self.people["dave"])
        self.team = talk.acme.team("reviewers", [self.people[name] for name in REVIEWERS])
        self.entitled = set(REVIEWERS)
        talk.ring.commit("release", {"src/release.rs": function("release")})
        talk.ring.commit("patch", written(contents, spaced=False), author=talk.alice)
        self.pull = talk.ring.open_pull(head="patch", by=talk.alice)
        self.oracle = Oracle(talk.ring, "alice", approvals)
        self.oracle.pushed[self.pull.head] = "alice"
        talk.settle()

    # --- what people do ---

    @rule(
        contents=CONTENTS, spaced=st.booleans(), who=st.sampled_from(("alice", "alice", "bob")), heard=HEARD
    )
    def pushes(self, contents: tuple[int, ...], spaced: bool, who: str, heard: str) -> None:
        self.pull.push(written(contents, spaced=spaced), by=self.people[who])
        self._pushed(who, heard)

    @rule(contents=CONTENTS, who=st.sampled_from(REVIEWERS), heard=HEARD)
    def pushes_in_alices_name(self, contents: tuple[int, ...], who: str, heard: str) -> None:
        self.pull.push(written(contents, spaced=False), by=self.people[who], author=self.people["alice"])
        self._pushed(who, heard)

    @rule(contents=CONTENTS, heard=HEARD)
    def pushes_under_another_name(self, contents: tuple[int, ...], heard: str) -> None:
        self.pull.push(written(contents, spaced=False), by=self.people["alice"], author=NOBODY)
        self._pushed("alice", heard)

    @precondition(lambda self: len(self.oracle.pushed) > 1)
    @rule(data=st.data(), heard=HEARD)
    def goes_back_by_force(self, data: st.DataObject, heard: str) -> None:
        head = data.draw(st.sampled_from(sorted(self.oracle.pushed)))
        if head != self.pull.head:
            self.pull.force_push(head)
            self._pushed("alice", heard)

    @rule(heard=HEARD)
    def merges_its_base_in(self, heard: str) -> None:
        with contextlib.suppress(ValueError):  # they conflict
            self.talk.ring.merge_branches("patch", self.pull.pull.base_ref, author=self.people["alice"])
            self._pushed("alice", heard)

    @rule(who=st.sampled_from((*REVIEWERS, "mallory")), heard=HEARD)
    def approves(self, who: str, heard: str) -> None:
        self._reviews(who, "APPROVED", self.pull.head, heard)

    @rule(who=st.sampled_from(REVIEWERS), heard=HEARD, data=st.data())
    def approves_an_older_commit(self, who: str, heard: str, data: st.DataObject) -> None:
        self._reviews(who, "APPROVED", data.draw(st.sampled_from(sorted(self.oracle.pushed))), heard)

    @rule(who=st.sampled_from((*REVIEWERS, "mallory")), heard=HEARD)
    def requests_changes(self, who: str, heard: str) -> None:
        self._reviews(who, "CHANGES_REQUESTED", self.pull.head, heard)

    @precondition(lambda self: self._dismissible())
    @rule(data=st.data(), heard=HEARD)
    def dismisses(self, data: st.DataObject, heard: str) -> None:
        found = self._dismissible()
        said = found[data.draw(st.integers(0, len(found) - 1))]
        assert said.review is not None
        self.pull.dismiss(said.review, self.people["alice"])
        said.dismissed = True
        self._passes(heard)

    @rule(base=st.sampled_from(("main", "release")), heard=HEARD)
    def retargets(self, base: str, heard: str) -> None:
        if self.pull.pull.base_ref != base:
            self.pull.retarget(base)
            self._passes(heard)

    @rule(who=st.sampled_from((*REVIEWERS, "alice", "mallory")), heard=HEARD, late=st.booleans())
    def waives_all(self, who: str, heard: str, late: bool) -> None:
        self._orders(who, "waives", "waive all it is fine", heard, late)

    @rule(who=st.sampled_from(REVIEWERS), heard=HEARD)
    def vetoes(self, who: str, heard: str) -> None:
        self._orders(who, "vetoes", "veto not yet", heard)

    @rule(who=st.sampled_from(REVIEWERS), heard=HEARD)
    def releases(self, who: str, heard: str) -> None:
        self._orders(who, "releases", "release", heard)

    @rule(who=st.sampled_from(REVIEWERS), heard=HEARD)
    def leaves_or_joins(self, who: str, heard: str) -> None:
        if who in self.entitled:
            self.team.remove(self.people[who])
        else:
            self.team.add(self.people[who])
        self.entitled ^= {who}
        self._passes(heard)

    @rule(fault=st.sampled_from(FAULTS), when=st.sampled_from(("before", "after")))
    def github_has_a_bad_moment(self, fault: tuple[str, str], when: str) -> None:
        self.talk.sandbox.faults.clear()
        self.talk.sandbox.fail(*fault, status=502, when=when)  # type: ignore[arg-type]

    @rule()
    def the_reconciler_goes_round(self) -> None:
        self._reconciled()

    # --- what must be so ---

    @invariant()
    def is_not_green_while_anything_is_unseen(self) -> None:
        if hasattr(self, "talk") and not (self.pending or self.lost):
            says = self.talk.says(self.pull)
            allowed = self.oracle.allows(self.pull.head, self.pull.pull.base_ref, self.entitled)
            event(f"{says}, {'all' if allowed else 'not all'} is seen")
            assert says != "success" or allowed

    def teardown(self) -> None:
        with self.stack:
            if hasattr(self, "talk"):
                self._is_no_dead_end()

    def _is_no_dead_end(self) -> None:
        """Once all who may approve do, it passes, unless they are too few."""
        for who in REVIEWERS:
            self._reviews(who, "APPROVED", self.pull.head, "later")
        self._reconciled()
        met = self.oracle.can_be_met(self.pull.head, self.pull.pull.base_ref, self.entitled)
        says = self.talk.says(self.pull)
        seen = self.oracle.allows(self.pull.head, self.pull.pull.base_ref, self.entitled)
        assert says != "success" or seen
        assert says == "success" or not met

    # --- how it comes to the App's ears ---

    def _pushed(self, who: str, heard: str) -> None:
        self.oracle.pushed[self.pull.head] = who
        self._passes(heard)

    def _reviews(self, who: str, state: str, commit: str, heard: str) -> None:
        review = self.pull.review(by=self.people[who], state=state, commit=commit)
        what = {"APPROVED": "approves", "CHANGES_REQUESTED": "requests changes"}[state]
        self.oracle.said.append(Said(who, what, commit, self.pull.pull.base_ref, review))
        self._passes(heard)

    def _orders(self, who: str, what: str, words: str, heard: str, late: bool = False) -> None:
        # So that the App has told of what is there when somebody orders something about it.
        self._settled()
        said = Said(who, what, self.pull.head, self.pull.pull.base_ref)
        comment = self.pull.comment(self.people[who], f"@cratewarden {words}")
        self._tick()
        if late and not self.lost:
            # Somebody is quicker than the App.
            self.pull.push(written((2, 1, 2, 0), spaced=False), by=self.people["alice"])
            self.oracle.pushed[self.pull.head] = "alice"
        self._settled()
        if any(reaction.content == "+1" for reaction in comment.reactions):
            self.oracle.said.append(said)
        self._passes(heard)

    def _dismissible(self) -> list[Said]:
        states = ("APPROVED", "CHANGES_REQUESTED")
        return [each for each in self.oracle.said if each.review and each.review.state in states]

    def _tick(self) -> None:
        self.talk.sandbox.clock.advance(seconds=2)

    def _passes(self, heard: str) -> None:
        self._tick()
        if heard == "at once":
            self._settled()
        elif heard == "backwards":
            self._heard(self.talk.unheard()[::-1])
            self._settled()
        elif heard == "later":
            self.pending = True
        else:
            self.lost = True
            self.talk.ignore()

    def _heard(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            self.talk.hear(delivery)

    def _settled(self) -> None:
        self.talk.settle()
        self.pending = False

    def _reconciled(self) -> None:
        self._settled()
        # What nothing on GitHub tells of, such as a team's members, is looked at once a day.
        self.talk.sandbox.clock.advance(days=1)
        self.talk.reconcile()
        self.lost = False


def test_the_check_is_never_green_while_anything_is_unseen(on: Stage) -> None:
    class Life(PullRequestLife):
        pass

    Life.on = on
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=EXAMPLES or 8,
            stateful_step_count=10,
            # To make a story shorter takes minutes, and each of its steps can be read as it is.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
