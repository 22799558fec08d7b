"""The durable record: deliveries and jobs, what reviews cover, who was asked, and the append-only audit log."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError as DatabaseError

from bot.ledger.audit import GENESIS, AuditEntry, Fault
from bot.ledger.engine import LedgerError, words_of
from bot.ledger.ledger import Ledger

__all__ = ["GENESIS", "AuditEntry", "DatabaseError", "Fault", "Ledger", "LedgerError", "words_of"]
