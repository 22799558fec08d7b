"""Whom to welcome, as far as the pull request itself tells."""

from __future__ import annotations

from bot.policy.model import Greet
from bot.pull import Association, PullRequest

# GitHub's name for accounts that are gone.
_GHOST = "ghost"
_INSIDE = frozenset((Association.OWNER, Association.MEMBER, Association.COLLABORATOR, Association.MANNEQUIN))


def may_be_welcomed(greet: Greet, pull: PullRequest) -> bool:
    """Whether the author may be somebody to welcome; who hides a membership or earlier work is not known here.

    Bots, people of the repository and accounts that are gone never are. With ``first-contribution`` neither is
    who contributed before, as far as GitHub can map commits to people; with ``always`` they are. Nobody is asked
    anything about a draft, so there is nothing to explain yet.
    """
    if greet is Greet.NEVER or not pull.is_open or pull.is_draft:
        return False
    if pull.author_is_bot or pull.author == _GHOST or pull.association in _INSIDE:
        return False
    return greet is Greet.ALWAYS or pull.association is not Association.CONTRIBUTOR
