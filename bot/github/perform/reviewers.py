"""Who is asked to review."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from bot.actions import RequestReviewers, WithdrawRequests
from bot.github.answers import PullAnswer
from bot.github.errors import RefusedError
from bot.github.perform.room import Room

_LOG = logging.getLogger(__name__)


def settle(room: Room, action: RequestReviewers | WithdrawRequests) -> None:
    """Ask those who are not asked yet, or take requests back that are there."""
    pull = room.api.get(room.pull, PullAnswer)
    users = {one.folded for one in pull.requested_reviewers or ()}
    teams = {one.slug.lower() for one in pull.requested_teams or ()}
    if isinstance(action, WithdrawRequests):
        there = sorted({user.lower() for user in action.users} & users)
        if there:
            _write(room, "DELETE", there, ())
        return
    wanted_users = [user for user in dict.fromkeys(map(str.lower, action.users)) if user not in users]
    wanted_teams = [slug for slug in _own_teams(room, action.teams) if slug not in teams]
    if wanted_users or wanted_teams:
        _ask(room, wanted_users, wanted_teams)


def _ask(room: Room, users: list[str], teams: list[str]) -> None:
    """Ask all at once; if GitHub will not have one of them, ask each alone and leave out whom it refuses."""
    try:
        _write(room, "POST", users, teams)
    except RefusedError as refused:
        if refused.status != 422:
            raise
        if len(users) + len(teams) == 1:
            _LOG.warning("%s: %s cannot be asked: %s", room.name, *users, *teams, refused)
            return
        for user in users:
            _ask(room, [user], [])
        for team in teams:
            _ask(room, [], [team])


def _write(room: Room, verb: str, users: Iterable[str], teams: Iterable[str]) -> None:
    body = {"reviewers": list(users), "team_reviewers": list(teams)}
    room.api.send(verb, f"{room.pull}/requested_reviewers", body, type(None))


def _own_teams(room: Room, teams: Iterable[str]) -> list[str]:
    """The slugs of those teams that are of the repository's organisation: GitHub takes no others."""
    slugs = []
    for team in dict.fromkeys(map(str.lower, teams)):
        organisation, _, slug = team.partition("/")
        if organisation == room.repository.owner.lower():
            slugs.append(slug)
        else:
            _LOG.warning("%s: team %s is of another organisation and cannot be asked", room.name, team)
    return slugs
