"""Versions and version requirements as Cargo reads them (the ``semver`` crate; semver.org 2.0.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = r"[0-9A-Za-z-]+"
_PRE = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})"
    rf"(?:-({_PRE}(?:\.{_PRE})*))?(?:\+({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?",
    re.ASCII,
)
_COMPARATOR = re.compile(
    rf"(=|>=|<=|>|<|~|\^)? *({_NUMBER})(?:\.({_NUMBER}|[*xX])(?:\.({_NUMBER}|[*xX])"
    rf"(?:-({_PRE}(?:\.{_PRE})*))?(?:\+({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?)?)?",
    re.ASCII,
)
_LARGEST = (1 << 64) - 1
_MOST_COMPARATORS = 32


@dataclass(frozen=True, slots=True)
class Version:
    """A version; ``pre`` and ``build`` are the parts behind ``-`` and ``+``, empty if absent."""

    major: int
    minor: int
    patch: int
    pre: str = ""
    build: str = ""

    @property
    def precedence(self) -> tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]:
        """What versions are ordered by (semver.org, 11); build metadata does not count."""
        parts = tuple(
            (0, int(part), "") if part.isdigit() else (1, 0, part) for part in self.pre.split(".") if part
        )
        return (self.major, self.minor, self.patch, 0 if self.pre else 1, parts)

    @property
    def compatibility(self) -> tuple[int, ...]:
        """What two versions share if Cargo takes one for the other: the part up to the first number that is not 0."""
        if self.major:
            return (self.major,)
        return (0, self.minor) if self.minor else (0, 0, self.patch)


def parse_version(text: str) -> Version | None:
    """The version, or None if crates.io would not take it for one."""
    found = _VERSION.fullmatch(text)
    if found is None or any(len(found[part]) > 20 or int(found[part]) > _LARGEST for part in (1, 2, 3)):
        return None
    return Version(int(found[1]), int(found[2]), int(found[3]), found[4] or "", found[5] or "")


def is_requirement(text: str) -> bool:
    """Whether Cargo can read a version requirement such as ``1``, ``>=1.2, <2`` or ``1.*``."""
    if is_wildcard(text):
        return True
    parts = text.split(",")
    if len(parts) > _MOST_COMPARATORS:
        return False
    if not parts[-1].strip() and len(parts) > 1:
        parts.pop()
    return all(_is_comparator(part.strip(" ")) for part in parts)


def is_wildcard(text: str) -> bool:
    """Whether a requirement takes any version at all: ``*``, ``x`` or ``X``."""
    return text.strip(" ") in {"*", "x", "X"}


def _is_comparator(text: str) -> bool:
    found = _COMPARATOR.fullmatch(text)
    if found is None or any(len(part) > 20 for part in found.groups()[1:4] if part):
        return False
    minor, patch = found[3] or "", found[4] or ""
    # `1.*.2` means nothing.
    return not (minor in {"*", "x", "X"} and patch and patch not in {"*", "x", "X"})
