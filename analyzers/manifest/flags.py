"""Flags of rustc that lower or raise lints or change the language, wherever a command line is written.

In lists of TOML, in environment variables, in shell scripts of workflows and in makefiles the words of a flag stand
next to each other, be it with spaces, quotes and commas between them; so they are looked for as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.manifest.lints import guarded

_GAP = r"""[\s"',=\\]{0,8}"""
_FLAG = re.compile(
    rf"""(?<![\w-])(?:
        (?:-(?P<letter>[AWDF])|--(?P<level>allow|warn|deny|forbid|force-warn)(?![\w-])){_GAP}
            (?P<lint>[a-z][a-z0-9_-]*(?:::[a-z][a-z0-9_-]*)?)
      | --cap-lints{_GAP}(?P<cap>allow|warn|deny|forbid)\b
      | -Z{_GAP}(?P<unstable>[a-z][a-z0-9_-]*(?:=[^\s"',]*)?)
      | -C{_GAP}(?P<codegen>[a-z][a-z0-9_-]*(?:=[^\s"']*)?)
    )""",
    re.VERBOSE,
)
_LETTERS = {"A": "allow", "W": "warn", "D": "deny", "F": "forbid", "force-warn": "warn"}
_TELLING = frozenset(
    {"overflow-checks", "debug-assertions", "panic", "target-feature", "soft-float", "control-flow-guard"}
)
"""Options of code generation that change what code means, or what guards it."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag: for lints their name and level, else what it is called (``-Z``) with its value; offset in the text."""

    name: str
    value: str
    is_lint: bool
    at: int


def flags(text: str) -> Iterator[Flag]:
    """The flags in a text that matter, in order; of several for one lint the last one counts."""
    found: dict[tuple[str, bool], Flag] = {}
    others: list[Flag] = []
    for match in _FLAG.finditer(text):
        flag = _flag(match)
        if flag is None:
            continue
        if flag.is_lint:
            found.pop((flag.name, True), None)
            found[flag.name, True] = flag
        else:
            others.append(flag)
    yield from sorted((*found.values(), *others), key=lambda flag: flag.at)


def _flag(match: re.Match[str]) -> Flag | None:
    if match["lint"] is not None:
        lint = guarded(match["lint"])
        level = _LETTERS.get(match["letter"] or "", match["level"] or match["letter"])
        # `-D warnings` makes a build stricter than the code says. Without it the warnings are still there, so that a
        # job that drops it is nothing to ask reviewers of unsafe code about.
        if lint is None or (lint == "warnings" and level not in {"allow", "expect"}):
            return None
        return Flag(lint, level, True, match.start())
    if match["cap"] is not None:
        # Every level but the highest keeps lints from being what the code says: that allows something.
        return Flag(f"--cap-lints {match['cap']}", "allow", True, match.start())
    option, _, value = (match["unstable"] or match["codegen"]).partition("=")
    letter = "-Z" if match["unstable"] else "-C"
    if letter == "-C" and option not in _TELLING:
        return None
    return Flag(f"{letter} {option}", value, False, match.start())
