"""Everything that can wait for an approval, in one line each: changes, what was not analysed, policy files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzers.fingerprint import of_unanalysed
from analyzers.model import Unanalysed
from bot.model import PolicyEdit, ReviewReport
from bot.render import outline, prose
from bot.render.comment import SHORT, line_of
from bot.render.display import Display
from bot.render.escape import code
from bot.render.prose import say


@dataclass(frozen=True, slots=True)
class Item:
    """One line of Markdown about the thing with that fingerprint; ``is_code`` when it is a change of code."""

    fingerprint: str
    text: str
    is_code: bool


def items(
    report: ReviewReport, display: Display, edits: Iterable[PolicyEdit], wanted: Iterable[str] | None = None
) -> tuple[Item, ...]:
    """The items in order: changes by place, then what was not analysed, then policy files.

    ``wanted`` are the fingerprints to tell about; without it all are told.
    """
    analysis = outline.ordered(report.analysis)
    names = None if wanted is None else frozenset(wanted)
    made = [
        Item(one.fingerprint, line_of(report, display, one), is_code=True)
        for one in analysis.changes
        if names is None or one.fingerprint in names
    ]
    for doubt in analysis.unanalysed:
        name = of_unanalysed(doubt)
        if names is None or name in names:
            made.append(Item(name, unanalysed_line(doubt), is_code=False))
    for edit in sorted(edits, key=lambda edit: edit.path):
        if names is None or edit.fingerprint in names:
            text = say("pull.policy-edit", path=code(edit.path), name=short(edit.fingerprint))
            made.append(Item(edit.fingerprint, text, is_code=False))
    return tuple(made)


def unanalysed_line(doubt: Unanalysed) -> str:
    """What could not be judged, what to do about it, and its short name."""
    told = prose.unanalysed(doubt.reason, code(doubt.detail, 80) if doubt.detail else "")
    where = code(f"{doubt.path}:{doubt.line}" if doubt.line else doubt.path, 160)
    return f"{where}: {told.message} {told.help} · {short(of_unanalysed(doubt))}"


def short(fingerprint: str) -> str:
    """The name by which a command can call the thing, as code."""
    return code(fingerprint[:SHORT])


def fitting(lines: Sequence[str], room: int) -> tuple[str, ...]:
    """As many of the lines as fit into that many bytes; how many do not is said in the last one."""
    kept: list[str] = []
    for line in lines:
        room -= len(line.encode()) + 3
        if room < 0:
            return (*kept, say("left-out.listed", count=len(lines) - len(kept)))
        kept.append(line)
    return tuple(kept)
