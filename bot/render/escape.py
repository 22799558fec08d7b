"""Makes hostile text inert: for terminals, Markdown, addresses, JSON and workflow commands."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

# Controls, characters that show nothing, and those that reorder or hide what stands beside them: the
# default-ignorable code points of Unicode, line separators, surrogates and noncharacters.
_UNSEEN = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# The runner of GitHub Actions takes ``##[...]`` for a command wherever it stands in a line.
_INVISIBLE = re.compile(f"[{_UNSEEN}]|(?<=#)#(?=\\[)")
_JSON_UNSAFE = re.compile(f"[{_UNSEEN.removeprefix(chr(0) + '-' + chr(31))}]|(?<=#)#(?=\\[)")
_PLAIN = re.compile(r"(?:[A-Za-z0-9 ,;:'()?!/=…-]|\.(?= |$))*")
# What GitHub links by itself: `GH-1`, commit ids and the keys of other trackers; addresses are not plain anyway.
_REFERENCE = re.compile(r"\b(?:[A-Za-z][A-Za-z0-9]*-[0-9]|[0-9a-fA-F]{7,64}\b)|//|^ *[-=]|^ *[0-9]+[.)]")
_BACKTICKS = re.compile("`+")
_COMMANDS = (
    "add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|internal-set-repo-path|notice|remove-matcher"
    "|save-state|set-env|set-output|stop-commands|warning"
)
_COMMAND = re.compile(rf"^(\s*):(?=:(?:{_COMMANDS})(?:\s.*)?::)", re.MULTILINE | re.IGNORECASE)


def visible(text: str) -> str:
    r"""The text with everything that shows nothing, or drives a terminal, written as ``\u{202e}``.

    Bytes that were not UTF-8 (lone surrogates of Python's ``surrogateescape``) become ``\x80``. The result
    has no line break and can be encoded.
    """
    if text.isascii() and text.isprintable() and "##[" not in text:
        return text
    return _INVISIBLE.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    return rf"\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else rf"\u{{{code:x}}}"


def shown(text: str, limit: int) -> str:
    """The text made visible in at most ``limit`` characters, an ellipsis in place of the rest."""
    # What lies beyond the limit is cut off first: names can be megabytes long.
    seen = visible(text[: limit + 1])
    return seen if len(seen) <= limit else seen[: limit - 1] + "…"


def cells(text: str) -> int:
    """How many terminal cells visible text takes: two for wide characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def inert_lines(text: str) -> str:
    """The text with no line that the runner of GitHub Actions would take for a ``::command::``.

    Only the runner's own command names count: honest code has lines that begin with ``::std::``.
    """
    return _COMMAND.sub(r"\1\\u{3a}", text)


def code(text: str, limit: int = 200) -> str:
    """The text as a Markdown code span, in which it is neither markup, nor a link, nor a mention."""
    seen = shown(text, limit)
    ticks = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(seen)), default=0))
    # A space on both sides is taken off again by Markdown, and the only way to show a backtick at an end.
    pad = " " if seen[:1] in {"`", " ", ""} or seen[-1:] in {"`", " "} else ""
    return f"{ticks}{pad}{seen}{pad}{ticks}"


def cell(text: str, limit: int = 200) -> str:
    """The text as a code span for a table, where a bar would begin the next cell even inside code."""
    return code(text, limit).replace("|", r"\u{7c}")


def sentence(text: str, limit: int = 500) -> str:
    """A sentence that quotes strangers in backticks, as Markdown in which nothing of it can act.

    It stays as it is where all words outside backticks are harmless. Where any of them could be markup, a link, a
    mention or a reference to an issue or a commit, the whole of it becomes code.
    """
    seen = shown(text, limit)
    parts = seen.split("`")
    ours = parts[::2]
    # Two code spans need words between them: their backticks would run together.
    if len(parts) % 2 and all(ours[1:-1]) and all(parts[1::2]) and all(map(_is_plain, ours)):
        return "".join(part if at % 2 == 0 else code(part, limit) for at, part in enumerate(parts))
    return code(seen, limit)


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and _REFERENCE.search(text) is None


def fence(lines: list[str], language: str) -> str:
    """The lines as a fenced block that nothing in them can end; they are made visible here."""
    seen = [visible(line) for line in lines]
    longest = max((len(run) for line in seen for run in _BACKTICKS.findall(line)), default=0)
    ticks = "`" * max(3, longest + 1)
    return "\n".join([ticks + language, *seen, ticks])


def percent(path: str) -> str:
    """The path for use in an address, with the bytes it has on disk; a leading slash stays."""
    whole = re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", path)
    return quote(whole.encode("utf-8", "surrogateescape"), safe="/~")


def json_text(document: str) -> str:
    r"""A dumped JSON document with unsafe characters as escapes that every parser accepts.

    Bytes that were not UTF-8 become the text ``\x80``: parsers may refuse a lone surrogate as a whole.
    """
    if document.isascii() and "\x7f" not in document and "##[" not in document:
        return document
    return _JSON_UNSAFE.sub(_json_escape, document)


def _json_escape(match: re.Match[str]) -> str:
    char = match[0]
    if "\ud800" <= char <= "\udfff":
        return "\\" + _spelled(match)
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def command_data(text: str) -> str:
    """The text as the message of a workflow command, escaped as actions/toolkit does it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """The text as a property of a workflow command, escaped as actions/toolkit does it."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")
