"""A pull request of alice's that people push to, review and quarrel over, and an oracle beside it that takes notes."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from bot.events import route
from bot.sandbox.model import Delivery
from bot.sandbox.objects import Content, Person
from bot.sandbox.people import User
from tests.conversations.cast import POLICY_FILE, Conversation, Stage, begun, function
from tests.conversations.oracle import Oracle, Said, Terms

POLICY = """\
version = 1
mode = "enforce"

[pools.unsafe]
teams = ["ACME/reviewers"]

[pools.kernel]
teams = ["ACME/kernel"]

[findings]
missing-safety-comment = "block"

[github]
dismiss_stale_approvals = {stale}

[[rules]]
name = "unsafe code"
require.{pools}
require.approvals = {approvals}
require.expires = "90d"
request.strategy = "round-robin"

[[rules]]
name = "kernel"
when.paths = ["kernel/**"]
require.pool = "kernel"
"""
BROKEN = 'version = 1\nmode = "enforce\n'
TEAMS = {"unsafe": ("alice", "bob", "carol", "dave"), "kernel": ("carol", "mallory")}
"""Who is in each pool at first. Carol is in both, mallory has no say where one pool is enough, eve never has."""

REVIEWERS = ("bob", "carol", "dave")
STRANGERS = ("mallory", "eve")
NOBODY = Person("Nobody", "nobody@nowhere.example")
VERSIONS = (0, 1, 2)
CONTENTS = st.tuples(*(st.sampled_from(VERSIONS) for _ in range(4)))


def unsafe_function(at: int, version: int) -> str:
    """No two of them hold the same code: what is only renamed asks nobody."""
    return function(f"f{at}", f"*v.get_unchecked({10 * at + version})")


def written(contents: tuple[int, ...], *, spaced: bool = False) -> dict[str, Content]:
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


class Life(RuleBasedStateMachine):
    """One pull request of alice's, how people and the App act on it, and what must be so after each act.

    ``pending`` is so while deliveries are on their way, ``lost`` while the App may have missed some.
    """

    on: Stage

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        self.pending = self.lost = False
        self.pieces = 100

    @initialize(
        approvals=st.sampled_from((1, 1, 2)),
        both=st.sampled_from((False, False, True)),
        stale=st.booleans(),
        contents=CONTENTS,
    )
    def opens(self, approvals: int, both: bool, stale: bool, contents: tuple[int, ...]) -> None:
        self.stale = stale
        files: dict[str, Content] = {"src/lib.rs": unsafe_function(0, 1)}
        policy = self.policy(approvals, both)
        self.talk: Conversation = self.stack.enter_context(begun(self.on, policy, files))
        talk = self.talk
        self.people = {name: talk.sandbox.user(name) for name in ("alice", *REVIEWERS, *STRANGERS)}
        talk.acme.add(self.people["dave"])
        self.pools = {pool: set(members) for pool, members in TEAMS.items()}
        self.team = talk.acme.team("reviewers", [self.people[name] for name in TEAMS["unsafe"]])
        talk.acme.team("kernel", [self.people[name] for name in TEAMS["kernel"]])
        talk.ring.commit("release", {"src/release.rs": function("release")})
        for branch in ("main", "release"):
            talk.ring.require_check("cratewarden", branch=branch, app=talk.sandbox.app)
        talk.ring.commit("patch", written(contents), author=talk.alice)
        self.pull = talk.ring.open_pull(head="patch", by=talk.alice)
        self.oracle = Oracle(talk.ring, "alice", POLICY_FILE)
        self.oracle.pushed[self.pull.head] = "alice"
        self.looked()

    def policy(self, approvals: int, both: bool) -> str:
        """A policy that wants so many people, of one pool or of each of both."""
        pools = 'all_of = ["unsafe", "kernel"]' if both else 'pool = "unsafe"'
        return POLICY.format(pools=pools, approvals=approvals, stale=str(self.stale).lower())

    # --- what must be so ---

    @invariant()
    def is_not_green_while_anything_is_unseen(self) -> None:
        if hasattr(self, "talk") and not (self.pending or self.lost):
            says, allowed = self.talk.says(self.pull), self.is_seen()
            self.is_right(says, allowed)

    @staticmethod
    def is_right(says: str, allowed: bool) -> None:
        """A required check lets ``neutral`` pass too."""
        assert says not in {"success", "neutral"} or allowed

    def is_seen(self) -> bool:
        """Whether the oracle lets the pull request be green as it is."""
        return self.oracle.allows(self.pull.head, self.base, self.pools, self.talk.sandbox.clock.now())

    def teardown(self) -> None:
        with self.stack:
            if hasattr(self, "talk"):
                self._is_no_dead_end()

    def _is_no_dead_end(self) -> None:
        """Once all who may approve do, it passes, unless they are too few."""
        for who in sorted({*REVIEWERS, "mallory"}):
            self.reviews(who)
        self.talk.ignore()
        self.reconciled()
        says = self.talk.says(self.pull)
        self.is_right(says, self.is_seen())
        assert says == "success" or not self.oracle.can_be_met(self.pull.head, self.base, self.pools)

    # --- how people act, of which the App does not hear yet ---

    @property
    def base(self) -> str:
        """The branch it goes into."""
        return self.pull.pull.base_ref

    @property
    def terms(self) -> Terms:
        """What the policy of that branch asks for."""
        terms = self.oracle.terms(self.base, self.pools)
        assert terms is not None
        return terms

    def reviews(self, who: str, what: str = "approves", commit: str = "") -> Said:
        """Somebody reviews the head, unless told, and the reviewed commit is not what they saw last."""
        state = {"approves": "APPROVED", "requests changes": "CHANGES_REQUESTED"}[what]
        seen = commit or self.pull.head
        review = self.pull.review(by=self.people[who], state=state, commit=seen)
        said = replace(self._word(who, what, seen), review=review)
        self.oracle.said.append(said)
        self.ticks()
        return said

    def approve(self, people: Sequence[str], commit: str = "") -> list[Said]:
        """Some people approve, one after the other."""
        return [self.reviews(who, commit=commit) for who in people]

    def dismisses(self, said: Said) -> None:
        """Alice dismisses a review."""
        assert said.review is not None
        self.pull.dismiss(said.review, self.people["alice"])
        said.dismissed = True
        self.ticks()

    def begins_anew(self, what: str = "code", *, by: str = "alice", **how: User | Person | str | None) -> str:
        """Everything is thrown away for something that nobody has seen, and nobody vetoes; gives the commit.

        So it depends on what comes next, and on nothing before.
        """
        for who in self.oracle.vetoing(self.terms.everybody):
            self.reviews(who)
        return self.adds(what, by=by, parent=self.talk.ring.head(self.base), **how)

    def adds(
        self, what: str = "code", *, by: str = "alice", parent: str = "", **how: User | Person | str | None
    ) -> str:
        """Something that nobody has seen is pushed on top of the head or another commit; gives the new one."""
        how = {"author": self.people["alice"], **how}
        head = self.talk.ring.commit(
            "patch",
            self.new(what),
            parents=(parent or self.pull.head,),
            by=self.people[by],
            **how,  # type: ignore[arg-type]
        )
        self.oracle.pushed[head] = by
        self.ticks()
        return head

    def new(self, what: str) -> dict[str, Content]:
        """A file that was never there before: code (bare of comments), a submodule, or another policy."""
        self.pieces += 1
        code = unsafe_function(self.pieces, 0)
        policy = f"{self.policy(1, both=False)}# {self.pieces}\n"
        new: dict[str, dict[str, Content]] = {
            "code": {f"src/f{self.pieces}.rs": code},
            "bare code": {f"src/f{self.pieces}.rs": code.replace("    // SAFETY: checked.\n", "")},
            "a submodule": {"vendor/y": ("160000", f"{self.pieces:040x}".encode())},
            "a policy": {POLICY_FILE: self._for_acme(policy)},
            "a policy without force": {POLICY_FILE: self._for_acme(policy.replace('"enforce"', '"off"'))},
            "a broken policy": {POLICY_FILE: f"{BROKEN}# {self.pieces}\n"},
        }
        return new[what]

    def maintainers_write(self, policy: str) -> None:
        """The base branch gets another policy, even if only its last line differs."""
        self.pieces += 1
        self.talk.ring.commit(self.base, {POLICY_FILE: f"{self._for_acme(policy)}# {self.pieces}\n"})
        self.ticks()

    def just_enough(self, who: str) -> list[str]:
        """The fewest people who are enough with somebody and would not be without, who comes last of them.

        That is somebody else where this one has no say at the moment.
        """
        terms = self.terms
        entitled = sorted(frozenset().union(*terms.groups) - {"alice"})
        last = who if who in entitled else entitled[0]
        others = [one for one in entitled if one != last]
        for size in range(len(others) + 1):
            for some in itertools.combinations(others, size):
                if terms.are_met_by([*some, last]) and not terms.are_met_by(some):
                    return [*some, last]
        return entitled

    def leaves(self, who: str) -> None:
        """Somebody leaves the team of reviewers."""
        self.team.remove(self.people[who])
        self.pools["unsafe"].discard(who)

    def joins(self, who: str) -> None:
        """Somebody comes (back) to the team of reviewers."""
        self.team.add(self.people[who])
        self.pools["unsafe"].add(who)

    def orders(
        self, who: str, what: str, words: str, *, quicker: Callable[[], object] = lambda: None
    ) -> None:
        """Somebody gives a command about what the App has told of; the oracle notes it if the App obeys.

        Something else may be quicker than the App.
        """
        self.settled()
        said = self._word(who, what, self.pull.head)
        comment = self.pull.comment(self.people[who], f"@cratewarden {words}")
        self.ticks()
        quicker()
        self.settled()
        if any(reaction.content == "+1" for reaction in comment.reactions):
            self.oracle.said.append(said)

    def _word(self, who: str, what: str, commit: str) -> Said:
        against = self.talk.ring.head(self.base)
        return Said(who, what, commit, self.base, against, self.talk.sandbox.clock.now())

    def ticks(self) -> None:
        """Two seconds pass; GitHub tells apart only what is a second apart."""
        self.talk.sandbox.clock.advance(seconds=2)

    def _for_acme(self, policy: str) -> str:
        return policy.replace("ACME", self.talk.acme.login)

    # --- how it comes to the App's ears ---

    def passes(self, heard: str) -> None:
        """What people did is heard at once, later, backwards, or never."""
        self.ticks()
        if heard == "at once":
            self.settled()
        elif heard == "backwards":
            self.hears(self.talk.unheard()[::-1])
            self.settled()
        elif heard == "later":
            self.pending = True
        else:
            self.lost = True
            self.talk.ignore()

    def hears(self, deliveries: list[Delivery]) -> None:
        """The App hears of some things, in this order."""
        for delivery in deliveries:
            self.talk.hear(delivery)

    def settled(self) -> None:
        """The App has heard of everything that was not lost."""
        self.talk.settle()
        self.pending = False

    def looked(self) -> None:
        """The App has heard of what happened last and looked at everything as it is, whatever it missed before."""
        for delivery in reversed(self.talk.unheard()):
            if jobs := route(delivery.event, delivery.payload):
                self.talk.carry_out(*jobs)
                break
        # What it did itself it need not hear of.
        self.talk.ignore()
        self.ticks()
        self.pending = self.lost = False

    def reconciled(self) -> None:
        """The App has looked at everything."""
        self.settled()
        # What nothing on GitHub tells of, such as a team's members, is looked at once a day.
        self.talk.sandbox.clock.advance(days=1)
        self.talk.reconcile()
        self.lost = False
