"""The ledger as one pull request sees it: what reviews cover, waivers, vetoes, and who was asked."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from bot.actions import CheckState
from bot.ledger import asked
from bot.ledger.audit import Subject, append, canonical, last_body
from bot.ledger.engine import writing
from bot.ledger.inserting import insert_new
from bot.ledger.tables import (
    AssignmentRow,
    Base,
    CoverPathRow,
    CoverRow,
    DismissalRow,
    LookRow,
    NoteRow,
    PusherRow,
    RemarkRow,
    VerdictRow,
    VetoRow,
    WaiverRow,
)
from bot.model import Approval, Source, Veto
from bot.ports import Assignment, Clock, Cover, Verdict
from bot.pull import RepositoryRef

APP = "cratewarden"
"""The actor of what the App does by itself. No login: GitHub's logins of Apps end in ``[bot]``."""


class LedgerBook:
    """One pull request's pages; number 0 are those of the repository and its merge groups.

    Every write is one transaction with its entry in the audit log, or changes nothing at all. Methods raise
    SQLAlchemy's ``DBAPIError`` when the database fails.
    """

    def __init__(self, engine: sa.Engine, clock: Clock, repository: RepositoryRef, number: int) -> None:
        self._engine = engine
        self._clock = clock
        self._subject = Subject(repository.id, repository.full_name, number)
        self._key = {"repository": repository.id, "number": number}

    def covers(self) -> Mapping[int, Cover]:
        """What is recorded of the pull request's reviews, by review id."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(CoverRow.__table__).where(self._mine(CoverRow))).all()
            paths: dict[int, set[str]] = {}
            for review, path in connection.execute(
                sa.select(CoverPathRow.review, CoverPathRow.path).where(self._mine(CoverPathRow))
            ):
                paths.setdefault(review, set()).add(path)
        return {
            row.review: Cover(row.base_ref, frozenset(row.fingerprints), frozenset(paths.get(row.review, ())))
            for row in sorted(rows, key=lambda row: row.review)
        }

    def remember_cover(self, review: int, person: str, commit: str, cover: Cover) -> None:
        """Record what a review covers; a record that is there is never changed."""
        fingerprints, paths = sorted(cover.fingerprints), sorted(cover.paths)
        with self._writing() as connection:
            values = {
                "review": review,
                "person": person,
                "commit_sha": commit,
                "base_ref": cover.base_ref,
                "fingerprints": fingerprints,
                "at": self._clock.now(),
            }
            if not self._insert(connection, CoverRow, values):
                return
            if paths:
                rows = [{**self._key, "review": review, "path": path} for path in paths]
                connection.execute(sa.insert(CoverPathRow), rows)
            body = {
                "review": review,
                "commit": commit,
                "base_ref": cover.base_ref,
                "fingerprints": fingerprints,
                "paths": paths,
            }
            self._audit(connection, person, "cover", body)

    def dismissed_by_app(self) -> frozenset[int]:
        """The ids of the reviews that the App itself dismissed."""
        with self._engine.connect() as connection:
            found = connection.scalars(sa.select(DismissalRow.review).where(self._mine(DismissalRow)))
            return frozenset(found)

    def remember_dismissal(self, review: int, reason: str) -> None:
        """Record, before it is done, that the App dismisses a review."""
        with self._writing() as connection:
            values = {"review": review, "reason": reason, "at": self._clock.now()}
            if self._insert(connection, DismissalRow, values):
                self._audit(connection, APP, "dismiss", {"review": review, "reason": reason})

    def waivers(self) -> tuple[Approval, ...]:
        """All waivers in force, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(WaiverRow.__table__)
                .where(self._mine(WaiverRow))
                .order_by(WaiverRow.at, WaiverRow.comment)
            ).all()
        return tuple(
            Approval(row.person, Source.WAIVER, frozenset(row.fingerprints), row.at, reason=row.reason)
            for row in rows
        )

    def waive(
        self, comment: int, person: str, fingerprints: Collection[str], reason: str, at: datetime.datetime
    ) -> None:
        """Record a waiver; ``comment`` makes it happen once."""
        covered = sorted(set(fingerprints))
        values = {"comment": comment, "person": person, "fingerprints": covered, "reason": reason, "at": at}
        with self._writing() as connection:
            if self._insert(connection, WaiverRow, values):
                body = {"comment": comment, "fingerprints": covered, "reason": reason}
                self._audit(connection, person, "waive", body)

    def vetoes(self) -> tuple[Veto, ...]:
        """All vetoes by command in force, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(VetoRow.__table__)
                .where(self._mine(VetoRow), VetoRow.released_by.is_(None))
                .order_by(VetoRow.at, VetoRow.comment)
            ).all()
        return tuple(Veto(row.person, row.at, row.reason) for row in rows)

    def veto(self, comment: int, person: str, reason: str, at: datetime.datetime) -> None:
        """Record a veto; ``comment`` makes it happen once."""
        with self._writing() as connection:
            values = {"comment": comment, "person": person, "reason": reason, "at": at}
            values |= {"released_by": None, "released_at": None}
            if self._insert(connection, VetoRow, values):
                self._audit(connection, person, "veto", {"comment": comment, "reason": reason})

    def release_veto(self, comment: int, person: str, at: datetime.datetime) -> bool:
        """Take back a person's vetoes; whether there were any.

        The same comment may be carried out twice: it takes back what it took back the first time, and says so.
        """
        theirs = sa.and_(self._mine(VetoRow), VetoRow.person == person)
        with self._writing() as connection:
            before = connection.scalar(
                sa.select(sa.func.count()).where(theirs, VetoRow.released_by == comment)
            )
            if before:
                return True
            taken = connection.execute(
                sa.update(VetoRow)
                .where(theirs, VetoRow.released_by.is_(None), VetoRow.comment < comment)
                .values(released_by=comment, released_at=at)
                .returning(VetoRow.comment)
            ).all()
            if taken:
                body = {"comment": comment, "vetoes": sorted(row.comment for row in taken)}
                self._audit(connection, person, "release-veto", body)
            return bool(taken)

    def pusher(self, head_sha: str) -> str:
        """Who pushed a head, as its webhook said; empty when no webhook did."""
        with self._engine.connect() as connection:
            query = sa.select(PusherRow.person).where(self._mine(PusherRow), PusherRow.head_sha == head_sha)
            return connection.scalar(query) or ""

    def remember_pusher(self, head_sha: str, login: str) -> None:
        """Record who pushed a head; the first record stands."""
        with self._writing() as connection:
            values = {"head_sha": head_sha, "person": login, "at": self._clock.now()}
            if self._insert(connection, PusherRow, values):
                self._audit(connection, login, "push", {"head": head_sha})

    def assignments(self) -> tuple[Assignment, ...]:
        """Everybody who was asked about the pull request, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(AssignmentRow.__table__)
                .where(self._mine(AssignmentRow))
                .order_by(AssignmentRow.at, AssignmentRow.turn)
            ).all()
        return tuple(
            Assignment(row.person, row.rule, row.at, row.why, row.claimed, row.is_open, row.refused)
            for row in rows
        )

    def assign(self, assignment: Assignment) -> None:
        """Record that somebody is asked; once per person and rule, until that is over."""
        with self._writing() as connection:
            if asked.ask(connection, self._mine(AssignmentRow), self._key, assignment):
                body = {"rule": assignment.rule, "why": assignment.why, "claimed": assignment.claimed}
                self._audit(connection, APP, "assign", {"person": assignment.person, **body})

    def close_assignments(self, people: Iterable[str], reason: str) -> None:
        """These people need not look any more."""
        wanted = sorted(set(people))
        with self._writing() as connection:
            mine = sa.and_(self._mine(AssignmentRow), AssignmentRow.person.in_(wanted))
            closed = asked.close(connection, mine)
            if closed:
                self._audit(connection, APP, "unassign", {"assignments": closed, "reason": reason})

    def remember_refusals(self, head_sha: str, people: Collection[str]) -> None:
        """Record whom GitHub did not let be asked at a head; of those, only who claimed it stays on it."""
        with self._writing() as connection:
            theirs = sa.and_(self._mine(AssignmentRow), AssignmentRow.person.in_(sorted(set(people))))
            refused = asked.refuse(connection, theirs, head_sha)
            if refused:
                self._audit(connection, APP, "refused", {"head": head_sha, "assignments": refused})

    def forget_refusals(self) -> None:
        """Something has changed, so that whom GitHub did not let be asked may be asked again."""
        with self._writing() as connection:
            people = asked.forget_refusals(connection, self._mine(AssignmentRow))
            if people:
                self._audit(connection, APP, "forget-refusals", {"people": people})

    def load(self) -> Mapping[str, int]:
        """How many pull requests each person is asked about at the moment, over all repositories."""
        with self._engine.connect() as connection:
            return asked.load(connection)

    def experts(self, paths: Collection[str]) -> Mapping[str, int]:
        """How often each person's reviews in this repository covered something in one of the paths."""
        with self._engine.connect() as connection:
            return asked.experts(connection, self._subject.repository, paths)

    def turn(self, rule: str, people: Sequence[str]) -> Sequence[str]:
        """The people in the order of a rotation: who was last asked for the rule in this repository comes last."""
        with self._engine.connect() as connection:
            last = asked.last_turns(connection, self._subject.repository, rule)
        return sorted(people, key=lambda person: last.get(person, 0))

    def verdicts(self, head_sha: str) -> tuple[Verdict, ...]:
        """The last verdict of every open pull request of the repository that stands at a head, by number."""
        query = (
            sa.select(VerdictRow.number, VerdictRow.state)
            .where(VerdictRow.repository == self._subject.repository, VerdictRow.head_sha == head_sha)
            .where(VerdictRow.is_current, VerdictRow.number > 0)
            .order_by(VerdictRow.number)
        )
        with self._engine.connect() as connection:
            return tuple(
                Verdict(row.number, head_sha, CheckState(row.state)) for row in connection.execute(query)
            )

    def begin_look(self, head_sha: str = "") -> int:
        """Say that somebody looks, at a merge group's head or (without one) at the pull request; gives its number."""
        here = sa.and_(self._mine(LookRow), LookRow.head_sha == head_sha)
        with self._writing() as connection:
            self._insert(connection, LookRow, {"head_sha": head_sha, "count": 0})
            more = sa.update(LookRow).where(here).values(count=LookRow.count + 1)
            return connection.execute(more.returning(LookRow.count)).scalar_one()

    def is_last_look(self, look: int, head_sha: str = "") -> bool:
        """Whether nobody has begun to look since."""
        here = sa.and_(self._mine(LookRow), LookRow.head_sha == head_sha)
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(LookRow.count).where(here)) == look

    def conclude(self, head_sha: str, state: CheckState, record: Mapping[str, Any]) -> None:
        """Record a verdict with everything it was decided from (JSON values), unless it says what the last one did.

        Merge groups (number 0) are compared with what was last said about the same head, since several wait at once.
        """
        body = {"head": head_sha, "state": state.value, "record": record}
        digest = hashlib.sha256(canonical(body).encode()).hexdigest()
        here = VerdictRow.head_sha == head_sha
        with self._writing() as connection:
            last = connection.execute(
                sa.select(VerdictRow.digest).where(self._mine(VerdictRow), VerdictRow.is_current, here)
            ).scalar()
            if last == digest:
                return
            if self._subject.number:
                elsewhere = sa.and_(self._mine(VerdictRow), VerdictRow.is_current, ~here)
                connection.execute(sa.update(VerdictRow).where(elsewhere).values(is_current=False))
            values = {"state": state.value, "digest": digest, "is_current": True, "at": self._clock.now()}
            if not self._insert(connection, VerdictRow, {"head_sha": head_sha, **values}):
                connection.execute(sa.update(VerdictRow).where(self._mine(VerdictRow), here).values(**values))
            self._audit(connection, APP, "verdict", body)

    def in_sight(self, before: datetime.datetime) -> frozenset[str]:
        """The fingerprints of everything that the last verdict recorded before a moment was about."""
        with self._engine.connect() as connection:
            body = last_body(connection, self._subject, "verdict", before)
        return frozenset(
            each["fingerprint"]
            for part in ("changes", "unanalysed", "policy_edits", "holds")
            for each in (body or {}).get("record", {}).get(part, ())
            if each["fingerprint"]
        )

    def note(self, event: str, key: str, body: Mapping[str, Any]) -> None:
        """Append something else to the audit log, once for an event and key."""
        with self._writing() as connection:
            if self._insert(connection, NoteRow, {"event": event, "key": key}):
                self._audit(connection, APP, event, {"key": key, **body})

    def is_noted(self, event: str, key: str) -> bool:
        """Whether that was appended."""
        named = sa.and_(self._mine(NoteRow), NoteRow.event == event, NoteRow.key == key)
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(NoteRow.key).where(named)) is not None

    def remarks(self, topic: str) -> frozenset[str]:
        """The names of what was told on the pull request in the comment of a topic."""
        query = sa.select(RemarkRow.name).where(self._mine(RemarkRow), RemarkRow.topic == topic)
        with self._engine.connect() as connection:
            return frozenset(connection.scalars(query))

    def has_remark(self, topic: str, name: str) -> bool:
        """Whether something was told on any pull request of the repository."""
        here = RemarkRow.repository == self._subject.repository
        query = sa.select(RemarkRow.number).where(here, RemarkRow.topic == topic, RemarkRow.name == name)
        with self._engine.connect() as connection:
            return connection.scalar(query.limit(1)) is not None

    def remember_remarks(self, topic: str, names: Collection[str]) -> None:
        """Record what is told, each name once."""
        with self._writing() as connection:
            rows = ({"topic": topic, "name": name, "at": self._clock.now()} for name in sorted(set(names)))
            new = [row["name"] for row in rows if self._insert(connection, RemarkRow, row)]
            if new:
                self._audit(connection, APP, "remark", {"topic": topic, "names": new})

    def answer_times(self) -> tuple[datetime.timedelta, ...]:
        """How long people of the repository took from being asked to approving, the newest answers first."""
        with self._engine.connect() as connection:
            return asked.answer_times(connection, self._subject.repository)

    def forget(self) -> None:
        """The pull request is closed: its verdicts count for no head any more and its assignments are over."""
        with self._writing() as connection:
            ended = connection.execute(
                sa.update(VerdictRow)
                .where(self._mine(VerdictRow), VerdictRow.is_current)
                .values(is_current=False)
                .returning(VerdictRow.head_sha)
            ).all()
            closed = asked.close(connection, self._mine(AssignmentRow))
            if ended or closed:
                body = {"heads": sorted(row.head_sha for row in ended), "assignments": closed}
                self._audit(connection, APP, "forget", body)

    def _mine(self, table: Any) -> sa.ColumnElement[bool]:
        return sa.and_(table.repository == self._key["repository"], table.number == self._key["number"])

    def _insert(self, connection: sa.Connection, table: type[Base], values: Mapping[str, Any]) -> bool:
        return insert_new(connection, table, {**self._key, **values})

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with writing(self._engine) as connection:
            yield connection

    def _audit(self, connection: sa.Connection, actor: str, event: str, body: Mapping[str, Any]) -> None:
        append(connection, self._subject, at=self._clock.now(), actor=actor, event=event, body=body)
