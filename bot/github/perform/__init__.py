"""Brings GitHub into the state that actions describe: one file per kind of action.

Each looks first and writes only what differs, so that performing twice writes once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import assert_never

from bot.actions import (
    Action,
    DismissReview,
    DropComment,
    KeepComment,
    PublishCheck,
    React,
    RequestReviewers,
    SetLabels,
    UploadSarif,
    WithdrawRequests,
)
from bot.github.errors import RefusedError
from bot.github.perform import check, code_scanning, comment, dismissal, labels, reaction, reviewers
from bot.github.perform.room import Room
from bot.ports import GoneError

__all__ = ["Room", "perform"]

_LOG = logging.getLogger(__name__)


def perform(room: Room, actions: Sequence[Action]) -> tuple[str, ...]:
    """Carry out actions in their order; gives the people and teams whom GitHub does not let be asked to review.

    Where they concern a commit, the pull request's tip is read again before each of them, and the first one that
    comes too late ends it: whoever moved the tip has asked for another assessment. An action whose target is
    gone is passed over. One that GitHub refuses does not keep the others from being carried out, but for one that
    asks people whom GitHub does not take as reviewers: the rest would tell of them, and has to be planned anew.

    Raises:
        TransientError: GitHub could not be reached; performing again goes on where this ended.
        RefusedError: GitHub refused something; all else has been carried out.
    """
    head = next((action.sha for action in actions if isinstance(action, PublishCheck | UploadSarif)), "")
    refused: list[RefusedError] = []
    left_out: tuple[str, ...] = ()
    for action in actions:
        try:
            if head and room.has_moved(head):
                _LOG.info("%s has left %s: the rest is passed over", room.name, head)
                break
            left_out = _perform(room, action)
            if left_out:
                break
        except GoneError as gone:
            _LOG.info("%s: %s is passed over: %s", room.name, type(action).__name__, gone)
        except RefusedError as error:
            _LOG.warning("%s: %s: %s", room.name, type(action).__name__, error)
            refused.append(error)
    if refused:
        raise RefusedError("; ".join(dict.fromkeys(map(str, refused))), refused[0].status)
    return left_out


def _perform(room: Room, action: Action) -> tuple[str, ...]:
    """Carry out one action; only one that asks people can have somebody left out."""
    match action:
        case PublishCheck():
            check.publish(room, action)
        case KeepComment() | DropComment():
            comment.settle(room, action)
        case RequestReviewers():
            return reviewers.request(room, action)
        case WithdrawRequests():
            reviewers.withdraw(room, action)
        case SetLabels():
            labels.settle(room, action)
        case DismissReview():
            dismissal.dismiss(room, action)
        case React():
            reaction.react(room, action)
        case UploadSarif():
            code_scanning.upload(room, action)
        case _:
            assert_never(action)
    return ()
