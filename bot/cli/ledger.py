"""``cratewarden ledger``: checks, exports and upgrades the record."""

from __future__ import annotations

import datetime
import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

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
    """Create or upgrade the tables."""
    with _ledger(options, migrated=False) as ledger:
        ledger.migrate()
    sys.stdout.write("the tables are up to date\n")
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
