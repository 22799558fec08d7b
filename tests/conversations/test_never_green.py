"""Whatever people do, and whatever GitHub does to it, the check is never green while anything is unseen."""

from __future__ import annotations

import contextlib
import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from tests.conversations.aims import Aims
from tests.conversations.cast import Stage
from tests.conversations.life import CONTENTS, NOBODY, REVIEWERS, written
from tests.conversations.oracle import Said

EXAMPLES = int(os.environ.get("CRATEWARDEN_EXAMPLES", "0"))
"""How many conversations are played instead of the few that everybody's run has time for."""

FAULTS = (
    ("POST", "*/check-runs"), ("PATCH", "*/check-runs/*"), ("POST", "*/requested_reviewers"), ("GET", "*/reviews"),
    ("POST", "*/comments"), ("GET", "*/pulls/*/commits"), ("POST", "*/access_tokens"), ("*", "*/git-upload-pack"),
)  # fmt: skip
HEARD = st.sampled_from(("at once", "at once", "at once", "later", "backwards", "never"))


class PullRequestLife(Aims):
    """Acts that aim at nothing, so that every scene is played after every other."""

    @rule(
        contents=CONTENTS, spaced=st.booleans(), who=st.sampled_from(("alice", "alice", "bob")), heard=HEARD
    )
    def pushes(self, contents: tuple[int, ...], spaced: bool, who: str, heard: str) -> None:
        self.pull.push(written(contents, spaced=spaced), by=self.people[who])
        self._pushed(who, heard)

    @rule(contents=CONTENTS, who=st.sampled_from(REVIEWERS), heard=HEARD)
    def pushes_in_alices_name(self, contents: tuple[int, ...], who: str, heard: str) -> None:
        self.pull.push(written(contents), by=self.people[who], author=self.people["alice"])
        self._pushed(who, heard)

    @rule(contents=CONTENTS, heard=HEARD)
    def pushes_under_another_name(self, contents: tuple[int, ...], heard: str) -> None:
        self.pull.push(written(contents), by=self.people["alice"], author=NOBODY)
        self._pushed("alice", heard)

    @precondition(lambda self: len(self.oracle.pushed) > 1)
    @rule(data=st.data(), heard=HEARD)
    def goes_back_by_force(self, data: st.DataObject, heard: str) -> None:
        head = data.draw(st.sampled_from(list(self.oracle.pushed)))
        if head != self.pull.head:
            self.pull.force_push(head)
            self._pushed("alice", heard)

    @rule(heard=HEARD)
    def merges_its_base_in(self, heard: str) -> None:
        with contextlib.suppress(ValueError):  # they conflict
            self.talk.ring.merge_branches("patch", self.base, author=self.people["alice"])
            self._pushed("alice", heard)

    @rule(who=st.sampled_from((*REVIEWERS, "mallory")), heard=HEARD)
    def approves(self, who: str, heard: str) -> None:
        self.reviews(who)
        self.passes(heard)

    @rule(who=st.sampled_from(REVIEWERS), heard=HEARD, data=st.data())
    def approves_an_older_commit(self, who: str, heard: str, data: st.DataObject) -> None:
        self.reviews(who, commit=data.draw(st.sampled_from(list(self.oracle.pushed))))
        self.passes(heard)

    @rule(who=st.sampled_from((*REVIEWERS, "mallory", "eve")), heard=HEARD)
    def requests_changes(self, who: str, heard: str) -> None:
        self.reviews(who, "requests changes")
        self.passes(heard)

    @precondition(lambda self: self._dismissible())
    @rule(data=st.data(), heard=HEARD)
    def dismisses_something(self, data: st.DataObject, heard: str) -> None:
        found = self._dismissible()
        self.dismisses(found[data.draw(st.integers(0, len(found) - 1))])
        self.passes(heard)

    @rule(base=st.sampled_from(("main", "release")), heard=HEARD)
    def retargets(self, base: str, heard: str) -> None:
        if self.base != base:
            self.pull.retarget(base)
            self.passes(heard)

    @rule(who=st.sampled_from((*REVIEWERS, "mallory")), heard=HEARD)
    def waives_all(self, who: str, heard: str) -> None:
        self.orders(who, "waives", "waive all it is fine")
        self.passes(heard)

    @rule(who=st.sampled_from(REVIEWERS), heard=HEARD)
    def vetoes(self, who: str, heard: str) -> None:
        self.orders(who, "vetoes", "veto not yet")
        self.passes(heard)

    @rule(who=st.sampled_from(REVIEWERS), heard=HEARD)
    def releases(self, who: str, heard: str) -> None:
        self.orders(who, "releases", "release")
        self.passes(heard)

    @rule(who=st.sampled_from(REVIEWERS), heard=HEARD)
    def leaves_or_joins(self, who: str, heard: str) -> None:
        self.leaves(who) if who in self.pools["unsafe"] else self.joins(who)
        self.passes(heard)

    @rule(fault=st.sampled_from(FAULTS), when=st.sampled_from(("before", "after")))
    def github_has_a_bad_moment(self, fault: tuple[str, str], when: str) -> None:
        self.talk.sandbox.faults.clear()
        self.talk.sandbox.fail(*fault, status=502, when=when)  # type: ignore[arg-type]

    @rule()
    def the_reconciler_goes_round(self) -> None:
        self.reconciled()

    def _pushed(self, who: str, heard: str) -> None:
        self.oracle.pushed[self.pull.head] = who
        self.passes(heard)

    def _dismissible(self) -> list[Said]:
        states = ("APPROVED", "CHANGES_REQUESTED")
        return [each for each in self.oracle.said if each.review and each.review.state in states]


def test_the_check_is_never_green_while_anything_is_unseen(on: Stage) -> None:
    class Life(PullRequestLife):
        pass

    Life.on = on
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=EXAMPLES or 8,
            stateful_step_count=6,
            # To make a story shorter takes minutes, and each of its steps can be read as it is.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
