"""Runs one command; the single place where errors become exit statuses."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from bot.cli import INTERNAL, USAGE
from bot.cli.arguments import parser
from bot.cli.errors import UserError
from bot.git import GitError
from bot.policy import PolicyError


def run(arguments: Sequence[str]) -> int:
    """Parse the arguments, run the command and return the exit status."""
    try:
        options = parser().parse_args(arguments)
        # A command's module is imported when it runs, so that help and mistakes answer at once.
        module, function = options.run
        status: int = getattr(import_module(module), function)(options)
        sys.stdout.flush()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else USAGE
    except (GitError, PolicyError, UserError) as error:
        _say(*str(error).splitlines())
        return USAGE
    except BrokenPipeError:
        # The reader has gone, as `| head` does; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:  # the last resort: a user sees one line, never a traceback
        if os.environ.get("CRATEWARDEN_TRACEBACK"):
            raise
        _say(
            f"internal error: {type(error).__name__}: {error}".replace("\n", " "),
            "set CRATEWARDEN_TRACEBACK=1 and report what it prints",
        )
        return INTERNAL
    return status


def _say(*lines: str) -> None:
    for line in lines:
        sys.stderr.write(f"cratewarden: {line}\n")
