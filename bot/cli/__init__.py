"""The command line: parses arguments, runs one command, turns errors into one line and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bot import __version__

# Exit statuses are a contract: scripts rely on them.
NOTHING_TO_ASK, REVIEW_NEEDED, USAGE, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``cratewarden`` with the given arguments (default: the process's) and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given in (["--version"], ["-V"]):
        # Everything else needs the parser; this one is asked by scripts at every start.
        sys.stdout.write(f"cratewarden {__version__}\n")
        return NOTHING_TO_ASK
    try:
        from bot.cli.run import run

        return run(given)
    except KeyboardInterrupt:
        # Here, because the imports too take a moment.
        return INTERRUPTED
