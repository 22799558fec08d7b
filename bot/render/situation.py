"""How a pull request stands, in sentences that its check run and its comment share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzers.model import Finding
from bot.actions import CheckState
from bot.gate.findings import fingerprints_of_blocking
from bot.model import Hold, HoldReason, Mode, State
from bot.policy import PolicyProblem
from bot.render import headline, outline, people
from bot.render.comment import place_of_finding
from bot.render.escape import code, percent
from bot.render.items import Item, items, short
from bot.render.people import in_words, told
from bot.render.prose import Markup, say
from bot.render.view import Verdicted

_MOST = 20


@dataclass(frozen=True, slots=True)
class Step:
    """What a rule waits for, and who is asked for it and why."""

    line: Markup
    asked: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """Markdown of ours in the order in which people read it; ``waits`` while something needs somebody.

    ``ignored`` are approvals that do not count, ``waived`` what passed without one. ``short`` when too few people can
    approve it.
    """

    headline: Markup
    remarks: Markup
    waits: bool
    holds_merge: bool
    steps: tuple[Step, ...]
    holds: tuple[Markup, ...]
    ignored: tuple[Markup, ...]
    waived: tuple[Markup, ...]
    next_people: Markup
    short: bool
    command: Markup


def situation(view: Verdicted) -> Situation:
    """The situation of a pull request that was judged."""
    decision = view.decision
    waits = decision.state is not State.CLEAR and decision.mode is not Mode.OFF
    return Situation(
        headline=Markup(headline.headline(view)),
        remarks=Markup(" ".join(_remarks(view))),
        waits=waits,
        holds_merge=decision.mode is Mode.ENFORCE,
        steps=tuple(_steps(view)) if waits else (),
        holds=_marked(_holds(view)),
        ignored=_marked(people.not_counted(view) if waits else ()),
        waived=_marked(people.waivers(view)),
        next_people=Markup(_next_people(view)),
        short=bool(view.notes),
        command=Markup(command(view.app, "")),
    )


def _marked(lines: Iterable[str]) -> tuple[Markup, ...]:
    listed = [Markup(line) for line in lines]
    rest = len(listed) - _MOST
    return (*listed[:_MOST], *([Markup(say("left-out.listed", count=rest))] if rest > 0 else []))


def command(app: str, words: str) -> str:
    """A command to the App as code, so that writing about it does not call it."""
    return code(f"@{app} {words}".rstrip())


def _remarks(view: Verdicted) -> Iterator[str]:
    decision = view.decision
    waiting = bool(outline.asked_fingerprints(decision))
    if waiting:
        yield from people.since(view)
        yield from people.unmapped(view)
    for sibling in view.siblings:
        yield say(f"pull.sibling-{_word_of(sibling.verdict)}", number=str(sibling.number))
    if view.pull.is_draft and waiting and decision.mode is Mode.ENFORCE:
        yield say("pull.draft")
    if decision.mode is Mode.ADVISE and (waiting or decision.holds):
        yield say("advice")
    elif waiting and view.verdict is CheckState.NEUTRAL:
        yield say("pull.advice-rules")
    if view.refused:
        who = people.listed(view.refused)
        yield say("pull.refused", count=len(view.refused), who=who, command=command(view.app, "recheck"))
    yield from (told(note) for note in view.notes)


def _word_of(verdict: CheckState) -> str:
    passes = verdict in {CheckState.SUCCESS, CheckState.NEUTRAL}
    return "passes" if passes else "holds" if verdict is CheckState.FAILURE else "waits"


def _steps(view: Verdicted) -> Iterator[Step]:
    for rule in view.decision.rules:
        if rule.state is State.CLEAR:
            continue
        asked = (
            say("pull.why", who=code(one.person), why=told(one.why))
            if one.why
            else say("pull.asked", who=code(one.person))
            for one in view.asked
            if one.rule == rule.name
        )
        yield Step(Markup(people.rule_line(view, rule)), _marked(asked))


def _next_people(view: Verdicted) -> str:
    asked = list(dict.fromkeys(one.person for one in view.asked))
    return people.listed(asked) if asked else ""


def _holds(view: Verdicted) -> Iterator[str]:
    """Why it cannot pass, without what could not be analysed: that has a list of its own."""
    named = {
        item.fingerprint: item for item in all_items(view, {hold.fingerprint for hold in view.decision.holds})
    }
    alone = {name: found for found, name in fingerprints_of_blocking(view.policy, view.analysis)}
    for hold in view.decision.holds:
        if hold.reason is HoldReason.VETO:
            yield _veto(view, hold)
        elif hold.reason is HoldReason.FINDING:
            yield _finding(view, hold, named.get(hold.fingerprint), alone.get(hold.fingerprint))
        elif hold.reason is HoldReason.INCOMPLETE:
            what = in_words(hold.detail)
            yield say("pull.hold-incomplete", what=what, command=command(view.app, "recheck"))
    yield from _of_policy(view, HoldReason.EDIT, view.mistakes, view.pull.head_sha)
    yield from _of_policy(view, HoldReason.POLICY, view.problems, view.pull.base_sha)


def _of_policy(
    view: Verdicted, reason: HoldReason, problems: Iterable[PolicyProblem], commit: str
) -> Iterator[str]:
    """What to do about a policy that cannot be read, and its problems as they stand in a commit."""
    holds = [hold for hold in view.decision.holds if hold.reason is reason]
    if holds:
        yield say(f"pull.hold-{reason}", branch=code(view.pull.base_ref, 60))
        yield from [problem(one, view.web, commit) for one in sorted(problems)] or [
            in_words(hold.detail) if hold.detail else say("pull.policy-unread") for hold in holds
        ]


def _veto(view: Verdicted, hold: Hold) -> str:
    words = {"who": code(hold.who), "command": command(view.app, "release")}
    if not hold.detail:
        return say("pull.veto", **words)
    return say("pull.veto-reason", reason=code(hold.detail, 300), **words)


def _finding(view: Verdicted, hold: Hold, item: Item | None, found: Finding | None) -> str:
    how = command(view.app, f"waive {hold.fingerprint[:8]} REASON")
    if item is None:
        words = {"finding": code(hold.detail), "command": how}
        if found is None:
            return say("pull.hold-finding-alone", **words)
        thing = place_of_finding(view.report, view.display, found)
        return say("pull.hold-finding", thing=thing, **words)
    # The name stands in the command already.
    thing = item.text.removesuffix(f" · {short(hold.fingerprint)}")
    return say("pull.hold-finding", thing=thing, finding=code(hold.detail), command=how)


def problem(found: PolicyProblem, web: str, commit: str) -> str:
    """A problem of a policy file with a link to its line; the file may stand in another repository."""
    name, line = code(found.file, 100), str(found.line)
    if commit and ":" not in found.file:
        place = say("pull.line", file=name, line=line, web=web, commit=commit, path=percent(found.file))
    else:
        place = say("pull.line-alone", file=name, line=line)
    return say("pull.problem", place=place, message=in_words(found.message))


def all_items(view: Verdicted, wanted: Iterable[str] | None = None) -> tuple[Item, ...]:
    """Everything that can wait for an approval, or what of it has one of the fingerprints."""
    return items(view.report, view.display, view.policy_edits, wanted)
