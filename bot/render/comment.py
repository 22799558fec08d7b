"""The parts of a comment: each change as Markdown, once with its code and once without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.model import ChangeClass, Finding, Macro
from bot.model import ReviewReport
from bot.render import excerpt, outline, prose
from bot.render.display import Display
from bot.render.escape import code, fence, inert_lines, percent
from bot.render.outline import Entry, File
from bot.render.prose import Markup, say

_WIDTH = 160
_FOLDED_FROM = 7
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Block:
    """A change, or the findings of a file that belong to no change, as Markdown.

    ``path`` is the file it stands under, None for what is folded away because there is nothing to do.
    ``importance`` grows with it. ``full`` has the code, ``brief`` has not.
    """

    path: str | None
    importance: int
    full: str
    brief: str


def blocks(report: ReviewReport, display: Display) -> list[Block]:
    """All blocks in reading order: by file, then what is folded away."""
    entries, loose = outline.entries(report)
    made: list[Block] = []
    for file in outline.by_file((entry for entry in entries if not entry.quiet), loose):
        made.extend(_of_file(report, display, file))
    made.extend(_quiet(report, display, entry) for entry in entries if entry.quiet)
    return made


def _of_file(report: ReviewReport, display: Display, file: File) -> Iterator[Block]:
    for entry in file.entries:
        importance = 3 if entry.asked else 2 if entry.findings else 1
        brief = _change(report, display, entry, "")
        yield Block(file.path, importance, _change(report, display, entry, _code(report, entry)), brief)
    for found in file.loose:
        text = "- " + _told(found, _line(_address(report, display, False, found.path), found.line))
        yield Block(file.path, 2, text, text)


def _change(report: ReviewReport, display: Display, entry: Entry, shown: str) -> str:
    change = entry.change
    address = _address(report, display, change.change is ChangeClass.REMOVED, change.path)
    filled = prose.markdown_template("comments/change.md.j2")(
        word=Markup(change.change.value),
        kind=change.site.kind,
        item=change.site.item,
        where=Markup(_line(address, change.site.line)),
        flags=[Markup(flag) for flag in _flags(entry)],
        reasons=[Markup(prose.reason(reason)) for reason in change.reasons],
        code=Markup(shown),
        folded=shown.count("\n") > _FOLDED_FROM,
        findings=[Markup(_told(found)) for found in entry.findings],
    )
    return filled.rstrip("\n")


def _quiet(report: ReviewReport, display: Display, entry: Entry) -> Block:
    change = entry.change
    removed = change.change is ChangeClass.REMOVED
    place = f"{code(change.path)} {_line(_address(report, display, removed, change.path), change.site.line)}"
    before = change.before if change.before and change.before.path != change.path else None
    origin = ", " + say("change.from", before=code(f"{before.path}:{before.site.line}")) if before else ""
    text = f"- {outline.sentence(change).removesuffix('.')}, {place}{origin}"
    return Block(None, 0, text, text)


def _flags(entry: Entry) -> Iterator[str]:
    if entry.change.site.in_test:
        yield say("flags.test")
    if entry.change.site.macro is not Macro.NONE:
        yield say(f"flags.{entry.change.site.macro}")
    if not entry.asked:
        yield say("change.unasked")


def _told(found: Finding, where: str = "") -> str:
    told = prose.finding(found)
    at = f" {where}:" if where else ""
    return f"**{found.severity.value}**{at} {told.message} {told.fix}"


def _code(report: ReviewReport, entry: Entry) -> str:
    if not entry.asked and not entry.findings:
        return ""
    cut = excerpt.of_change(report, entry.change, _WIDTH)
    if cut is None:
        return ""
    compared = any(line.side != " " for line in cut.lines)
    lines = [line.side + line.text if compared else line.text for line in cut.lines]
    # Only code stands at the start of a line, where the log of a workflow would take it for a command.
    fenced = fence([*lines, *(["..."] if cut.more else [])], "diff" if compared else "rust")
    return "\n".join("  " + line for line in inert_lines(fenced).split("\n"))


def _address(report: ReviewReport, display: Display, removed: bool, path: str) -> str:
    """Where the file can be looked at; nothing for a side that is no commit."""
    commit = report.base if removed else report.head
    if not _COMMIT.fullmatch(commit):
        return ""
    prefix = display.links if display.links and not removed else f"../blob/{commit}"
    return f"{prefix.rstrip('/')}/{percent(path)}"


def _line(address: str, line: int) -> str:
    return f"[line {line}]({address}#L{line})" if address else f"line {line}"
