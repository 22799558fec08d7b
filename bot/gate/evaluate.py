"""A policy over what a pull request changes and what people said about it: what is covered, and what holds.

It fails closed. The state is ``clear`` only when everything that a rule asks about is covered by enough people and
nothing holds, whatever the mode. What holds makes it ``blocked`` while the policy enforces, and ``pending``
otherwise: then nothing is held, but it is never taken for green.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import replace

from analyzers.model import Analysis
from bot.gate.asking import asking
from bot.gate.circumstances import Circumstances
from bot.gate.holds import holds, in_order, of_unanalysed_things
from bot.gate.votes import Votes
from bot.model import Decision, Hold, HoldReason, Mode, RuleResult, Standing, State
from bot.policy.model import Policy, PolicyProblem

_UNKNOWN = Circumstances()
_NOBODY = Standing()


def evaluate(
    policy: Policy,
    analysis: Analysis,
    circumstances: Circumstances = _UNKNOWN,
    standing: Standing = _NOBODY,
    *,
    now: datetime.datetime,
) -> Decision:
    """The decision at a moment; ``now`` (with its zone) tells what is in force and what has expired.

    A rule asks about every change that meets all its conditions, and about everything unanalysed and every
    edit of the policy that its conditions on places and people reach. What of the unanalysed no rule in force
    asks about, and every edit of the policy, is asked about by rules that every policy has
    (``implicit_rules``), which come last and only where they ask. A rule that only advises yet counts as any
    other, except that it holds nothing; it keeps the state from being ``clear``.

    ``detail`` of a hold is the reason of a veto, the id of a finding, the path of what is unanalysed,
    the sentence about what is incomplete, and a mistake in an edited policy with its place. The state says what
    there is to do even when the mode is ``off``; what follows from it is the caller's.

    Raises:
        KeyError: a change is of a kind that is not in the registry, so that no rule can judge it.
        ValueError: ``now`` has no zone.
    """
    if now.tzinfo is None:
        raise ValueError("the time needs its zone")
    today = now.astimezone(datetime.UTC).date()
    mode = policy.mode_on(today)
    votes = Votes(circumstances.people, standing, now)
    asked = asking(policy, analysis, circumstances, today)
    rules = tuple(each.judged(votes) for each in asked)
    held = in_order(
        (
            *holds(
                policy,
                analysis,
                [each for each in asked if each.mode is mode],
                votes,
                circumstances,
            ),
            *of_unanalysed_things(analysis, (rule for rule in rules if rule.mode is mode)),
        )
    )
    return Decision(_state(mode, rules, held), mode, rules, held)


def about_changes(policy: Policy, analysis: Analysis, decision: Decision) -> Decision:
    """A decision as the command line tells it, where nobody can approve: the policy's own rules, about changes.

    What is unanalysed and what holds stay in its state.
    """
    changes = {change.fingerprint for change in analysis.changes}
    return replace(
        decision, rules=tuple(_narrowed(each, changes) for each in decision.rules[: len(policy.rules)])
    )


def broken(problems: Iterable[PolicyProblem]) -> Decision:
    """The decision where the base branch's policy cannot be read: nobody knows whom to ask, so nothing passes.

    ``detail`` of each hold is a problem with its place.
    """
    holds = tuple(Hold(HoldReason.POLICY, detail=str(problem)) for problem in sorted(set(problems)))
    return Decision(State.BLOCKED, Mode.ENFORCE, holds=holds or (Hold(HoldReason.POLICY),))


def _narrowed(rule: RuleResult, changes: set[str]) -> RuleResult:
    return replace(
        rule,
        state=State.PENDING if changes.intersection(rule.uncovered) else State.CLEAR,
        fingerprints=tuple(name for name in rule.fingerprints if name in changes),
        uncovered=tuple(name for name in rule.uncovered if name in changes),
    )


def _state(mode: Mode, rules: Iterable[RuleResult], held: Collection[Hold]) -> State:
    if held:
        return State.BLOCKED if mode is Mode.ENFORCE else State.PENDING
    return State.CLEAR if all(rule.state is State.CLEAR for rule in rules) else State.PENDING
