"""Cuts Markdown to what GitHub takes, without leaving a code block or a folded part open."""

from __future__ import annotations

import re

from bot.render.prose import say

# docs: "Create a check run", output; measured in bytes to be safe, GitHub counts characters.
OUTPUT = 65_535
# The longest comment; GitHub answers 422 "body is too long (maximum is 65536 characters)" beyond.
COMMENT = 65_536
TITLE = 255
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def cut(markdown: str, limit: int) -> str:
    """The text, or as many whole lines of it as fit into ``limit`` bytes together with a note that says so."""
    if len(markdown.encode("utf-8", "replace")) <= limit:
        return markdown
    note = f"\n\n{say('github.cut')}\n"
    room = limit - len(note.encode())
    kept: list[str] = []
    fence, folded, used = "", 0, 0
    for line in markdown.splitlines(keepends=True):
        opened = _fence_after(line, fence)
        # Each open part needs its end: a fence, and </details> for every one that was unfolded.
        deeper = folded if fence or opened else max(folded + _folds(line), 0)
        ending = (len(opened) + 2) + (len("\n</details>") * deeper)
        used += len(line.encode("utf-8", "replace"))
        if used + ending > room:
            break
        kept.append(line)
        fence, folded = opened, deeper
    end = (f"\n{fence}" if fence else "") + "\n</details>" * folded
    return "".join(kept).rstrip("\n") + end + note


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open after a line (CommonMark 4.5): its character and length, or nothing."""
    found = _FENCE.match(line)
    if not found:
        return fence
    marks = found[1]
    if not fence:
        # The text behind backticks may hold no backtick.
        return "" if marks[0] == "`" and "`" in line[found.end() :] else marks
    closes = marks[0] == fence[0] and len(marks) >= len(fence) and not line[found.end() :].strip()
    return "" if closes else fence


def _folds(line: str) -> int:
    return line.count("<details") - line.count("</details>")
