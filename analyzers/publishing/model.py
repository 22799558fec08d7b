"""The vocabulary of the publishing checklist: what items found, where, and the smallest edits that help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

Value: TypeAlias = str | int
"""What a template can put into its sentences; strings are shown as code."""


class Verdict(StrEnum):
    """What an item came to; ``ask`` means that only a person can tell."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    ASK = "ask"


class Severity(StrEnum):
    """What happens to those who leave a failing item as it is.

    crates.io (or ``cargo publish`` before it) rejects the upload; cargo warns or users run into trouble; or it is
    good practice.
    """

    REJECT = "reject"
    WARN = "warn"
    ADVISE = "advise"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of evidence: a path in the repository, its 1-based line (0 for the whole file), and a name or value."""

    path: str
    line: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that helps, ready to paste.

    ``how`` says where ``text`` (whole lines, no line end at its end) goes: behind ``line`` of the file, in the
    place of ``line``, or into a new file (``line`` is 0 then). What stands between ``<`` and ``>`` is for the
    author to fill in.
    """

    path: str
    how: Literal["behind", "replace", "create"]
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """What one item found in one package.

    ``problem`` tells the cases of an item apart for its template, ``values`` are what its sentences name.
    ``places`` are the evidence, the most telling first. ``severity`` overrides the item's own.
    """

    verdict: Verdict
    problem: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    edits: tuple[Edit, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """An item with what it found."""

    id: str
    severity: Severity
    authority: str
    result: Result

    @property
    def verdict(self) -> Verdict:
        """The result's verdict."""
        return self.result.verdict

    @property
    def place(self) -> Place:
        """The first evidence; an empty path if there is none."""
        return self.result.places[0] if self.result.places else Place("")


@dataclass(frozen=True, slots=True)
class Checklist:
    """All items of one package, in the order of the registry. ``path`` is its folder, ``.`` for the root."""

    name: str
    path: str
    items: tuple[Checked, ...]


def passed(
    problem: str = "", /, *places: Place, also: Mapping[str, Value] | None = None, **values: Value
) -> Result:
    """A result that is fine; ``problem`` names the case for the template, ``also`` are more values."""
    return Result(Verdict.PASS, problem, {**(also or {}), **values}, places)


def failed(
    problem: str,
    /,
    *places: Place,
    edits: tuple[Edit, ...] = (),
    severity: Severity | None = None,
    also: Mapping[str, Value] | None = None,
    **values: Value,
) -> Result:
    """A result that wants something done."""
    return Result(Verdict.FAIL, problem, {**(also or {}), **values}, places, edits, severity)


def asked(
    problem: str,
    /,
    *places: Place,
    edits: tuple[Edit, ...] = (),
    severity: Severity | None = None,
    also: Mapping[str, Value] | None = None,
    **values: Value,
) -> Result:
    """A result that only a person can judge."""
    return Result(Verdict.ASK, problem, {**(also or {}), **values}, places, edits, severity)


def listed(names: list[str] | tuple[str, ...], most: int = 5) -> str:
    """Names for a sentence, at most some of them: ``a, b, c, …``."""
    shown = ", ".join(names[:most])
    return f"{shown}, …" if len(names) > most else shown
