"""The people around a pull request: who is on it already, and who cannot be asked."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.gate.votes import Votes
from bot.model import Standing
from bot.policy.model import Policy
from bot.ports import Assignment
from bot.pull import PullRequest, Review, ReviewState
from bot.reviewers.hours import working_time
from bot.reviewers.model import ASSIGNED, MENTORING, REFUSED, History, Why
from bot.reviewers.need import Need

_TALKS = (ReviewState.COMMENTED, ReviewState.CHANGES_REQUESTED)
_BOT = "[bot]"


def is_team(person: str) -> bool:
    """Whether an assignment or pick is a team's."""
    return "/" in person


# Without slots: what is worked out once is kept beside the fields.
@dataclass(frozen=True)
class Scene:
    """A pull request at a moment, with everything known about the people around it."""

    policy: Policy
    pull: PullRequest
    people: Mapping[str, frozenset[str]]
    standing: Standing
    history: History
    now: datetime.datetime

    @property
    def votes(self) -> Votes:
        """What people said, as the gate counts it."""
        return Votes(self.people, self.standing, self.now)

    @cached_property
    def open(self) -> tuple[Assignment, ...]:
        """The assignments that somebody still has to answer, oldest first."""
        return tuple(each for each in self.history.assignments if each.is_open and not self.is_over(each))

    def is_over(self, assignment: Assignment) -> bool:
        """Whether the person answered, or somebody else took the request back."""
        person = assignment.person
        # GitHub's times have a resolution of a second.
        asked = assignment.at.replace(microsecond=0)
        answered = any(review.submitted >= asked for review in self._reviews(person))
        return answered or (person in self.pull.removed_by_hand and person not in self.pull.requested_users)

    def _reviews(self, person: str) -> tuple[Review, ...]:
        return tuple(review for review in self.pull.reviews if review.person == person)

    def has_reviewed(self, person: str) -> bool:
        """Whether the person has reviewed the pull request before, whatever they said."""
        return bool(self._reviews(person))

    def counts(self, person: str) -> bool:
        """Whether the person's approval would count for this pull request."""
        return not (person in self.standing.barred or person == self.pull.author or person.endswith(_BOT))

    def back(self, person: str) -> datetime.date | None:
        """The day an absent person is back; None if they are here. Who is away from one pool is away from all."""
        today = self.now.astimezone(datetime.UTC).date()
        days = [away.until for pool in self.policy.pools for away in pool.away if away.user == person]
        return max((day for day in days if today < day), default=None)

    @cached_property
    def on_it(self) -> frozenset[str]:
        """Everybody who has been asked, by whomever, or who is talking with the author, and whose word counts."""
        mine = {each.person for each in self.open if not is_team(each.person)}
        claimed = {each.person for each in self.open if each.claimed}
        everybody = {*self.pull.requested_users, *mine, *self._talking}
        return frozenset(
            person
            for person in everybody
            if self.counts(person) and (person in claimed or self.back(person) is None)
        )

    @cached_property
    def _talking(self) -> frozenset[str]:
        """Those who were asked and whose last word, about the present head, was neither yes nor taken back."""
        return frozenset(
            each.person
            for each in self.history.assignments
            if (said := self._reviews(each.person))
            and (last := max(said, key=lambda review: (review.submitted, review.id))).state in _TALKS
            and last.commit == self.pull.head_sha
        )

    def is_silent(self, person: str, hours: int) -> bool:
        """Whether the person was asked and has not answered for that many working hours; 0 hours are patient."""
        since = max((each.at for each in self.open if each.person == person), default=None)
        if not hours or since is None or person in self._talking:
            return False
        return working_time(since, self.now) >= datetime.timedelta(hours=hours)

    @cached_property
    def passed_over(self) -> frozenset[str]:
        """Those who were asked before and no longer are, without having answered. Whom GitHub refused never was."""
        gone = (each for each in self.history.assignments if not each.is_open and not self.is_over(each))
        return frozenset(each.person for each in gone if each.refused is None)

    @cached_property
    def refused(self) -> frozenset[str]:
        """The people and teams whom GitHub did not let be asked at this head, and does not show as asked since."""
        shown = {*self.pull.requested_users, *self.pull.requested_teams}
        here = (each.person for each in self.history.assignments if each.refused == self.pull.head_sha)
        return frozenset(here) - shown

    @cached_property
    def load(self) -> dict[str, int]:
        """How many other pull requests each person is asked about."""
        here = {each.person for each in self.history.assignments if each.is_open}
        return {person: count - (person in here) for person, count in sorted(self.history.load.items())}

    def is_full(self, person: str, need: Need) -> bool:
        """Whether the person has as many open requests as each of the need's pools allows."""
        limits = [pool.capacity for pool in need.pools_of(person)]
        return bool(limits) and all(0 < limit <= self.load.get(person, 0) for limit in limits)

    def obstacle(self, person: str) -> Why | None:
        """Why the person is not asked, whatever the need; None if they can be."""
        who = ("person", person)
        if (barred := self.standing.barred.get(person)) is not None:
            return Why(f"why.not-{barred}", (who,))
        if not self.counts(person):
            return Why("why.not-author" if person == self.pull.author else "why.not-bot", (who,))
        if (day := self.back(person)) is not None:
            return Why("why.away", (who, ("until", day.isoformat())))
        if person in self.pull.removed_by_hand:
            return Why("why.removed", (who,))
        if person in self.refused:
            return Why(REFUSED, (who,))
        return Why("why.skipped", (who,)) if person in self.history.skip else None

    @property
    def asked_by_app(self) -> tuple[str, ...]:
        """The people whom the App asked to review and who have not answered, oldest first."""
        mine = (each.person for each in self.open if each.rule != MENTORING and not is_team(each.person))
        return tuple(dict.fromkeys(mine))

    @property
    def picked_by_app(self) -> tuple[str, ...]:
        """Those of them whom a strategy picked: nobody asked for them, and they did not claim it."""
        settled = {each.person for each in self.open if each.claimed or Why.read(each.why).id == ASSIGNED}
        return tuple(person for person in self.asked_by_app if person not in settled)
