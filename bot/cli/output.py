"""Where a command's output goes, and what the terminal there can show."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from bot.cli.errors import UserError
from bot.render import Display


def display(options: Namespace) -> Display:
    """What the place of the output can show; ``NO_COLOR`` and ``FORCE_COLOR`` count as usual."""
    terminal = options.output is None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    wanted: bool = options.color == "always"
    if options.color == "auto":
        wanted = bool(os.environ.get("FORCE_COLOR")) or (terminal and not os.environ.get("NO_COLOR"))
    return Display(
        color=wanted,
        width=shutil.get_terminal_size().columns if terminal else 100,
        hyperlinks=wanted and terminal,
        verbose=bool(getattr(options, "verbose", False)),
    )


def write(options: Namespace, parts: Iterable[str]) -> None:
    """Write the rendered parts as UTF-8.

    Raises UserError when the output file cannot be written.
    """
    if options.output is None:
        for part in parts:
            sys.stdout.buffer.write(part.encode("utf-8", "backslashreplace"))
        return
    try:
        with Path(options.output).open("wb") as file:
            for part in parts:
                file.write(part.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UserError(f"cannot write {options.output}: {error.strerror}: give another --output") from error


def notice(text: str) -> None:
    """Tell the user something beside the output, on standard error."""
    sys.stderr.write(f"cratewarden: {text}\n")
