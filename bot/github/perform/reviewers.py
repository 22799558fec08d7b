"""Who is asked to review. People go by their logins here, teams as ``organisation/slug``, all in lower case."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.actions import RequestReviewers, WithdrawRequests
from bot.github.answers import PullAnswer
from bot.github.errors import RefusedError
from bot.github.perform.room import Room

_LOG = logging.getLogger(__name__)


def request(room: Room, action: RequestReviewers) -> tuple[str, ...]:
    """Ask those who are not asked yet; gives those whom GitHub does not take.

    That is who has no access to the repository (docs: "Request reviewers for a pull request", status 422), and teams
    of other organisations.
    """
    there = _asked(room)
    wanted = [
        name for name in dict.fromkeys(map(str.lower, (*action.users, *action.teams))) if name not in there
    ]
    foreign = [name for name in wanted if "/" in name and not name.startswith(_own_teams(room))]
    return (*foreign, *_refused(room, [name for name in wanted if name not in foreign]))


def withdraw(room: Room, action: WithdrawRequests) -> None:
    """Take requests back that are there."""
    there = sorted(set(map(str.lower, action.users)) & _asked(room))
    if there:
        _write(room, "DELETE", there)


def _asked(room: Room) -> set[str]:
    pull = room.api.get(room.pull, PullAnswer)
    users = {one.folded for one in pull.requested_reviewers or ()}
    return users | {_own_teams(room) + one.slug.lower() for one in pull.requested_teams or ()}


def _own_teams(room: Room) -> str:
    """How the names of teams begin that GitHub can ask: those of the repository's organisation."""
    return f"{room.repository.owner.lower()}/"


def _refused(room: Room, names: Sequence[str]) -> tuple[str, ...]:
    """Ask all at once; if GitHub will not have one of them, ask each alone. Gives whom it refuses."""
    if not names:
        return ()
    try:
        _write(room, "POST", names)
    except RefusedError as refused:
        if refused.status != 422:
            raise
        if len(names) > 1:
            return tuple(left for name in names for left in _refused(room, [name]))
        _LOG.warning("%s: %s cannot be asked: %s", room.name, names[0], refused)
        return (names[0],)
    return ()


def _write(room: Room, verb: str, names: Sequence[str]) -> None:
    body = {
        "reviewers": [name for name in names if "/" not in name],
        "team_reviewers": [name.partition("/")[2] for name in names if "/" in name],
    }
    room.api.send(verb, f"{room.pull}/requested_reviewers", body, type(None))
