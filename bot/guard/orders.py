"""Carries out the commands in a comment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.actions import Action, KeepComment, React, RequestReviewers, WithdrawRequests
from bot.commands import Order, Outcome, Reaction, Room, obey, parse
from bot.guard.asking import experts
from bot.guard.look import Look, look
from bot.guard.world import World
from bot.jobs import AssessPull, MentorPull, ObeyComment
from bot.ports import Book, Comment, Forge
from bot.render import reply
from bot.render.answer import TOPIC

EVENT = "obey"
"""The audit log's word for the commands of a comment that were carried out, or refused."""


def obey_comment(world: World, job: ObeyComment) -> tuple[AssessPull | MentorPull, ...]:
    """Do what a comment says, once, as the pull request and its people are now; returns what follows from it.

    Raises:
        GoneError: the comment or the pull request is not there any more.
        GitError: its code cannot be read.
    """
    forge = world.forge(job.where)
    comment = forge.comment(job.comment)
    orders = parse(comment.body, (world.slug,))
    if not orders or comment.is_bot:
        return ()
    book = world.book(forge.repository, job.number)
    follows = (AssessPull(job.where, job.number),)
    if book.is_noted(EVENT, str(comment.id)):
        # What was answered stays as it was said: the pull request is another one by now.
        return follows
    with world.runner() as runner:
        seen = look(world, forge, book, forge.tip(job.number), runner)
    outcome = _obeyed(forge, orders, _room(world, forge, book, seen, comment))
    forge.perform(
        job.number, list(_actions(outcome, comment, f"{world.web(forge.repository)}/pull/{job.number}"))
    )
    # Only what is really taken back is over.
    book.close_assignments(outcome.withdraw, "released")
    if outcome != Outcome(Reaction.REFUSED):
        # A stranger, who gets no more than that, cannot fill the log.
        book.note(
            EVENT, str(comment.id), {"person": comment.author, "commands": [each.name for each in orders]}
        )
    mentor = (MentorPull(job.where, job.number),) if outcome.mentoring else ()
    return (*(follows if outcome.recheck else ()), *mentor)


def _obeyed(forge: Forge, orders: Sequence[Order], room: Room) -> Outcome:
    """What comes of orders once all are asked whom they lead to; where GitHub takes somebody not, they are given anew.

    Each round leaves out somebody more, and to carry an order out again changes nothing more.
    """
    outcome = obey(orders, room)
    while refused := _ask(forge, room, outcome):
        room.book.remember_refusals(room.pull.head_sha, refused)
        room = replace(room, refused=room.refused | refused)
        outcome = obey(orders, room)
    return outcome


def _ask(forge: Forge, room: Room, outcome: Outcome) -> frozenset[str]:
    asked = dict.fromkeys(pick.person for pick in outcome.ask if pick.person not in room.refused)
    users = tuple(person for person in asked if "/" not in person)
    teams = tuple(team for team in asked if "/" in team)
    return frozenset(forge.perform(room.pull.number, [RequestReviewers(users, teams)]) if asked else ())


def _room(world: World, forge: Forge, book: Book, seen: Look, comment: Comment) -> Room:
    return Room(
        pull=seen.pull,
        policy=seen.policy,
        analysis=seen.analysis,
        decision=seen.decision,
        standing=seen.standing,
        people=seen.people,
        book=book,
        can_write=forge.can_write,
        now=seen.now,
        comment=comment,
        in_sight=book.in_sight(comment.created),
        app=world.slug,
        edits=seen.study.policy_edits,
        crates=seen.study.crates,
        experts=experts(book, seen),
        web=world.web(forge.repository),
        compared_with=seen.study.base,
    )


def _actions(outcome: Outcome, comment: Comment, address: str) -> Iterator[Action]:
    if outcome.reaction:
        yield React(comment.id, outcome.reaction.value)
    if outcome.reply:
        topic = TOPIC.format(comment=comment.id)
        yield KeepComment(topic, reply(comment.id, comment.author, address, outcome.reply))
    if outcome.withdraw:
        yield WithdrawRequests(outcome.withdraw)
