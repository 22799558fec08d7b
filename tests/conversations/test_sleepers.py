"""A process that slept was taken for dead, and wakes with what it saw long ago."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from bot.events import route
from bot.guard.guard import carry_out
from bot.guard.world import StaleError
from bot.jobs import Job, Where
from bot.ports import Forge
from bot.pull import RepositoryRef
from bot.sandbox.model import Review
from bot.sandbox.pull_requests import PullRequest
from tests.conversations.cast import Conversation


@dataclass
class Sleeper:
    """A process that sleeps, with its connections closed: before it may speak, or in the middle of a word."""

    talk: Conversation
    meanwhile: Callable[[], object]
    times: int = 1

    def wakes_late(self, job: Job, *, in_the_middle: bool) -> None:
        """Carry out a job, asleep when it is about to tell what it saw."""
        world = self.talk.world

        @contextlib.contextmanager
        def exclusive(repository: RepositoryRef, sha: str) -> Iterator[None]:
            if in_the_middle:
                # What it held is lost.
                yield
                return
            self.sleep()
            with world.exclusive(repository, sha):
                yield

        def forge(where: Where) -> Forge:
            awake = world.forge(where)
            return cast("Forge", _Drowsy(awake, self)) if in_the_middle else awake

        carry_out(replace(world, exclusive=exclusive, forge=forge), job)

    def sleep(self) -> None:
        """What happens meanwhile."""
        if self.times:
            self.times -= 1
            self.meanwhile()


@dataclass
class _Drowsy:
    """GitHub, for a process that sleeps before it writes there."""

    awake: Forge
    sleeper: Sleeper

    def perform(self, number: int, actions: Any) -> tuple[str, ...]:
        self.sleeper.sleep()
        return self.awake.perform(number, actions)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.awake, name)


def approved(talk: Conversation, pull: PullRequest) -> tuple[Review, Job]:
    """Bob approves; the job that this asks for has not been done yet."""
    review = pull.review(by=talk.bob)
    (delivery,) = [each for each in talk.unheard() if each.event == "pull_request_review"]
    (job,) = route(delivery.event, delivery.payload)
    return review, job


def test_who_slept_before_speaking_says_nothing(talk: Conversation) -> None:
    pull = talk.opens()
    review, job = approved(talk, pull)

    def dismissed() -> None:
        pull.dismiss(review, talk.alice)
        talk.settle()

    with pytest.raises(StaleError, match="another process"):
        Sleeper(talk, dismissed).wakes_late(job, in_the_middle=False)
    assert talk.says(pull) == "in_progress"
    assert talk.retries == 0


def test_who_slept_in_the_middle_of_a_word_looks_again(talk: Conversation) -> None:
    pull = talk.opens()
    review, job = approved(talk, pull)

    def dismissed() -> None:
        pull.dismiss(review, talk.alice)
        talk.settle()

    Sleeper(talk, dismissed).wakes_late(job, in_the_middle=True)
    assert talk.says(pull) == "in_progress"
    assert "needs-unsafe-review" in pull.labels


def test_who_slept_while_a_merge_group_waited_says_nothing_of_it(talk: Conversation) -> None:
    pull = talk.opens()
    review = pull.review(by=talk.bob)
    talk.settle()
    entry = talk.ring.enqueue(pull)
    (delivery,) = [each for each in talk.unheard() if each.event == "merge_group"]
    (job,) = route(delivery.event, delivery.payload)

    def dismissed() -> None:
        pull.dismiss(review, talk.alice)
        talk.hear(delivery)

    with pytest.raises(StaleError, match="another process"):
        Sleeper(talk, dismissed).wakes_late(job, in_the_middle=False)
    assert talk.check_at(entry.head_sha).conclusion == "failure"


def test_two_that_overtake_each_other_all_the_time_leave_it_to_a_later_attempt(talk: Conversation) -> None:
    pull = talk.opens()
    _, job = approved(talk, pull)
    with pytest.raises(StaleError, match="another process"):
        Sleeper(talk, lambda: talk.carry_out(job), times=99).wakes_late(job, in_the_middle=True)
    assert talk.says(pull) == "success"
