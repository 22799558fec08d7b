"""What people have said about a pull request, in sentences: what counts, what does not, and why."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator

from bot.model import Approval, Barred, RuleResult, Source
from bot.pull import Review, ReviewState
from bot.render import outline
from bot.render.escape import code, sentence
from bot.render.prose import say
from bot.render.view import Phrase, Verdicted

_NAMED = 3
_TOLD = 10


def listed(names: Iterable[str], shown: Callable[[str], str] = code, most: int = _NAMED) -> str:
    """Names as part of a sentence: all of them, or the first ones and how many more there are."""
    known = [shown(name) for name in names]
    if len(known) <= most:
        *first, last = known
        return say("people.and", first=", ".join(first), last=last) if first else last
    return say("people.more", first=", ".join(known[: most - 1]), count=len(known) - most + 1)


def told(phrase: Phrase) -> str:
    """A phrase with its words, then what else is to be known; text among the words becomes code."""
    words = {name: code(word, 100) if isinstance(word, str) else word for name, word in phrase.words}
    return " ".join([say(phrase.id, **words), *map(told, phrase.also)])


def rule_line(view: Verdicted, rule: RuleResult) -> str:
    """What a rule waits for, and which approvals it has already."""
    given = _given(view, rule)
    more = say("people.given", count=len(given), who=listed(given)) if given else ""
    only = say("people.rule-advises") if rule.mode is not view.decision.mode else ""
    return " ".join(filter(None, (outline.step(rule), more, only)))


def _given(view: Verdicted, rule: RuleResult) -> tuple[str, ...]:
    """Those whose approvals cover everything that the rule still waits for, though they are too few."""
    asked = frozenset(outline.waiting(rule))
    covered: dict[str, set[str]] = {}
    for approval in view.standing.approvals:
        covered.setdefault(approval.person, set()).update(approval.covers)
    return tuple(name for name in rule.approved_by if asked and asked <= covered.get(name, set()))


def since(view: Verdicted) -> tuple[str, ...]:
    """For each person who approved an older head: what is new since, and what stays approved."""
    rules = view.decision.rules
    waiting = outline.asked_fingerprints(view.decision)
    named = {name for rule in rules for name in rule.fingerprints}
    entitled = {name for rule in rules for name in rule.approved_by}
    newest: dict[str, Approval] = {}
    for approval in sorted(view.standing.approvals, key=lambda one: (one.at, one.commit)):
        if approval.source is Source.REVIEW and approval.person in entitled:
            newest[approval.person] = approval
    lines = []
    for person, approval in sorted(newest.items()):
        new, kept = waiting - approval.covers, named & approval.covers
        if approval.commit != view.pull.head_sha and new and kept:
            words = {"who": code(person), "commit": code(approval.commit[:7])}
            lines.append(
                say(
                    "people.since",
                    **words,
                    new=say("people.new", count=len(new)),
                    kept=say("people.kept", count=len(kept)),
                )
            )
    return tuple(lines[:_TOLD])


def dismissal(view: Verdicted) -> str:
    """Why the App takes an approval out of GitHub's own count: other things wait now than it covered."""
    return say("people.dismissal", count=len(outline.asked_fingerprints(view.decision)))


def not_counted(view: Verdicted) -> tuple[str, ...]:
    """One sentence for each approval that counts for nothing: whose it is and why."""
    newest: dict[str, Review] = {}
    for review in view.pull.reviews:
        if review.state is not ReviewState.COMMENTED:
            newest[review.person] = review
    lines = (_why_not(view, review) for _, review in sorted(newest.items()))
    kept = [line for line in lines if line]
    rest = len(kept) - _TOLD
    return (*kept[:_TOLD], *([say("left-out.listed", count=rest)] if rest > 0 else []))


def _why_not(view: Verdicted, review: Review) -> str:
    if review.state is ReviewState.CHANGES_REQUESTED:
        return ""
    who = code(review.person)
    if review.state is ReviewState.DISMISSED:
        return "" if review.dismissed_by_app else say("not-counted.dismissed", who=who)
    barred = Barred.BOT if review.is_bot else view.standing.barred.get(review.person)
    if barred is not None:
        return say(f"not-counted.{barred}", who=who)
    if view.people and not any(review.person in people for people in view.people.values()):
        return say("not-counted.outsider", who=who)
    return _seen_against_another_base(view, review) or _outdated(view, review)


def _seen_against_another_base(view: Verdicted, review: Review) -> str:
    pull = view.pull
    words = {"who": code(review.person), "branch": code(pull.base_ref, 60)}
    if pull.retargeted is not None and review.submitted < pull.retargeted:
        return say("not-counted.retargeted", **words)
    covered = {(approval.person, approval.commit) for approval in view.standing.approvals}
    if pull.was_rewound_since(review.submitted) and (review.person, review.commit) not in covered:
        return say("not-counted.rewound", **words)
    return ""


def _outdated(view: Verdicted, review: Review) -> str:
    rules = {rule.name: rule.require.expires_days for rule in view.policy.rules}
    asked = [rule for rule in view.decision.rules if rule.fingerprints]
    covers = {
        name
        for approval in view.standing.approvals
        if approval.person == review.person
        for name in approval.covers
    }
    days = [rules.get(rule.name, 0) for rule in asked if covers & set(rule.fingerprints)]
    who, commit = code(review.person), code(review.commit[:7])
    if days and all(0 < limit < _age(view.now, review.submitted) for limit in days):
        return say("not-counted.expired", who=who, count=max(days))
    return say("not-counted.gone", who=who, commit=commit) if asked and not days else ""


def _age(now: datetime.datetime, then: datetime.datetime) -> float:
    return (now - then) / datetime.timedelta(days=1)


def waivers(view: Verdicted) -> tuple[str, ...]:
    """Who let what pass without an approval, and with what reason."""
    named = {name for rule in view.decision.rules for name in rule.fingerprints}
    return tuple(_waivers(view, named))[:_TOLD]


def _waivers(view: Verdicted, named: set[str]) -> Iterator[str]:
    for waiver in sorted(view.standing.approvals, key=lambda one: (one.at, one.person)):
        things = sorted(waiver.covers & named)
        if waiver.source is Source.WAIVER and things:
            yield say(
                "people.waived",
                who=code(waiver.person),
                names=listed((name[:8] for name in things), most=8),
                reason=code(waiver.reason, 300),
            )


def unmapped(view: Verdicted) -> tuple[str, ...]:
    """That somebody behind it is not known, which raises what is needed; nothing where nobody is asked."""
    addresses = sorted(view.standing.unmapped)
    if not any(rule.fingerprints for rule in view.decision.rules):
        return ()
    if addresses:
        who = listed(addresses, lambda address: code(address, 80))
        return (say("people.unmapped", count=len(addresses), who=who),)
    return (say("people.unknown-pusher"),) if view.standing.unknown_pusher else ()


def in_words(detail: str) -> str:
    """A sentence that another part of the App wrote and that may quote strangers, closed with a full stop."""
    text = sentence(detail)
    return text if text.endswith((".", "?", "!")) else f"{text}."
