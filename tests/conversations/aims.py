"""Scenes that aim: in each of them one thing keeps a pull request from passing, and only that.

Steps that are drawn evenly hardly ever come so close. Each scene begins with something that nobody has seen, or with a
history that is thrown away, so it fits into every story wherever that stands.
"""

from __future__ import annotations

import contextlib

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.events import route
from bot.github.errors import RefusedError
from bot.guard.guard import carry_out
from bot.jobs import AssessPull
from tests.conversations.cast import function, restless
from tests.conversations.life import BROKEN, NOBODY, REVIEWERS, STRANGERS, Life
from tests.conversations.oracle import Oracle

WHO = st.sampled_from(REVIEWERS)
NOREPLY = "users.noreply.127.0.0.1"
SEEN_ONLY_WITH_THEM = ("code", "code", "a submodule", "a policy", "a policy without force")
ELSEWHERE = {"main": "release", "release": "main"}


class Aims(Life):
    """What people try, or what befalls them, when everything else is in order."""

    # --- who approves ---

    @rule(who=WHO, how=st.sampled_from(("wrote", "committed", "helped", "pushed")))
    def somebody_behind_the_code_approves(self, who: str, how: str) -> None:
        person = self.people[who]
        if how == "wrote":
            self.begins_anew(author=person)
        elif how == "committed":
            self.begins_anew(committer=person)
        elif how == "helped":
            self.begins_anew(message=f"Change\n\nCo-authored-by: {who.title()} <7+{who}@{NOREPLY}>\n")
        else:
            self.begins_anew(by=who)
        self.approve(self.just_enough(who))
        self.looked()

    @rule(who=WHO)
    def the_author_waives_what_others_wrote(self, who: str) -> None:
        self.begins_anew(by="eve", author=self.people["eve"])
        *others, _ = self.just_enough(who)
        self.approve(others)
        self.orders("alice", "waives", "waive all it is fine")
        self.looked()

    @rule(who=WHO, what=st.sampled_from(SEEN_ONLY_WITH_THEM), stranger=st.sampled_from(STRANGERS))
    def a_stranger_approves_instead(self, who: str, what: str, stranger: str) -> None:
        self.begins_anew(what)
        *others, _ = self.just_enough(who)
        self.approve([*others, stranger])
        self.looked()

    @rule(who=WHO, what=st.sampled_from(SEEN_ONLY_WITH_THEM))
    def one_approves_too_few(self, who: str, what: str) -> None:
        self.begins_anew(what)
        *others, _ = self.just_enough(who)
        self.approve([*others, *others])
        self.looked()

    @rule(who=WHO, how=st.sampled_from(("wrote", "helped")))
    def just_enough_approve_what_nobody_knows_the_author_of(self, who: str, how: str) -> None:
        helped = f"Change\n\nCo-authored-by: {NOBODY.name} <{NOBODY.email}>\n"
        self.begins_anew(author=NOBODY) if how == "wrote" else self.begins_anew(message=helped)
        self.approve(self.just_enough(who))
        self.looked()

    @rule(who=WHO)
    def just_enough_approve_what_nobody_knows_the_pusher_of(self, who: str) -> None:
        self.talk.sandbox.faults.clear()
        self.talk.sandbox.fail("GET", "*/activity", status=403, times=99)
        head = self.begins_anew()
        self.oracle.pushed[head] = ""
        self.approve(self.just_enough(who))
        self.looked()
        self.is_not_green_while_anything_is_unseen()
        self.talk.sandbox.faults.clear()
        self.oracle.pushed[head] = "alice"

    @rule(who=WHO)
    def whoever_approved_leaves(self, who: str) -> None:
        self.begins_anew()
        self.approve(self.just_enough(who))
        self.looked()
        if who in self.pools["unsafe"]:
            self.leaves(who)
        self.looked()
        self.is_not_green_while_anything_is_unseen()
        self.joins(who)
        self.passes("later")

    @rule(who=WHO)
    def whoever_waived_leaves_and_others_approve(self, who: str) -> None:
        self.begins_anew("bare code")
        self.orders(who, "waives", "waive all it is fine")
        if who in self.pools["unsafe"]:
            self.leaves(who)
        self.approve(self.just_enough(next(one for one in REVIEWERS if one != who)))
        self.looked()
        self.is_not_green_while_anything_is_unseen()
        self.joins(who)
        self.passes("later")

    @rule(who=WHO)
    def somebody_pushes_while_it_is_closed_and_approves(self, who: str) -> None:
        self.pull.close()
        self.begins_anew(by=who)
        self.pull.reopen()
        self.approve(self.just_enough(who))
        self.looked()

    # --- what was approved ---

    @rule(who=WHO)
    def is_pushed_to_between_look_and_approval(self, who: str) -> None:
        seen = self.begins_anew()
        self.adds()
        self.approve(self.just_enough(who), commit=seen)
        self.looked()

    @rule(who=WHO)
    def is_forced_back_to_what_was_approved(self, who: str) -> None:
        seen = self.begins_anew()
        self.approve(self.just_enough(who))
        self.looked()
        self.begins_anew()
        self.looked()
        self.is_not_green_while_anything_is_unseen()
        self.pull.force_push(seen)
        self.looked()

    @rule(who=WHO, what=st.sampled_from(("code", "bare code")), at_once=st.booleans())
    def is_pushed_to_after_a_waiver(self, who: str, what: str, at_once: bool) -> None:
        self.begins_anew(what)
        *others, last = self.just_enough(who)
        self.approve(others)
        if at_once:
            self.orders(last, "waives", "waive all it is fine", quicker=self.adds)
        else:
            self.orders(last, "waives", "waive all it is fine")
            self.adds()
        self.looked()

    @rule(who=WHO)
    def approvals_are_not_enough_for_what_blocks(self, who: str) -> None:
        self.begins_anew("bare code")
        self.approve(self.just_enough(who))
        self.looked()

    @rule(who=WHO)
    def a_policy_that_cannot_be_read_is_approved(self, who: str) -> None:
        self.begins_anew("a broken policy")
        self.approve(self.just_enough(who))
        self.looked()

    # --- what becomes of approvals ---

    @rule(who=WHO, twice=st.booleans())
    def what_was_just_approved_is_dismissed(self, who: str, twice: bool) -> None:
        self.begins_anew()
        people = self.just_enough(who)
        *_, last = self.approve([*people, who] if twice else people)
        self.dismisses(last)
        self.looked()

    @precondition(lambda self: self.stale)
    @rule(who=WHO)
    def what_the_app_meant_to_dismiss_is_dismissed(self, who: str) -> None:
        """GitHub did not let the App, so it was a person who dismissed it."""
        seen = self.begins_anew()
        *_, last = self.approve(self.just_enough(who))
        self.looked()
        self.talk.sandbox.faults.clear()
        self.talk.sandbox.fail("PUT", "*/dismissals", status=403, times=99)
        self.adds()
        with contextlib.suppress(RefusedError):
            self.looked()
        self.talk.sandbox.faults.clear()
        self.dismisses(last)
        self.pull.force_push(seen)
        self.looked()

    @rule(who=WHO, how=st.sampled_from(("reviews", "orders")))
    def others_approve_what_somebody_vetoes(self, who: str, how: str) -> None:
        self.begins_anew()
        if how == "reviews":
            self.reviews(who, "requests changes")
        else:
            self.orders(who, "vetoes", "veto not yet")
        self.approve(self.just_enough(next(one for one in REVIEWERS if one != who)))
        self.looked()

    @rule(who=WHO)
    def what_was_said_is_edited(self, who: str) -> None:
        self.begins_anew()
        *others, last = self.just_enough(who)
        self.approve(others)
        review = self.pull.review(by=self.people[last], state="COMMENTED", body="Hm.")
        comment = self.pull.comment(self.people[last], "Hm.")
        self.ticks()
        self.pull.edit_comment(comment, self.people[last], "@cratewarden waive all it is fine")
        self.pull.edit_review(review, self.people[last], "Approved!")
        self.looked()

    @rule(who=WHO)
    def goes_to_another_branch_and_back(self, who: str) -> None:
        self.begins_anew()
        self.approve(self.just_enough(who))
        self.looked()
        base = self.base
        self.pull.retarget(ELSEWHERE[base])
        self.looked()
        self.is_not_green_while_anything_is_unseen()
        self.pull.retarget(base)
        self.passes("later")

    @rule(who=WHO)
    def is_forgotten_for_three_months(self, who: str) -> None:
        self.begins_anew()
        self.approve(self.just_enough(who))
        self.looked()
        self.talk.sandbox.clock.advance(days=91)
        self.reconciled()

    # --- what is around it ---

    @rule(who=WHO, approvals=st.sampled_from((1, 2)), both=st.booleans())
    def maintainers_change_their_minds(self, who: str, approvals: int, both: bool) -> None:
        self.begins_anew()
        self.approve(self.just_enough(who))
        self.maintainers_write(self.policy(approvals, both))
        self.looked()

    @rule(who=WHO, approvals=st.sampled_from((1, 2)))
    def maintainers_break_their_policy_for_a_while(self, who: str, approvals: int) -> None:
        self.begins_anew()
        self.approve(self.just_enough(who))
        self.maintainers_write(BROKEN)
        self.looked()
        self.is_not_green_while_anything_is_unseen()
        self.maintainers_write(self.policy(approvals, both=False))
        self.passes("later")

    @rule(who=WHO, at_once=st.booleans())
    def its_base_loses_a_commit_that_it_keeps(self, who: str, at_once: bool) -> None:
        """What was somebody else's when people approved is the pull request's now."""
        before = self.talk.ring.head(self.base)
        self.talk.ring.commit(self.base, self.new("code"), author=self.people["eve"])
        self.begins_anew()
        self.approve(self.just_enough(who))
        if not at_once:
            self.looked()
        self.talk.ring.push(self.base, before)
        self.looked()

    @rule(who=WHO)
    def moves_while_the_app_looks(self, who: str) -> None:
        """Aimed at another branch after the App has read everything, of which it has not heard yet."""
        self.begins_anew()
        self.looked()
        self.approve(self.just_enough(who))
        base = self.base
        world = self.talk.world
        self.talk.world = restless(world, lambda: self.pull.retarget(ELSEWHERE[base]))
        self.hears(self.talk.unheard())
        self.talk.world = world
        self.is_not_green_while_anything_is_unseen()
        self.looked()

    @rule(who=WHO)
    def github_leaves_out_a_commit_of_somebody_who_approves(self, who: str) -> None:
        self.talk.sandbox.faults.clear()
        self.talk.sandbox.disturb("truncate", "GET", "*/pulls/*/commits", times=99)
        self.talk.sandbox.fail("GET", "*/commits/*[0-9a-f]", status=404, times=99)
        self.begins_anew()
        self.adds(author=self.people[who])
        self.approve(self.just_enough(who))
        self.looked()
        self.talk.sandbox.faults.clear()

    @precondition(lambda self: self.base == "main")
    @rule(who=WHO)
    def another_pull_request_has_the_same_head(self, who: str) -> None:
        self.begins_anew()
        people = self.just_enough(who)
        self.approve(people)
        self.looked()
        other = self.talk.ring.open_pull(head="patch", base="release", by=self.people["alice"])
        self.talk.ignore()
        # Of the other one nothing is known, then that it waits.
        (*_, last) = (job for job in self.talk.jobs if isinstance(job, AssessPull))
        job = AssessPull(last.where, self.pull.number)
        for _ in range(2):
            follow = carry_out(self.talk.world, job)
            seen = Oracle(self.talk.ring, "alice", self.oracle.policy, [], self.oracle.pushed).allows(
                other.head, "release", self.pools, self.talk.sandbox.clock.now()
            )
            self.is_right(self.talk.says(self.pull), seen and self.is_seen())
            self.talk.carry_out(*follow)
        other.close()
        self.looked()

    @rule(who=WHO, what=st.sampled_from(("dismissed", "evil")))
    def is_merged_in_a_queue(self, who: str, what: str) -> None:
        """An approval is dismissed just before, or the group holds more than its members."""
        ring = self.talk.ring
        self.begins_anew()
        *_, last = self.approve(self.just_enough(who))
        self.looked()
        if not self.is_seen():
            return  # Too few of them are left in the teams, so GitHub does not let it into the queue.
        if what == "dismissed":
            self.dismisses(last)
        entry = ring.enqueue(self.pull)
        head = entry.head_sha
        if what == "evil":
            parents = (entry.base_sha, self.pull.head)
            head = ring.commit("evil", {"src/evil.rs": function(f"evil{self.pieces}")}, parents=parents)
            ring.repository.git.move(entry.ref, head)
            entry.head_sha = head
        (delivery,) = (each for each in self.talk.unheard() if each.event == "merge_group")
        group = {**delivery.payload["merge_group"], "head_sha": head}
        self.talk.carry_out(*route("merge_group", {**delivery.payload, "merge_group": group}))
        self.is_right(self.talk.check_at(head).conclusion or "", allowed=False)
        self.talk.ignore()
        ring.dequeue(self.pull)
        self.adds()
        self.looked()
