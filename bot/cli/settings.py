"""Settings for commands, with mistakes as a user can read them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from bot.cli.errors import UserError
from bot.config import ConfigError, Settings, from_process


def settings(options: Namespace) -> Settings:
    """What the environment and ``--config`` say.

    Raises:
        UserError: they are wrong.
    """
    try:
        return from_process(options.config)
    except ConfigError as error:
        raise UserError(str(error)) from error


@contextmanager
def user_errors() -> Iterator[None]:
    """Turn wrong settings and unusable databases into mistakes of the user."""
    from bot.ledger import DatabaseError, LedgerError, words_of

    try:
        yield
    except (ConfigError, LedgerError) as error:
        raise UserError(str(error)) from error
    except DatabaseError as error:
        raise UserError(f"the database cannot be used: {words_of(error)}") from error
