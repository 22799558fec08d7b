"""The ledger: one database, its books, its locks and its log."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bot.ledger import audit
from bot.ledger.advisory import hold
from bot.ledger.audit import AuditEntry, Fault
from bot.ledger.book import LedgerBook
from bot.ledger.engine import KeyedLocks, LedgerError, ProcessLock, open_engine, parse_url
from bot.ledger.migrate import current_revision, migrate, newest_revision
from bot.ports import Clock
from bot.pull import RepositoryRef


class _UtcClock:
    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)


class Ledger:
    """A connection pool to the ledger's database; usable from any thread."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        """Nothing is connected or created yet, apart from the folder of a SQLite file.

        Raises:
            LedgerError: the address is not one of SQLite or PostgreSQL, or the folder cannot be made.
        """
        self.url = parse_url(url)
        self.clock = clock or _UtcClock()
        if self.is_embedded:
            try:
                Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise LedgerError(f"cannot make the data folder: {error}") from error
        self.engine = open_engine(self.url)
        self._locks = KeyedLocks()
        self._process_lock: ProcessLock | None = None

    @property
    def is_embedded(self) -> bool:
        """Whether it is SQLite, which one process may work on."""
        return self.url.drivername == "sqlite"

    def claim(self) -> None:
        """Become the one process that works on a SQLite file; on PostgreSQL there may be many.

        Raises:
            LedgerError: another process works on it.
        """
        if self.is_embedded and self._process_lock is None:
            self._process_lock = ProcessLock(self.url.database or "")

    def migrate(self, to: str = "") -> None:
        """Bring the tables to the newest form, or to that of a revision; several processes may start at once.

        Raises:
            LedgerError: the database cannot be reached, or a newer Cratewarden has written it, or there is no such
                revision.
        """
        migrate(self.engine, to)

    def is_current(self) -> bool:
        """Whether the tables have the newest form; raises SQLAlchemy's DBAPIError when the database is away."""
        with self.engine.connect() as connection:
            return current_revision(connection) == newest_revision()

    def book(self, repository: RepositoryRef, number: int) -> LedgerBook:
        """The pages of a pull request; number 0 for a repository and its merge groups."""
        return LedgerBook(self.engine, self.clock, repository, number)

    def exclusive(self, key: str) -> AbstractContextManager[None]:
        """One holder of a key at a time, across all workers; waits for the others."""
        return self._embedded(key) if self.is_embedded else hold(self.url, self._locks, key)

    @contextmanager
    def _embedded(self, key: str) -> Iterator[None]:
        with self._locks.hold(key):
            yield

    def find_fault(self) -> Fault | None:
        """The first broken entry of the audit log, or None."""
        with self.engine.connect() as connection:
            return audit.find_fault(connection)

    def head(self) -> tuple[int, str]:
        """The last entry's sequence and hash; 0 and ``GENESIS`` when there is none."""
        with self.engine.connect() as connection:
            return audit.head(connection)

    def hash_of(self, sequence: int) -> str:
        """The hash of an audit entry, empty when there is none."""
        with self.engine.connect() as connection:
            return audit.hash_of(connection, sequence)

    def entries(self, since: datetime.datetime | None = None, repository: str = "") -> Iterator[AuditEntry]:
        """Audit entries in order, from a time on and of one repository (``owner/name``)."""
        with self.engine.connect() as connection:
            yield from audit.entries(connection, since, repository)

    def close(self) -> None:
        """Give everything back."""
        self.engine.dispose()
        if self._process_lock is not None:
            self._process_lock.release()
            self._process_lock = None
