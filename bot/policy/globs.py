r"""Globs over repository paths, with the meaning they have in a ``.gitignore``.

``*`` and ``?`` stand for characters within one folder's or file's name, ``[a-z]`` and ``[!a-z]`` for one
character, ``**`` for any number of folders. A glob without a slash, except at its end, matches at any depth;
any other starts at the root of the repository. A glob that matches a folder matches everything in it, and one
that ends in a slash matches folders only. ``objection`` refuses ``\`` (write ``[*]`` for a star), ``{a,b}``
and a leading ``!``, because a glob that quietly matches nothing opens the gate.

Paths come from pull requests, so matching must not backtrack: names are matched by regexes whose stars are
atomic (each star may take the shortest text that lets the next literal follow, since what comes after can
only gain from it), and folders by stepping a set of positions, which is linear for any number of ``**``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_LENGTH = 256
"""Characters of one glob."""

_ITEM = re.compile(r"\[(?P<negated>[!^]?+)(?P<members>\][^\]]*|[^\]]+)\]|\*+|.", re.DOTALL)
_STARS = re.compile(r"\A\*{2,}\Z")


@dataclass(frozen=True, slots=True)
class _Glob:
    """A glob by folder names; None stands for ``**``."""

    names: tuple[re.Pattern[str] | None, ...]
    folders_only: bool


@lru_cache(maxsize=8192)
def matches(globs: tuple[str, ...], path: str) -> bool:
    """Whether any of the globs (each without an ``objection``) matches a path relative to the repository."""
    return any(_glob_matches(glob, path) for glob in globs)


def objection(glob: str) -> str | None:
    """Why a glob cannot be used, as the end of a sentence about it, or None."""
    checks = (
        (not glob.strip("/"), "names no file"),
        (len(glob) > MAX_LENGTH, f"is longer than {MAX_LENGTH} characters"),
        (not glob.isprintable(), "holds characters that cannot be seen"),
        (glob != glob.strip(), "starts or ends with a space"),
        ("\\" in glob, "has a backslash; write `/` between folders, and `[*]` for a star itself"),
        ("{" in glob or "}" in glob, "has braces; write one glob for each alternative"),
        (glob.startswith("!"), "starts with `!`; list what to leave out in `not_paths`"),
        (any(part in {".", ".."} for part in glob.split("/")), "has a `.` or `..` folder, which no path has"),
        ("//" in glob, "has two slashes in a row"),
    )
    return next((why for wrong, why in checks if wrong), None) or _class_objection(glob)


def _class_objection(glob: str) -> str | None:
    for item in (item for name in glob.split("/") for item in _ITEM.finditer(name)):
        if item[0] in {"[", "]"}:
            return "has a `[` without its `]`, or the other way round"
        if "[" in (item["members"] or ""):
            return "has a `[` inside `[...]`"
        if any(low > high for low, high in _ranges(item["members"] or "")):
            return "has a range that runs backwards"
    return None


def _glob_matches(glob: str, path: str) -> bool:
    parsed = _parse(glob)
    names = path.split("/")
    reached = _past_any_depth({0}, parsed.names)
    for depth, name in enumerate(names, start=1):
        reached = _past_any_depth(_step(reached, parsed.names, name), parsed.names)
        inside = depth < len(names)
        if len(parsed.names) in reached and (inside or not parsed.folders_only):
            return True
    return False


def _step(reached: set[int], names: Sequence[re.Pattern[str] | None], name: str) -> set[int]:
    """The positions in the glob after one more name of the path; none was at the glob's end yet."""
    after: set[int] = set()
    for position in reached:
        pattern = names[position]
        if pattern is None:
            after.add(position)
        elif pattern.fullmatch(name):
            after.add(position + 1)
    return after


def _past_any_depth(reached: set[int], names: Sequence[re.Pattern[str] | None]) -> set[int]:
    """The positions with those added that are reached when a ``**`` stands for no folder at all."""
    known = set(reached)
    for position in reached:
        onward = position
        while onward < len(names) and names[onward] is None:
            onward += 1
            known.add(onward)
    return known


@lru_cache(maxsize=1024)
def _parse(glob: str) -> _Glob:
    folders_only = glob.endswith("/")
    body = glob.rstrip("/")
    anywhere = "/" not in body
    # Like git, which takes three stars for two.
    names = [_STARS.sub("**", name) for name in body.lstrip("/").split("/")]
    if anywhere:
        names.insert(0, "**")
    if names[-1] == "**":
        # `a/**` is what lies in `a`, not `a` itself.
        names.append("*")
    return _Glob(tuple(None if name == "**" else _name_regex(name) for name in names), folders_only)


def _name_regex(name: str) -> re.Pattern[str]:
    """A regex for one name, without slashes; DOTALL, since names may hold line breaks."""
    pieces = [""]
    for item in _ITEM.finditer(name):
        if item[0].startswith("*"):
            pieces.append("")
        else:
            pieces[-1] += _one_character(item)
    first, *rest = pieces
    if not rest:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)


def _one_character(item: re.Match[str]) -> str:
    """A regex for an item that is no star; it matches exactly one character."""
    if item["members"]:
        return _class_regex(item)
    return "." if item[0] == "?" else re.escape(item[0])


def _class_regex(found: re.Match[str]) -> str:
    ranges = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in _ranges(found["members"]))
    return f"[{'^' if found['negated'] else ''}{ranges}]"


def _ranges(members: str) -> list[tuple[str, str]]:
    """The pairs of first and last character that a class lists; a single one is a pair of itself."""
    return [(found[1], found[2] or found[1]) for found in re.finditer(r"(.)(?:-(.))?", members, re.DOTALL)]
