"""Whatever people do in whatever order, the check run is never green while anything is unseen.

The machine plays a pull request as GitHub and the ledger would show it to the App. What the gate says is compared
with an oracle that goes through the history once for each thing, and knows nothing of the ways of the gate.
"""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass, replace

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from analyzers.fingerprint import of_unanalysed
from analyzers.model import Analysis, Severity, Unanalysed, UnanalysedReason
from bot.actions import CheckState
from bot.gate import circumstances_of, evaluate, standing, to_cover, verdict
from bot.model import Approval, Mode, PolicyEdit, Source, Veto
from bot.policy.model import Policy, Pool, Request, Require, Rule, When
from bot.ports import Cover
from bot.pull import Commit, PullRequest, Review, ReviewState
from tests.bot.gate.sample import NOW, finding, named, pull_request

UNSAFE, KERNEL = {"alice", "bob", "carol", "zoe"}, {"carol", "dave", "erin"}
POOLS = (Pool("unsafe", tuple(sorted(UNSAFE))), Pool("kernel", tuple(sorted(KERNEL))))
REVIEWERS = ("alice", "bob", "carol", "dave", "erin", "zoe", "stranger", "ci[bot]")
EXPIRES = datetime.timedelta(days=3)

Item = tuple[str, int]
PATHS = {
    "src": "src/lib.rs",
    "kernel": "kernel/k.rs",
    "docs": "docs/d.rs",
    "submodule": "vendor/x",
    "picture": "docs/x.bin",
    "policy": ".github/cratewarden.toml",
}
UNANALYSED = ("submodule", "picture")
ITEMS = [(name, version) for name in PATHS for version in (1, 2)]
CONTENTS = st.frozensets(st.sampled_from(ITEMS), max_size=3)


def unanalysed(item: Item) -> Unanalysed:
    name, version = item
    return Unanalysed(PATHS[name], UnanalysedReason.SUBMODULE, blob=f"blob {version}")


def fingerprint(item: Item) -> str:
    return of_unanalysed(unanalysed(item)) if item[0] in UNANALYSED else f"{item[0]}{item[1]}"


def seen(content: frozenset[Item], base: str) -> frozenset[Item]:
    """What a head changes against a base: the other branch lacks a commit that main has."""
    return content | {("src", 9)} if base == "release" else content


def analysis_of(items: frozenset[Item]) -> Analysis:
    """Every second version of ``src`` has a finding that blocks."""
    changes = [item for item in sorted(items) if item[0] in ("src", "kernel", "docs")]
    return Analysis(
        tuple(named(fingerprint(item), PATHS[item[0]]) for item in changes),
        tuple(finding(item=f"fn {fingerprint(item)}") for item in changes if item == ("src", 2)),
        tuple(unanalysed(item) for item in sorted(items) if item[0] in UNANALYSED),
    )


@dataclass(frozen=True)
class Said:
    """Something that somebody said, in the order of ``turn``; ``items`` are what they saw or named."""

    turn: int
    person: str
    what: str
    at: datetime.datetime
    base: str
    head: str
    items: frozenset[Item]
    dismissed: str = ""
    released: bool = False


class Oracle:
    """Whether everybody needed has seen everything, worked out anew for each thing from the whole history."""

    def __init__(self, game: PullRequestGame) -> None:
        self.game = game
        self.extra = any(addresses for _, addresses in game.commits)
        behind = {person for people, _ in game.commits for person in people}
        self.out = behind | {"zoe", game.pusher, "ci[bot]"}

    def is_green(self) -> bool:
        if self.game.incomplete or any(self._vetoes(person) for person in UNSAFE | KERNEL):
            return False
        return all(self._passes(item) for item in seen(self.game.content, self.game.base))

    def _passes(self, item: Item) -> bool:
        name = item[0]
        if name == "docs":
            return True
        if name == "picture":
            return self._enough(item, [UNSAFE | KERNEL], 1, expires=False)
        if not self._enough(item, [UNSAFE], self.game.approvals, expires=self.game.expires):
            return False
        if name == "kernel":
            return self._enough(item, [UNSAFE, KERNEL], 1, expires=False)
        if item == ("src", 2):
            waivers = [p for p in UNSAFE if self._lets_pass(p, item, self.game.expires, {"waives"})]
            return len(waivers) > self.extra
        return name != "policy" or self._enough(item, [UNSAFE | KERNEL], 1, expires=False)

    def _enough(self, item: Item, pools: list[set[str]], each: int, *, expires: bool) -> bool:
        people = [p for p in REVIEWERS if self._lets_pass(p, item, expires, {"approves", "waives"})]
        places = [[at for at, pool in enumerate(pools) if person in pool] for person in people]
        return any(
            all(chosen.count(at) >= each + self.extra for at in range(len(pools)))
            for chosen in itertools.product(*(place or [-1] for place in places))
        )

    def _of(self, person: str) -> list[Said]:
        return [said for said in self.game.history if said.person == person]

    def _lets_pass(self, person: str, item: Item, expires: bool, ways: set[str]) -> bool:
        if person in self.out:
            return False
        for said in self._of(person):
            fresh = not expires or self.game.now - said.at <= EXPIRES
            stands = said.what in ways and item in said.items and fresh and said.dismissed != "by hand"
            right_base = said.what == "waives" or said.base == self.game.base
            if stands and right_base and not any(self._voids(later) for later in self._after(said)):
                return True
        return False

    def _after(self, said: Said) -> list[Said]:
        return [later for later in self._of(said.person) if later.turn > said.turn]

    @staticmethod
    def _voids(later: Said) -> bool:
        return (
            later.what == "objects"
            or later.dismissed == "by hand"
            or (later.what == "vetoes" and not later.released)
        )

    def _vetoes(self, person: str) -> bool:
        return any(self._holds(said) for said in self._of(person))

    def _holds(self, said: Said) -> bool:
        after = self._after(said)
        if said.what == "objects":
            settled = any(later.what == "approves" or later.dismissed for later in after)
            return not said.dismissed and not settled
        approved = any(later.what == "approves" and later.dismissed != "by hand" for later in after)
        return said.what == "vetoes" and not said.released and not approved


