"""Writes the generated parts of the documentation from the registries: ``python -m tests.docs``.

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the rest of a page is written by
hand. The examples of kinds are written by hand too and stay where they are.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from analyzers import contracts
from analyzers.kinds import KINDS
from analyzers.model import Finding, Group, Reason, Severity, UnanalysedReason
from bot.cli.arguments import parser
from bot.render import prose

ROOT = Path(__file__).resolve().parents[1]
# The width that help is wrapped to on the page.
COLUMNS = "100"
_PART = re.compile(r"(<!-- generated: ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_EXAMPLE = re.compile(r"^### ([a-z-]+)\n.*?^```rust\n(.*?)^```", re.DOTALL | re.MULTILINE)


def pages() -> list[Path]:
    """Every Markdown page that people read: the documentation, the root's and GitHub's."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / ".github").rglob("*.md"), *(ROOT / "docs").rglob("*.md")])


def refreshed(page: str) -> str:
    """The page with its generated parts made anew; raises KeyError for a part that nothing generates."""
    return _PART.sub(lambda part: f"{part[1]}\n{_GENERATORS[part[2]](page)}\n{part[3]}", page)


def examples(page: str) -> Mapping[str, str]:
    """The example under each kind's heading."""
    return dict(_EXAMPLE.findall(page))


def commands(command: argparse.ArgumentParser | None = None) -> Iterator[str]:
    """Every command of the command line with its own help, such as ``cratewarden policy check``."""
    command = command or parser()
    yield command.prog
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from commands(inner)


@cache
def help_of(command: str) -> str:
    """What a command prints for ``--help``."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *command.split()[1:], "--help"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": COLUMNS},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _kinds(page: str) -> str:
    known = examples(page)
    told = []
    for group in Group:
        of_group = [kind for kind in KINDS.values() if kind.group is group]
        if of_group:
            told.append(f"## Group `{group}`\n")
        for kind in of_group:
            summary = kind.summary[:1].upper() + kind.summary[1:]
            example = known.get(kind.id, "")
            told.append(f"### {kind.id}\n\n{summary} ([authority]({kind.docs})).\n\n```rust\n{example}```\n")
    return "\n".join(told)


def _findings(_page: str) -> str:
    told = []
    for id in contracts.FINDINGS:
        advice = prose.finding(Finding(id, Severity.NOTE, "", 0, 0, 0, kind="site", item=""))
        told.append(f"### {id}\n\n{advice.message.replace('`site`', 'site')}\n\n{advice.help}\n")
    return "\n".join(told)


def _unanalysed(_page: str) -> str:
    told = ((reason, prose.unanalysed(reason)) for reason in UnanalysedReason)
    return "\n".join(f"### {reason}\n\n{advice.message} {advice.help}\n" for reason, advice in told)


def _reasons(_page: str) -> str:
    rows = "\n".join(f"| `{reason}` | {prose.reason(reason)} |" for reason in Reason)
    return f"| reason | what it says |\n|---|---|\n{rows}\n"


def _help(_page: str) -> str:
    return "\n".join(f"## {command}\n\n```text\n{help_of(command)}```\n" for command in commands())


_GENERATORS: Mapping[str, Callable[[str], str]] = {
    "kinds": _kinds,
    "findings": _findings,
    "unanalysed": _unanalysed,
    "reasons": _reasons,
    "help": _help,
}


def main() -> None:
    """Rewrite every page that has generated parts."""
    for path in pages():
        page = path.read_text(encoding="utf-8")
        path.write_text(refreshed(page), encoding="utf-8")


if __name__ == "__main__":
    main()
