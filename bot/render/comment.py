"""The parts of a comment: each change as Markdown, once with its code and once without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.model import Change, ChangeClass, Finding, Macro, Severity
from bot.model import ReviewReport
from bot.render import excerpt, outline, prose
from bot.render.display import Display
from bot.render.escape import code, fence, inert_lines, percent
from bot.render.outline import Entry, File
from bot.render.prose import Markup, say

SHORT = 8
"""How many characters of a fingerprint name a change."""
_WIDTH = 160
_FOLDED_FROM = 7
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Block:
    """A change, or the findings of a file that belong to no change, as Markdown.

    ``path`` is the file it stands under, None for what is folded away because there is nothing to do;
    then ``approved`` tells why. ``importance`` is 3 for what somebody has to do, 2 for other findings and less
    for the rest. ``full`` has the code, ``brief`` has not.
    """

    path: str | None
    importance: int
    full: str
    brief: str
    approved: bool = False


def blocks(report: ReviewReport, display: Display) -> list[Block]:
    """All blocks in reading order: by file, then what is folded away."""
    entries, loose = outline.entries(report)
    made: list[Block] = []
    folded = [entry for entry in entries if _is_folded(entry, display)]
    for file in outline.by_file((entry for entry in entries if not _is_folded(entry, display)), loose):
        made.extend(_of_file(report, display, file))
    for entry in folded:
        text = "- " + line_of(report, display, entry.change)
        made.append(Block(None, 0, text, text, entry.approved))
    return made


def _is_folded(entry: Entry, display: Display) -> bool:
    """Whether nobody has to read it; where people are asked in person, what asks nobody is folded away too."""
    nothing_to_say = display.names and not entry.asked and not entry.findings
    return entry.quiet or entry.approved or nothing_to_say


def fitted(told: list[Block], room: int) -> list[str]:
    """The text of each block, its full one, its brief one or none, so that all of them fit in ``room`` bytes.

    What is more important gets its code before anything less important gets a line.
    """
    texts = [""] * len(told)
    headed: set[str | None] = {None}
    for importance in sorted({block.importance for block in told}, reverse=True):
        alike = [at for at, block in enumerate(told) if block.importance == importance]
        for at in alike:
            path, brief = told[at].path, told[at].brief
            cost = size(brief) + 2
            if path is not None and path not in headed:
                cost += size(code(path)) + 8
            if cost <= room:
                room -= cost
                texts[at] = brief
                headed.add(path)
        for at in alike:
            cost = size(told[at].full) - size(told[at].brief)
            if texts[at] and cost <= room:
                room -= cost
                texts[at] = told[at].full
    return texts


def size(text: str) -> int:
    """How many bytes the text takes."""
    return len(text.encode())


def _of_file(report: ReviewReport, display: Display, file: File) -> Iterator[Block]:
    for entry in file.entries:
        loud = entry.asked or any(found.severity is Severity.BLOCK for found in entry.findings)
        importance = 3 if loud else 2 if entry.findings else 1
        brief = _change(report, display, entry, "")
        yield Block(file.path, importance, _change(report, display, entry, _code(report, entry)), brief)
    for found in file.loose:
        text = "- " + _told(found, _line(_address(report, display, False, found.path), found.line))
        yield Block(file.path, 3 if found.severity is Severity.BLOCK else 2, text, text)


def _change(report: ReviewReport, display: Display, entry: Entry, shown: str) -> str:
    change = entry.change
    filled = prose.markdown_template("comments/change.md.j2")(
        word=Markup(change.change.value),
        kind=change.site.kind,
        item=change.site.item,
        where=Markup(place_of(report, display, change)),
        name=change.fingerprint[:SHORT] if display.names else "",
        flags=[Markup(flag) for flag in _flags(entry)],
        reasons=[Markup(fact) for fact in outline.facts(change)],
        code=Markup(shown),
        folded=shown.count("\n") > _FOLDED_FROM,
        findings=[Markup(_told(found)) for found in entry.findings],
    )
    return filled.rstrip("\n")


def line_of(report: ReviewReport, display: Display, change: Change) -> str:
    """The change in one line of Markdown: what it is, where it is, where it came from, its short name."""
    place = f"{code(change.path)} {place_of(report, display, change)}"
    before = change.before if change.before and change.before.path != change.path else None
    origin = ", " + say("change.from", before=code(f"{before.path}:{before.site.line}")) if before else ""
    name = f" · {code(change.fingerprint[:SHORT])}" if display.names else ""
    return f"{outline.sentence(change).removesuffix('.')}, {place}{origin}{name}"


def place_of(report: ReviewReport, display: Display, change: Change) -> str:
    """The line of the change as a link, where it can be looked at."""
    return _line(
        _address(report, display, change.change is ChangeClass.REMOVED, change.path), change.site.line
    )


def place_of_finding(report: ReviewReport, display: Display, found: Finding) -> str:
    """The file and line of a finding, the line as a link where it can be looked at."""
    return f"{code(found.path)} {_line(_address(report, display, False, found.path), found.line)}"


def _flags(entry: Entry) -> Iterator[str]:
    if entry.change.site.in_test:
        yield say("flags.test")
    if entry.change.site.macro is not Macro.NONE:
        yield say(f"flags.{entry.change.site.macro}")
    if not entry.asked and not entry.is_held:
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
    if display.links and not removed:
        return f"{display.links.rstrip('/')}/{percent(path)}"
    return f"{(display.web or '..').rstrip('/')}/blob/{commit}/{percent(path)}"


def _line(address: str, line: int) -> str:
    return f"[line {line}]({address}#L{line})" if address else f"line {line}"