PEOPLE = st.frozensets(st.sampled_from(["alice", "bob", "dave", "zoe"]), max_size=1)
PUSHES = st.tuples(CONTENTS, PEOPLE, st.integers(0, 2).map(lambda die: die == 0))


class PullRequestGame(RuleBasedStateMachine):
    """A pull request by zoe, who is in a pool herself."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.turn = NOW, 0
        self.base, self.retargeted = "main", None
        self.heads: list[frozenset[Item]] = [frozenset({("src", 1), ("kernel", 1)})]
        self.head = 0
        self.commits: list[tuple[frozenset[str], bool]] = [(frozenset({"zoe"}), False)]
        self.pusher = "zoe"
        self.history: list[Said] = []
        self.covers: dict[int, Cover] = {}
        self.incomplete = self.is_draft = False
        self.title = "x"

    retargeted: datetime.datetime | None

    @initialize(
        approvals=st.integers(1, 2), expires=st.booleans(), tick=st.sampled_from([0, 1, 1]), first=PUSHES
    )
    def begin(
        self, approvals: int, expires: bool, tick: int, first: tuple[frozenset[Item], frozenset[str], bool]
    ) -> None:
        self.approvals, self.expires = approvals, expires
        self.tick = datetime.timedelta(seconds=tick)
        self.heads, self.commits = [first[0]], [(first[1], first[2])]
        everything = When(not_paths=("docs/**",))
        days = EXPIRES.days if expires else 0
        self.policy = Policy(
            mode=Mode.ENFORCE,
            pools=POOLS,
            rules=(
                Rule("all", everything, Require(("unsafe",), approvals, expires_days=days), Request()),
                Rule("kernel", When(paths=("kernel/**",)), Require(all_of=("unsafe", "kernel")), Request()),
            ),
            findings=(("missing-safety-comment", Severity.BLOCK),),
        )

    @property
    def content(self) -> frozenset[Item]:
        return self.heads[self.head]

    def move(self) -> None:
        self.turn += 1
        self.now += self.tick

    @rule(push=PUSHES, pusher=st.sampled_from(["zoe", "zoe", "alice", "erin"]))
    def push(self, push: tuple[frozenset[Item], frozenset[str], bool], pusher: str) -> None:
        self.move()
        content, people, unmapped = push
        self.heads.append(content)
        self.head, self.pusher = len(self.heads) - 1, pusher
        self.commits.append((people, unmapped))

    @rule(items=CONTENTS)
    def add(self, items: frozenset[Item]) -> None:
        self.push((self.content | items, frozenset(), False), "zoe")

    @rule(data=st.data())
    def force_push_back(self, data: st.DataObject) -> None:
        """To an earlier head, with the commits that came after it gone."""
        self.move()
        self.head = data.draw(st.integers(0, len(self.heads) - 1))
        self.commits, self.pusher = self.commits[:1], "zoe"

    @rule(
        person=st.sampled_from(REVIEWERS),
        what=st.sampled_from(["approves"] * 4 + ["objects", "comments"]),
        data=st.data(),
        heard=st.booleans(),
    )
    def review(self, person: str, what: str, data: st.DataObject, heard: bool) -> None:
        """At the head or, with luck, at an older one; whether the App hears of it at once."""
        self.move()
        head = data.draw(st.sampled_from([self.head, self.head, len(self.heads) // 2]))
        self.say(person, what, head, seen(self.heads[head], self.base))
        if heard:
            self.record()

    @rule()
    def everybody_approves(self) -> None:
        for person in ("alice", "bob", "carol", "dave", "erin"):
            self.move()
            self.say(person, "approves", self.head, seen(self.content, self.base))

    def say(self, person: str, what: str, head: int, items: frozenset[Item]) -> None:
        self.history.append(Said(self.turn, person, what, self.now, self.base, str(head), items))

    @rule(data=st.data(), by=st.sampled_from(["by hand", "by the App"]))
    def dismiss(self, data: st.DataObject, by: str) -> None:
        self.move()
        if not self.history:
            return
        at = data.draw(st.integers(0, len(self.history) - 1))
        said = self.history[at]
        wanted = ("approves",) if by == "by the App" else ("approves", "objects")
        if said.what in wanted and not said.dismissed and "[bot]" not in said.person:
            self.history[at] = replace(said, dismissed=by)

    @rule(person=st.sampled_from(["alice", "bob", "carol"]))
    def approve_twice_and_be_dismissed(self, person: str) -> None:
        for _ in range(2):
            self.move()
            self.say(person, "approves", self.head, seen(self.content, self.base))
        self.record()
        self.history[-1] = replace(self.history[-1], dismissed="by hand")

    @rule(person=st.sampled_from(REVIEWERS), items=CONTENTS, all_of_it=st.booleans())
    def waive(self, person: str, items: frozenset[Item], all_of_it: bool) -> None:
        self.move()
        self.say(person, "waives", self.head, seen(self.content, self.base) if all_of_it else items)

    @rule(person=st.sampled_from(REVIEWERS))
    def veto(self, person: str) -> None:
        self.move()
        self.say(person, "vetoes", self.head, frozenset())

    @rule(person=st.sampled_from(REVIEWERS))
    def release(self, person: str) -> None:
        self.move()
        self.history = [
            replace(said, released=True) if (said.person, said.what) == (person, "vetoes") else said
            for said in self.history
        ]

    @rule()
    def be_approved_against_the_other_base(self) -> None:
        here = self.base
        self.retarget("release" if here == "main" else "main")
        self.everybody_approves()
        self.record()
        self.retarget(here)

    @rule(base=st.sampled_from(["main", "release"]))
    def retarget(self, base: str) -> None:
        self.move()
        if base != self.base:
            self.base, self.retargeted = base, self.now

    @rule(hours=st.sampled_from([1, 30, 72]))
    def time_passes(self, hours: int) -> None:
        self.now += datetime.timedelta(hours=hours)

    @rule(title=st.text(max_size=3), draft=st.booleans(), incomplete=st.integers(0, 4))
    def decorate(self, title: str, draft: bool, incomplete: int) -> None:
        self.title, self.is_draft, self.incomplete = title, draft, incomplete == 0

    @rule()
    def record(self) -> None:
        """What the App does whenever it hears of the pull request."""
        for review in to_cover(self.pull(), self.covers):
            items = seen(self.heads[int(review.commit)], self.base)
            self.covers[review.id] = Cover(self.base, frozenset(map(fingerprint, items)))

    def pull(self) -> PullRequest:
        states = {
            "approves": ReviewState.APPROVED,
            "objects": ReviewState.CHANGES_REQUESTED,
            "comments": ReviewState.COMMENTED,
        }
        return pull_request(
            "zoe",
            base_ref=self.base,
            title=self.title,
            labels=(self.title,),
            is_draft=self.is_draft,
            last_pusher=self.pusher,
            retargeted=self.retargeted,
            incomplete=("cut",) if self.incomplete else (),
            commits=tuple(
                Commit(str(at), tuple(sorted(people)), ("x@example.org",) if unmapped else ())
                for at, (people, unmapped) in enumerate(self.commits)
            ),
            reviews=tuple(
                Review(
                    said.turn,
                    said.person,
                    ReviewState.DISMISSED if said.dismissed else states[said.what],
                    said.head,
                    said.at,
                    is_bot=said.person.endswith("[bot]"),
                    dismissed_by_app=said.dismissed == "by the App",
                )
                for said in self.history
                if said.what in states
            ),
        )

    def verdict(self) -> CheckState:
        pull, items = self.pull(), seen(self.content, self.base)
        waivers = [
            Approval(said.person, Source.WAIVER, frozenset(map(fingerprint, said.items)), said.at)
            for said in self.history
            if said.what == "waives"
        ]
        vetoes = [
            Veto(said.person, said.at) for said in self.history if said.what == "vetoes" and not said.released
        ]
        edits = tuple(
            PolicyEdit(PATHS["policy"], str(item[1]), fingerprint(item))
            for item in sorted(items)
            if item[0] == "policy"
        )
        around = circumstances_of(pull, self.policy, policy_edits=edits)
        said = standing(pull, self.covers, waivers, vetoes)
        return verdict(evaluate(self.policy, analysis_of(items), around, said, now=self.now))

    @invariant()
    def never_green_with_anything_unseen(self) -> None:
        if not self.turn:
            return
        state, green = self.verdict(), Oracle(self).is_green()
        assert green or state is not CheckState.SUCCESS
        recorded = all(
            said.turn in self.covers
            for said in self.history
            if said.what == "approves" and not said.person.endswith("[bot]") and said.dismissed != "by hand"
        )
        # Where every moment is its own and everything is recorded, it is green as soon as it may be.
        if self.tick and recorded:
            assert (state is CheckState.SUCCESS) is green
            event(f"{state.value}, {'asked' if self.content else 'nothing there'}")


PullRequestGame.TestCase.settings = settings(max_examples=250, stateful_step_count=25, deadline=None)
TestPullRequest = PullRequestGame.TestCase
