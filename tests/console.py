"""Replays the console sessions of a page: runs what stands behind each ``$`` and puts in what it says."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

_SESSION = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)
_END = "@@ end of command @@"


def replayed(page: str, folder: Path, variables: Mapping[str, str], said: Mapping[str, str]) -> str:
    """The page with the output that its commands have now; all sessions of a page share one shell.

    ``folder`` is where the shell starts. ``said`` maps parts of commands as the page has them to what runs here.

    Raises:
        RuntimeError: the shell ended before the last command.
    """
    shown = [command for session in _SESSION.findall(page) for command in _COMMAND.findall(session)]
    outputs = iter(list(zip(shown, _run(shown, folder, variables, said), strict=True)))

    def rewrite(session: re.Match[str]) -> str:
        parts = [next(outputs) for _ in _COMMAND.findall(session[1])]
        return "```console\n" + "".join(f"$ {command}\n{output}" for command, output in parts) + "```"

    return _SESSION.sub(rewrite, page)


def _run(shown: list[str], folder: Path, variables: Mapping[str, str], said: Mapping[str, str]) -> list[str]:
    lines = []
    for command in shown:
        runs = command
        for theirs, ours in said.items():
            runs = runs.replace(theirs, ours)
        # The marker must not hide the command's status from a following `echo $?`.
        lines.append(f"{runs}\nstatus=$?; echo '{_END}'; (exit $status)\n")
    done = subprocess.run(
        ["sh"],
        cwd=folder,
        env={**os.environ, **variables},
        input="".join(lines),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outputs = done.stdout.split(f"{_END}\n")
    if len(outputs) != len(shown) + 1:
        raise RuntimeError(f"the shell ended early: {done.stdout[-2000:]}")
    return outputs[:-1]
