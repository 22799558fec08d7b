"""What a pull request's events say: requests taken back by hand, dismissals by the App, the last change of base."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from bot.github.answers import EventAnswer

# The second one is what happens when the base branch is deleted (docs: "Issue event types").
_RETARGETED = frozenset({"base_ref_changed", "automatic_base_change_succeeded"})


@dataclass(frozen=True, slots=True)
class History:
    """``removed_by_hand`` holds folded logins and ``organisation/slug`` of teams.

    ``dismissed_by_app`` are the ids of the reviews that the App dismissed.
    """

    removed_by_hand: frozenset[str]
    retargeted: datetime.datetime | None
    dismissed_by_app: frozenset[int] = frozenset()


def history_of(events: Iterable[EventAnswer], owner: str, app_login: str) -> History:
    """The history told by events, oldest first.

    Somebody is removed by hand when the last word about them is a removal by somebody other than the App.
    """
    removed: dict[str, bool] = {}
    dismissed: set[int] = set()
    retargeted = None
    for event in events:
        if event.event in _RETARGETED:
            retargeted = event.created_at
        elif event.event == "review_dismissed" and event.dismissed_review is not None:
            if event.actor is not None and event.actor.folded == app_login:
                dismissed.add(event.dismissed_review.review_id)
        elif event.event in {"review_requested", "review_request_removed"}:
            actor = event.actor.folded if event.actor else ""
            by_hand = event.event == "review_request_removed" and actor != app_login
            removed |= dict.fromkeys(_asked(event, owner), by_hand)
    return History(
        frozenset(name for name, by_hand in removed.items() if by_hand), retargeted, frozenset(dismissed)
    )


def _asked(event: EventAnswer, owner: str) -> list[str]:
    names = []
    if event.requested_reviewer and event.requested_reviewer.login:
        names.append(event.requested_reviewer.folded)
    if event.requested_team:
        names.append(f"{owner}/{event.requested_team.slug}".lower())
    return names
