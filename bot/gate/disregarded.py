"""Why an approval that people can see on GitHub does not count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.gate.circumstances import Circumstances
from bot.gate.standing import approves
from bot.model import Approval, Barred, Decision, RuleResult, Source, Standing
from bot.pull import PullRequest, Review, ReviewState

if TYPE_CHECKING:
    from bot.ports import Cover


class Why(StrEnum):
    """Why a review counts for nothing; the sentences are the renderer's."""

    AUTHOR = Barred.AUTHOR.value
    COMMITTED = Barred.COMMITTED.value
    PUSHED = Barred.PUSHED.value
    BOT = Barred.BOT.value
    DISMISSED = "dismissed"
    STRANGER = "stranger"
    """In none of the pools that are asked."""
    UNRECORDED = "unrecorded"
    """What it covers cannot be told, since its commit or the base branch it was seen against is not known."""
    OTHER_BASE = "other-base"
    TAKEN_BACK = "taken-back"
    """The same person vetoed later."""
    EXPIRED = "expired"
    OUTDATED = "outdated"
    """Everything it covered has changed since, and nothing of it is asked about any more."""


@dataclass(frozen=True, slots=True)
class Disregarded:
    """A person's last approval (or dismissed review), and why it does not count."""

    review: int
    person: str
    why: Why


def disregarded(
    pull: PullRequest,
    covers: Mapping[int, Cover],
    circumstances: Circumstances,
    decision: Decision,
    standing: Standing,
) -> tuple[Disregarded, ...]:
    """Of each person the last review that looks like an approval and counts for no rule, sorted by person.

    ``standing`` and ``decision`` are those of the pull request. Nothing is told while no rule asks.
    """
    asking = [rule for rule in decision.rules if rule.fingerprints]
    if not asking:
        return ()
    last: dict[str, Review] = {}
    for review in sorted(pull.reviews, key=lambda each: (each.submitted, each.id)):
        if review.state is not ReviewState.COMMENTED:
            last[review.person.lower()] = review
    told = []
    for person, review in sorted(last.items()):
        if review.state is ReviewState.CHANGES_REQUESTED:
            continue
        mine = [rule for rule in asking if _is_entitled(person, rule, circumstances.people)]
        heard = any(_is_of(review, approval, person) for approval in standing.approvals)
        why = (
            _why_not_person(person, bool(mine), standing)
            or (Why.DISMISSED if not approves(review) else None)
            or (None if heard else _why_not_heard(covers.get(review.id), pull.base_ref))
            or _why_not_now(person, covers[review.id].fingerprints, mine)
        )
        if why is not None:
            told.append(Disregarded(review.id, person, why))
    return tuple(told)


def _is_entitled(person: str, rule: RuleResult, people: Mapping[str, frozenset[str]]) -> bool:
    return any(person in people.get(pool, ()) for pool in rule.pools or people)


def _is_of(review: Review, approval: Approval, person: str) -> bool:
    return (approval.person, approval.source, approval.at) == (person, Source.REVIEW, review.submitted)


def _why_not_person(person: str, is_asked: bool, standing: Standing) -> Why | None:
    if person in standing.barred:
        return Why(standing.barred[person].value)
    return None if is_asked else Why.STRANGER


def _why_not_heard(cover: Cover | None, base_ref: str) -> Why:
    """Why nothing stands of an approval."""
    if cover is None:
        return Why.UNRECORDED
    return Why.TAKEN_BACK if cover.base_ref == base_ref else Why.OTHER_BASE


def _why_not_now(person: str, covered: frozenset[str], rules: list[RuleResult]) -> Why | None:
    """Why an approval that stands is not among those that a rule counts, if it is not."""
    if any(person in rule.approved_by for rule in rules):
        return None
    return Why.OUTDATED if all(covered.isdisjoint(rule.fingerprints) for rule in rules) else Why.EXPIRED
