"""What the check run says."""

from __future__ import annotations

from collections.abc import Iterable

from bot.actions import STRICTNESS, CheckState
from bot.model import Decision, Mode, State


def verdict(decision: Decision) -> CheckState:
    """The state of the check run for a decision; drafts are judged as any other.

    A required check lets ``NEUTRAL`` pass, so that never stands for something that holds. Where only rules
    that advise until a later day wait for people, it is ``NEUTRAL`` too: ``SUCCESS`` would say that nobody is asked.
    """
    if decision.mode is not Mode.ENFORCE:
        return CheckState.NEUTRAL
    if decision.holds or decision.state is State.BLOCKED:
        return CheckState.FAILURE
    waiting = {rule.mode for rule in decision.rules if rule.uncovered or rule.state is not State.CLEAR}
    if decision.state is State.CLEAR and not waiting:
        return CheckState.SUCCESS
    return CheckState.NEUTRAL if waiting == {Mode.ADVISE} else CheckState.IN_PROGRESS


def strictest(states: Iterable[CheckState]) -> CheckState:
    """The strictest of the states, for a commit that several pull requests share or a group of them.

    Raises ValueError for none at all: nothing has been judged then.
    """
    return max(states, key=STRICTNESS.index)
