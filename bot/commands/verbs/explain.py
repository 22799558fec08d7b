"""``explain``: which rule asks whom about which change, and why these people."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.model import Change
from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order
from bot.commands.things import named
from bot.commands.wording import list_of, sentence_of
from bot.gate import RuleReasons, circumstances_of, explain
from bot.gate.conditions import Check, Condition
from bot.model import HoldReason
from bot.render import outline
from bot.render.escape import code
from bot.render.people import listed
from bot.render.prose import Markup, markdown_template, say
from bot.reviewers.model import Why

_WORDS = 5
_CHANGES = 10


def _run(order: Order, room: Room) -> Outcome:
    name, _ = order.words
    fill = markdown_template("comments/commands-explain.md.j2")
    if name:
        wanted = named(room, name)
        text = fill(rules=(), people=(), things=_things(room, wanted))
    else:
        text = fill(rules=tuple(_rules(room)), people=tuple(_people(room)), things=())
    return Outcome(Reaction.DONE, text.strip("\n"))


def _rules(room: Room) -> Iterator[tuple[Markup, Markup]]:
    """What each rule waits for, with the list of it; rules that are met or ask about nothing in one line."""
    for rule in room.decision.rules:
        if waits := outline.waiting(rule):
            yield Markup(outline.step(rule)), Markup(list_of(room, waits))
        else:
            met = "rule-met" if rule.fingerprints else "rule-quiet"
            yield Markup(say(f"commands.{met}", rule=outline.rule_name(rule.name))), Markup("")
    for hold in room.decision.holds:
        if hold.reason is HoldReason.VETO:
            yield Markup(say("commands.held-by-veto", who=code(hold.who))), Markup("")
    if not room.decision.rules:
        yield Markup(say("commands.no-rules")), Markup("")


def _people(room: Room) -> Iterator[Markup]:
    """Everybody who is asked, and why this person."""
    told: dict[str, str] = {}
    for each in room.scene().open:
        told.setdefault(each.person, sentence_of(Why.read(each.why)))
    for person in room.pull.requested_users:
        told.setdefault(person, say("commands.asked-by-hand"))
    yield from (Markup(say("pull.why", who=code(person), why=why)) for person, why in told.items())


def _things(room: Room, wanted: tuple[str, ...]) -> tuple[tuple[Markup, tuple[Markup, ...]], ...]:
    """Each thing with what every rule says about it."""
    changes = {change.fingerprint: change for change in room.analysis.changes}
    return tuple(
        (Markup(list_of(room, [name])), tuple(_reasons(room, name, changes.get(name))))
        for name in wanted[:_CHANGES]
    )


def _reasons(room: Room, name: str, change: Change | None) -> Iterator[Markup]:
    asking = {rule.name: rule for rule in room.decision.rules if name in rule.fingerprints}
    for rule in asking.values():
        yield Markup(outline.step(rule) if name in outline.waiting(rule) else _met(rule.name))
    if change is not None:
        around = circumstances_of(room.pull, room.policy, room.crates, room.edits)
        for reasons in explain(room.policy, room.analysis, change, around).rules:
            if not reasons.asks:
                yield Markup(_quiet(reasons))
    if not asking and change is None:
        yield Markup(say("commands.asks-nobody"))


def _met(rule: str) -> str:
    return say("commands.rule-met", rule=outline.rule_name(rule))


def _quiet(reasons: RuleReasons) -> str:
    why = say("commands.semicolon").join(_failed(check) for check in reasons.checks if not check.holds)
    return say("commands.rule-does-not-ask", rule=outline.rule_name(reasons.rule), why=why)


def _failed(check: Check) -> str:
    if check.condition is Condition.TIGHTENED:
        return say("explain.tightened")
    condition = code(f"when.{check.condition}")
    if check.condition is Condition.IN_TESTS:
        return say("explain.in-tests", condition=condition)
    leaves_out = check.condition in {Condition.NOT_PATHS, Condition.NOT_AUTHORS}
    return say(
        "explain.failed-not" if leaves_out else "explain.failed",
        condition=condition,
        wanted=listed(check.wanted, most=_WORDS) if check.wanted else say("explain.nothing"),
        found=listed(check.found, most=_WORDS) if check.found else say("explain.unknown"),
    )


COMMAND = Command(
    name="explain",
    usage="[change]",
    summary="Say which rule asks for what, whom, and why; or why each rule asks about a change or does not.",
    who=Who.INSIDER,
    run=_run,
    repeats=True,
    when_closed=True,
)
