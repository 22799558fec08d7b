"""``cratewarden ledger``: checks, exports, upgrades and moves the record."""

from __future__ import annotations

import datetime
import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.cli import NOTHING_TO_ASK, REVIEW_NEEDED
from bot.cli.errors import UserError
from bot.cli.settings import settings, user_errors

if TYPE_CHECKING:
    from bot.ledger import Ledger

_FAULTS = {
    "changed": "it is not what was written",
    "missing": "it is missing",
    "unlinked": "it does not follow the entry before it",
}


def run_verify(options: Namespace) -> int:
    """Check the whole chain; names the first broken entry."""
    since = _anchor(options.since) if options.since else None
    with _ledger(options) as ledger:
        fault = ledger.find_fault()
        if fault is not None:
            sys.stdout.write(f"entry {fault.sequence} is broken: {_FAULTS[fault.reason]}\n")
            return REVIEW_NEEDED
        if since is not None and ledger.hash_of(since[0]) != since[1]:
            sys.stdout.write(f"entry {since[0]} is not the one that was seen before\n")
            return REVIEW_NEEDED
        sequence, digest = ledger.head()
    sys.stdout.write(f"{sequence} entries, all whole; the last is {sequence}:{digest}\n")
    return NOTHING_TO_ASK


def run_export(options: Namespace) -> int:
    """Print entries, one JSON object a line."""
    since = _day(options.since) if options.since else None
    with _ledger(options) as ledger:
        for entry in ledger.entries(since, options.repository):
            sys.stdout.write(json.dumps(asdict(entry), sort_keys=True) + "\n")
    return NOTHING_TO_ASK


def run_migrate(options: Namespace) -> int:
    """Create or upgrade the tables, or bring them back to an older revision."""
    with _ledger(options, migrated=False) as ledger:
        if options.to:
            # Nobody may be working on it meanwhile; on PostgreSQL the operator sees to that.
            ledger.claim()
        ledger.migrate(options.to)
    told = f"the tables are at revision {options.to}" if options.to else "the tables are up to date"
    sys.stdout.write(f"{told}\n")
    return NOTHING_TO_ASK


def run_import(options: Namespace) -> int:
    """Copy the record of a SQLite file into the database of the settings."""
    file = Path(options.file).absolute()
    if not file.is_file():
        raise UserError(f"there is no file {file}")
    with _ledger(options, migrated=False) as target:
        from bot.ledger import Ledger
        from bot.ledger.transfer import transfer

        target.migrate()
        source = Ledger(f"sqlite:///{quote(str(file))}")
        try:
            count = transfer(source, target)
        finally:
            source.close()
    sys.stdout.write(f"everything was copied, and the audit log is whole: {count} entries\n")
    return NOTHING_TO_ASK


@contextmanager
def _ledger(options: Namespace, *, migrated: bool = True) -> Iterator[Ledger]:
    given = settings(options)
    with user_errors():
        from bot.ledger import Ledger

        ledger = Ledger(given.database_url)
        try:
            if migrated and not ledger.is_current():
                raise UserError("the tables are not up to date; run `cratewarden ledger migrate`")
            yield ledger
        finally:
            ledger.close()


def _anchor(text: str) -> tuple[int, str]:
    sequence, _, digest = text.partition(":")
    if not (sequence.isascii() and sequence.isdecimal() and digest):
        raise UserError(f"{text} is no SEQUENCE:HASH as `ledger verify` prints it")
    return int(sequence), digest


def _day(text: str) -> datetime.datetime:
    try:
        when = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"{text} is no date; write it as 2026-11-21") from None
    return when if when.tzinfo else when.replace(tzinfo=datetime.UTC)
