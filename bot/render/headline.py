"""The state of a pull request in a few words: the title of its check run and the first words of its comment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.actions import STRICTNESS, CheckState
from bot.model import Decision, Hold, HoldReason, Mode, State
from bot.pull import PullRequest
from bot.render import outline
from bot.render.escape import code, shown
from bot.render.people import listed
from bot.render.prose import say
from bot.render.view import Sibling, Verdicted

TITLE = 60
"""How many characters a title has, so that no list of checks cuts it."""


def title(view: Verdicted) -> str:
    """The state as plain text in at most `TITLE` characters: that of a stricter sibling where there is one."""
    sibling = stricter_sibling(view)
    if sibling is None:
        return plain(state(view.decision, view.verdict, view.pull, _name))
    holds = sibling.verdict is CheckState.FAILURE
    return say(f"headline.sibling-{'holds' if holds else 'waits'}", number=str(sibling.number))


def plain(candidates: Iterator[str]) -> str:
    """The first of the candidates that is short enough for a title; the last one always is."""
    told = list(candidates)
    return next((text for text in told if len(text) <= TITLE), told[-1])


def headline(view: Verdicted) -> str:
    """The pull request's own state as Markdown."""
    return next(state(view.decision, view.verdict, view.pull, lambda name: code(name, 60)))


def stricter_sibling(view: Verdicted) -> Sibling | None:
    """The sibling whose verdict is published in place of the pull request's own; the first by number."""
    if view.published is view.verdict:
        return None
    stricter = [
        one for one in view.siblings if STRICTNESS.index(one.verdict) > STRICTNESS.index(view.verdict)
    ]
    return min(stricter, key=lambda one: (-STRICTNESS.index(one.verdict), one.number), default=None)


def _name(text: str) -> str:
    return shown(text, 40)


def state(
    decision: Decision, verdict: CheckState, pull: PullRequest | None, name: Callable[[str], str]
) -> Iterator[str]:
    """The state in words, the most telling ones first; ``name`` shows what others named.

    ``pull`` is None for a merge group.
    """
    if decision.mode is Mode.OFF:
        yield say("headline.off")
    elif verdict is CheckState.FAILURE and decision.holds:
        yield from _held(decision.holds, pull, name)
    elif outline.asked_fingerprints(decision):
        yield from _waiting(decision, pull, name)
    elif decision.holds:
        yield say("headline.advice-doubts", count=len(decision.holds))
    else:
        yield from _passed(decision, name)


def _held(holds: tuple[Hold, ...], pull: PullRequest | None, name: Callable[[str], str]) -> Iterator[str]:
    reasons = {hold.reason for hold in holds}
    if HoldReason.POLICY in reasons:
        if pull is not None:
            yield say("headline.policy", branch=name(pull.base_ref))
        yield say("headline.policy-on-base")
    elif HoldReason.INCOMPLETE in reasons:
        yield say("headline.incomplete")
    elif HoldReason.EDIT in reasons:
        yield say("headline.edit", count=_count(holds, HoldReason.EDIT))
    elif HoldReason.VETO in reasons:
        people = sorted({hold.who for hold in holds if hold.reason is HoldReason.VETO})
        yield say("headline.veto", who=listed(people, name, 2))
        yield say("headline.vetoes", count=len(people))
    elif HoldReason.FINDING in reasons:
        yield say("headline.finding", count=_count(holds, HoldReason.FINDING))
    else:
        yield say("headline.unanalysed", count=_count(holds, HoldReason.UNANALYSED))


def _count(holds: tuple[Hold, ...], reason: HoldReason) -> int:
    return len({(hold.fingerprint, hold.detail) for hold in holds if hold.reason is reason})


def _waiting(decision: Decision, pull: PullRequest | None, name: Callable[[str], str]) -> Iterator[str]:
    count = len(outline.asked_fingerprints(decision))
    if decision.mode is Mode.ADVISE:
        yield say("headline.advice", count=count)
        return
    if pull is not None and pull.is_draft:
        yield say("headline.draft", count=count)
        return
    pools = {pool for rule in decision.rules if rule.state is not State.CLEAR for pool in rule.pools}
    if len(pools) == 1:
        yield say("headline.waits-for", count=count, pool=name(pools.pop()))
    yield say("headline.waits", count=count)


def _passed(decision: Decision, name: Callable[[str], str]) -> Iterator[str]:
    people = sorted({person for rule in decision.rules for person in rule.approved_by})
    if not any(rule.fingerprints for rule in decision.rules):
        yield say("headline.nothing")
        return
    if people:
        yield say("headline.approved", who=listed(people, name, 3))
        yield say("headline.approved", who=listed(people, name, 2))
    yield say("headline.passed")
