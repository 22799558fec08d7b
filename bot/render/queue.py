"""The check run of a merge group: which of its pull requests lacks what."""

from __future__ import annotations

from bot.actions import CheckState, PublishCheck
from bot.model import Decision
from bot.render import headline, outline, prose
from bot.render.check import ROOM, table
from bot.render.display import Display
from bot.render.escape import code
from bot.render.items import fitting, items
from bot.render.prose import Markup, say
from bot.render.situation import command, problem
from bot.render.view import Group, Member

_PASSES = (CheckState.SUCCESS, CheckState.NEUTRAL)


def group_check_run(group: Group) -> PublishCheck:
    """The check run ``cratewarden`` for the head of a merge group; it has no annotations, its members have."""
    title = _title(group)
    waiting = _waiting(group.decision)
    told = items(group.report, Display(web=group.web), group.policy_edits, waiting)
    mend = bool(group.mistakes) and not group.problems
    filled = prose.markdown_template("checks/queue.md.j2")(
        headline=Markup(title),
        members=[
            Markup(line) for line in fitting([_member(group, one) for one in _sorted(group)], ROOM // 3)
        ],
        problems=[Markup(line) for line in _problems(group)],
        unseen=[Markup(line) for line in fitting([item.text for item in told], ROOM // 3)],
        mend=mend,
        next=group.verdict not in _PASSES and not group.problems and not mend,
    )
    return PublishCheck(
        sha=group.sha,
        state=group.verdict,
        title=title,
        summary=filled.rstrip("\n") + "\n",
        text=table(group.report, Display(web=group.web)),
        details_url=group.details_url,
    )


def _problems(group: Group) -> list[str]:
    """Those of the policy on the base branch, or else those of the one that the group would bring."""
    if group.problems:
        return [problem(one, group.web, group.compared_with) for one in sorted(group.problems)[:20]]
    return [problem(one, group.web, group.sha) for one in sorted(group.mistakes)[:20]]


def _waiting(decision: Decision) -> frozenset[str]:
    return outline.asked_fingerprints(decision) | {hold.fingerprint for hold in decision.holds}


def _sorted(group: Group) -> list[Member]:
    return sorted(group.members, key=lambda member: member.number)


def _title(group: Group) -> str:
    late = [member for member in _sorted(group) if member.verdict not in _PASSES]
    if group.problems:
        return say("headline.policy-on-base")
    if len(late) == 1:
        return say("headline.queue-member", number=str(late[0].number))
    if late:
        return say("headline.queue-members", count=len(late))
    return _title_of_tree(group)


def _title_of_tree(group: Group) -> str:
    """The title where no member is at fault."""
    if group.verdict in _PASSES:
        return say("headline.queue-ready")
    if not group.members:
        return say("headline.queue-unknown")
    if group.mistakes:
        return say("headline.edit", count=len(group.mistakes))
    return say("headline.queue-unseen")


def _member(group: Group, member: Member) -> str:
    number = str(member.number)
    if member.decision is None:
        return say("queue.member-unknown", number=number, command=command(group.app, "recheck"))
    told = next(headline.state(member.decision, member.verdict, None, lambda name: code(name, 60)))
    return say("queue.member-waits", number=number, headline=told)
