"""Whom to ask about a pull request: what the ledger and the code know about people, given to the strategies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.guard.look import Look
from bot.policy.model import Strategy
from bot.ports import Assignment, Book
from bot.reviewers import MENTORING, History, Pick, Plan, Why, plan

# A review of the very files tells more than a commit to them.
_REVIEWED = 3
# How GitHub writes the address of somebody who keeps theirs private.
_NOREPLY = re.compile(r"(?:\d+\+)?([a-z0-9][a-z0-9-]*)@users\.noreply\.[a-z0-9.-]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is to be done about people, and everybody who is being asked after it, with the reason."""

    plan: Plan
    told: tuple[Pick, ...]

    @property
    def users(self) -> tuple[str, ...]:
        """The people to request."""
        return tuple(dict.fromkeys(pick.person for pick in self.plan.ask))

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams to request."""
        return tuple(dict.fromkeys(pick.person for pick in self.plan.ask_teams))


def plan_for(book: Book, seen: Look) -> Asking:
    """Plan whom to ask about what was seen."""
    assignments = book.assignments()
    history = History(
        assignments=assignments,
        load=book.load(),
        turns=book.turn,
        experts=experts(book, seen),
    )
    made = plan(seen.decision, seen.policy, seen.pull, seen.people, seen.standing, history, seen.now)
    return Asking(made, _told(seen, made, assignments))


def _told(seen: Look, made: Plan, assignments: tuple[Assignment, ...]) -> tuple[Pick, ...]:
    """Who is asked to review now, and who was before and still is; mentors have a comment of their own."""
    gone = {*made.withdraw, *made.over}
    before = (
        Pick(each.person, each.rule, Why.read(each.why))
        for each in assignments
        if each.is_open and each.person not in gone and _is_requested(seen, each)
    )
    told: dict[tuple[str, str], Pick] = {}
    for pick in (*before, *made.ask, *made.ask_teams):
        if pick.rule != MENTORING:
            told.setdefault((pick.person, pick.rule), pick)
    return tuple(told.values())


def _is_requested(seen: Look, assignment: Assignment) -> bool:
    pull = seen.pull
    return assignment.claimed or assignment.person in (*pull.requested_users, *pull.requested_teams)


def experts(book: Book, seen: Look) -> Mapping[str, int]:
    """How well people know the changed files: who reviewed unsafe code there, and who wrote them."""
    strategies = {rule.request.strategy for rule in seen.policy.rules}
    if Strategy.EXPERTISE not in strategies | {seen.policy.mentoring.strategy}:
        return {}
    paths = sorted({change.path for change in seen.analysis.changes})
    weights = Counter({person: _REVIEWED * count for person, count in book.experts(paths).items()})
    for address, count in seen.repository.authors(seen.pull.base_sha, paths).items():
        if found := _NOREPLY.fullmatch(address):
            weights[found[1].lower()] += count
    return weights
