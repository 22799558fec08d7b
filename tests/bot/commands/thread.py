"""A thread of comments on a pull request, as the App sees it between two assessments."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace

from bot.commands import Outcome, Room, obey, parse
from bot.commands.things import things
from bot.model import PolicyEdit
from bot.policy.model import Away, Mentoring, Pool, Request, Require, Rule, When
from bot.ports import Assignment, Book, Comment
from bot.reviewers import Why
from tests.bot.reviewers.people import NOW, World, ago, change, pool, world

WRITERS = frozenset({"wendy"})
CHANGES = (change("src/a.rs"), change("src/b.rs"))
A, B = (each.fingerprint for each in CHANGES)


class Clock:
    def now(self) -> datetime.datetime:
        return NOW


def rule(name: str, *pools: str, approvals: int = 1, paths: tuple[str, ...] = ("**",)) -> Rule:
    return Rule(name, When(paths=paths), Require(pools, approvals), Request())


@dataclass
class Thread:
    """alice wrote it; bob, carol and dave may approve unsafe code, erin the kernel's; wendy may push."""

    book: Book
    around: World = field(default_factory=lambda: replace(world(), changes=CHANGES))
    edits: tuple[PolicyEdit, ...] = ()
    count: int = 100
    in_sight: set[str] | None = None
    """What the App had told of when a comment was written; everything, unless told otherwise."""

    def says(
        self, who: str, body: str, *, again: bool = False, edited: bool = False, bot: bool = False
    ) -> Outcome:
        """What comes of a new comment, or of the last one being carried out again."""
        self.count += not again
        now = NOW + datetime.timedelta(seconds=self.count)
        comment = Comment(self.count, who, body, now, is_bot=bot, is_edited=edited)
        room = Room(
            pull=self.around.pull,
            policy=self.around.policy,
            analysis=self.around.analysis,
            decision=self.around.decision,
            standing=self.around.standing,
            people=self.around.people,
            book=self.book,
            can_write=lambda login: login in WRITERS,
            now=now,
            comment=comment,
            in_sight=frozenset(),
            edits=self.edits,
            web="https://github.com/acme/ring",
        )
        seen = self.in_sight if self.in_sight is not None else {each.fingerprint for each in things(room)}
        return obey(parse(body, ["cratewarden"]), replace(room, in_sight=frozenset(seen)))

    def asked(self, *people: str, claimed: bool = False, rule: str = "unsafe code") -> Thread:
        """These were asked by the App an hour ago."""
        for person in people:
            why = Why("why.random", (("count", 3), ("pools", "unsafe"))).written()
            self.book.assign(Assignment(person, rule, ago(1), why, claimed))
        self.around = self.around.requested(*self.around.pull.requested_users, *people)
        return self

    def settled(self, outcome: Outcome) -> Thread:
        """What the shell does with an outcome, and the assessment after it sees."""
        self.book.close_assignments(outcome.withdraw, "command")
        left = [each for each in self.around.pull.requested_users if each not in outcome.withdraw]
        new = [pick.person for pick in outcome.ask]
        self.around = replace(
            self.around.requested(*dict.fromkeys((*left, *new))),
            history=replace(self.around.history, assignments=self.book.assignments()),
            standing=replace(self.around.standing, approvals=self.book.waivers(), vetoes=self.book.vetoes()),
        )
        return self

    @property
    def open(self) -> list[str]:
        return sorted(each.person for each in self.book.assignments() if each.is_open)


def with_kernel(book: Book) -> Thread:
    """Two rules: everybody's unsafe code, and src/b.rs for the kernel's people."""
    rules = (
        rule("unsafe code", "unsafe", paths=("src/a.rs",)),
        rule("kernel code", "kernel", paths=("src/b.rs",)),
    )
    pools: tuple[Pool, ...] = (pool("alice", "bob", "carol", "dave"), pool("erin", name="kernel"))
    return Thread(book, replace(world(*rules, pools=pools), changes=CHANGES))


def with_mentors(book: Book, *mentors: str, away: str = "") -> Thread:
    absent = {away: "2026-12-24"} if away else {}
    thread = Thread(book)
    policy = replace(
        thread.around.policy,
        pools=(*thread.around.policy.pools, pool(*mentors, name="mentors", away=absent)),
        mentoring=Mentoring("mentors"),
    )
    thread.around = replace(thread.around, policy=policy)
    return thread


def away(thread: Thread, person: str) -> Thread:
    pools = tuple(
        replace(each, away=(Away(person, datetime.date(2026, 12, 24)),))
        for each in thread.around.policy.pools
    )
    thread.around = replace(thread.around, policy=replace(thread.around.policy, pools=pools))
    return thread
