"""Who was asked, whose turn it is, and who knows a file: queries over assignments and covers."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from bot.ledger.inserting import insert_new
from bot.ledger.tables import AssignmentRow, CoverPathRow, CoverRow
from bot.ports import Assignment

_ANSWERS = 50
"""How many answers tell how long it takes these days."""
_PATHS = 500
"""How many paths one query names: databases limit the number of parameters."""


def ask(
    connection: sa.Connection, mine: sa.ColumnElement[bool], key: Mapping[str, int], assignment: Assignment
) -> bool:
    """Record an assignment; whether anything changed.

    Somebody who is asked already is not asked again, but may claim. One that is over begins anew.
    """
    turn = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(AssignmentRow.turn), 0) + 1))
    values: dict[str, Any] = {
        "at": assignment.at,
        "why": assignment.why,
        "claimed": assignment.claimed,
        "is_open": assignment.is_open,
        "turn": turn,
        "refused": None,
    }
    row = {**key, "person": assignment.person, "rule": assignment.rule, **values}
    if insert_new(connection, AssignmentRow, row):
        return True
    same = sa.and_(mine, AssignmentRow.person == assignment.person, AssignmentRow.rule == assignment.rule)
    over = ~AssignmentRow.is_open
    newly_claimed = sa.and_(sa.not_(AssignmentRow.claimed), sa.literal(assignment.claimed))
    changed = connection.execute(
        sa.update(AssignmentRow).where(same, sa.or_(over, newly_claimed)).values(**values)
    )
    return bool(changed.rowcount)


def close(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[dict[str, str]]:
    """End the open ones among some assignments; who and for which rule, sorted."""
    closed = connection.execute(
        sa.update(AssignmentRow)
        .where(which, AssignmentRow.is_open)
        .values(is_open=False)
        .returning(AssignmentRow.person, AssignmentRow.rule)
    ).all()
    return [{"person": person, "rule": rule} for person, rule in sorted(tuple(row) for row in closed)]


def refuse(connection: sa.Connection, which: sa.ColumnElement[bool], head_sha: str) -> list[dict[str, str]]:
    """Mark assignments as refused by GitHub at a head and end those that nobody claimed; whose were marked, sorted."""
    is_new = sa.or_(AssignmentRow.refused.is_(None), AssignmentRow.refused != head_sha)
    marked = connection.execute(
        sa.update(AssignmentRow)
        .where(which, is_new)
        .values(refused=head_sha, is_open=sa.and_(AssignmentRow.is_open, AssignmentRow.claimed))
        .returning(AssignmentRow.person, AssignmentRow.rule)
    ).all()
    return [{"person": person, "rule": rule} for person, rule in sorted(tuple(row) for row in marked)]


def forget_refusals(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[str]:
    """Let the refused among some assignments be asked again; who they are, sorted."""
    freed = connection.scalars(
        sa.update(AssignmentRow)
        .where(which, AssignmentRow.refused.is_not(None), AssignmentRow.refused != "")
        .values(refused="")
        .returning(AssignmentRow.person)
    )
    return sorted(set(freed))


def load(connection: sa.Connection) -> Mapping[str, int]:
    """How many pull requests each person has an open assignment for, whatever the number of rules."""
    each = (
        sa.select(AssignmentRow.person, AssignmentRow.repository, AssignmentRow.number)
        .where(AssignmentRow.is_open)
        .distinct()
        .subquery()
    )
    rows = connection.execute(
        sa.select(each.c.person, sa.func.count()).group_by(each.c.person).order_by(each.c.person)
    )
    return {person: count for person, count in rows}  # noqa: C416 - a row is no pair to mypy


def experts(connection: sa.Connection, repository: int, paths: Collection[str]) -> Mapping[str, int]:
    """How many of each person's reviews covered something in one of the paths."""
    wanted = sorted(set(paths))
    reviews: set[tuple[str, int]] = set()
    for start in range(0, len(wanted), _PATHS):
        some = wanted[start : start + _PATHS]
        rows = connection.execute(
            sa.select(CoverRow.person, CoverRow.review)
            .join(
                CoverPathRow,
                sa.and_(
                    CoverPathRow.repository == CoverRow.repository,
                    CoverPathRow.number == CoverRow.number,
                    CoverPathRow.review == CoverRow.review,
                ),
            )
            .where(CoverPathRow.repository == repository, CoverPathRow.path.in_(some))
            .distinct()
        )
        reviews.update((row.person, row.review) for row in rows)
    return dict(sorted(Counter(person for person, _ in reviews).items()))


def last_turns(connection: sa.Connection, repository: int, rule: str) -> Mapping[str, int]:
    """When each person was last asked for a rule in a repository, as a number that only grows."""
    rows = connection.execute(
        sa.select(AssignmentRow.person, sa.func.max(AssignmentRow.turn))
        .where(AssignmentRow.repository == repository, AssignmentRow.rule == rule)
        .group_by(AssignmentRow.person)
    )
    return {person: turn for person, turn in rows}  # noqa: C416 - a row is no pair to mypy


def answer_times(connection: sa.Connection, repository: int) -> tuple[datetime.timedelta, ...]:
    """From when somebody was asked to their first approval after it, for the newest approvals, newest first.

    What people took on themselves tells nothing, for nobody waited for them.
    """
    first = sa.func.min(CoverRow.at)
    rows = connection.execute(
        sa.select(sa.func.min(AssignmentRow.at).label("asked"), first.label("answered"))
        .join(
            CoverRow,
            sa.and_(
                CoverRow.repository == AssignmentRow.repository,
                CoverRow.number == AssignmentRow.number,
                CoverRow.person == AssignmentRow.person,
                CoverRow.at >= AssignmentRow.at,
            ),
        )
        .where(AssignmentRow.repository == repository, ~AssignmentRow.claimed)
        .group_by(AssignmentRow.number, AssignmentRow.person)
        .order_by(first.desc())
        .limit(_ANSWERS)
    )
    return tuple(row.answered - row.asked for row in rows)
