"""Whether an edit of a policy asks for more or for less, key by key."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from analyzers.model import Severity
from bot.policy.model import Require


class Direction(StrEnum):
    """``unclear`` where it depends on the code, or where one thing is looser and another stricter."""

    LOOSER = "looser"
    STRICTER = "stricter"
    NEITHER = "neither"
    UNCLEAR = "unclear"


_OPPOSITE = {Direction.LOOSER: Direction.STRICTER, Direction.STRICTER: Direction.LOOSER}


def together(directions: Iterable[Direction]) -> Direction:
    """The direction of several edits made at once."""
    found = set(directions) - {Direction.NEITHER}
    if not found:
        return Direction.NEITHER
    return found.pop() if len(found) == 1 else Direction.UNCLEAR


def by_width(old: Collection[str], new: Collection[str], *, wider: Direction = Direction.LOOSER) -> Direction:
    """By what a list holds: ``wider`` where only something was added, its opposite where only something is gone."""
    was, now = set(old), set(new)
    if was == now:
        return Direction.NEITHER
    if was < now:
        return wider
    return _OPPOSITE[wider] if now < was else Direction.UNCLEAR


def by_reach(old: Collection[str], new: Collection[str], everything: str = "") -> Direction:
    """By what a condition lets through: the more, the stricter the rule.

    A list that is empty, or holds ``everything``, lets everything through.
    """
    whole_then, whole_now = (not each or everything in each for each in (old, new))
    if whole_then or whole_now:
        if whole_then and whole_now:
            return Direction.NEITHER
        return Direction.STRICTER if whole_now else Direction.LOOSER
    return by_width(old, new, wider=Direction.STRICTER)


def by_rank(ranks: Sequence[object], old: object, new: object) -> Direction:
    """By places in a sequence that starts with the loosest."""
    return by_number(ranks.index(old), ranks.index(new))


def by_number(old: int, new: int) -> Direction:
    """By a number: the higher, the stricter."""
    return Direction.NEITHER if old == new else Direction.STRICTER if new > old else Direction.LOOSER


def by_age(old: int, new: int) -> Direction:
    """By how long something counts: the shorter, the stricter; 0 is for good."""
    longest = max(old, new) + 1
    return by_number(-(old or longest), -(new or longest))


def by_day(old: datetime.date | None, new: datetime.date | None) -> Direction:
    """By the day from which something counts: the earlier, the stricter; None is at once."""
    return by_number(-(old.toordinal() if old else 0), -(new.toordinal() if new else 0))


def by_severity(old: Severity | None, new: Severity | None) -> Direction:
    """By severity; None leaves a finding its own, which is not ``off`` and never holds."""
    ranks = (Severity.OFF, Severity.NOTE, Severity.WARN, Severity.BLOCK)
    if old is not None and new is not None:
        return by_rank(ranks, old, new)
    said, back = (new, False) if old is None else (old, True)
    held = {Severity.BLOCK: Direction.STRICTER, Severity.OFF: Direction.LOOSER}
    direction = held.get(said, Direction.UNCLEAR) if said else Direction.NEITHER
    return _OPPOSITE.get(direction, direction) if back else direction


def by_pools(old: Require, new: Require) -> Direction:
    """By who can approve, the number of approvals aside; no pools are everybody."""
    was, now = set(old.pools), set(new.pools)
    all_then, all_now = (bool(each.all_of) and len(set(each.all_of)) > 1 for each in (old, new))
    if all_then == all_now:
        wider = Direction.STRICTER if all_now else Direction.LOOSER
        if not was or not now:
            return Direction.NEITHER if was == now else Direction.LOOSER if was else Direction.STRICTER
        return by_width(was, now, wider=wider)
    # Whoever approves for each of several pools also approves for any of them that is among the others.
    if was and now and was.isdisjoint(now):
        return Direction.UNCLEAR
    return Direction.STRICTER if all_now else Direction.LOOSER
