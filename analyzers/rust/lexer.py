"""Masks comments and literals, so that every later step can search plain bytes.

The lexical structure follows the Rust Reference, chapter "Lexical structure"; where editions differ
the reading that hides less code wins, and what stays ambiguous is reported instead of guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.model import Unanalysed, UnanalysedReason

# One charset first, so that the regex engine skips to the next quote or slash at full speed; possessive
# quantifiers, so that no input makes it backtrack.
_LITERAL = re.compile(
    rb"""["'/](?:
        (?<=/)/[^\n]*+
      | (?<=/)\*(?:[^*/]++|\*(?!/)|/(?!\*))*+(?:\*/|/\*|\Z)
      | (?<=")[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)
      |
      (?<=')(?:[^'\\\n\r\t\x80-\xff]|\\(?:u\{[^}'\n]*+\}|x[0-9A-Fa-f]{2}|.)|[\xc2-\xf4][\x80-\xbf]{1,3})'
    )""",
    re.VERBOSE | re.DOTALL,
)
_CLOSED = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_COMMENT_EDGE = re.compile(rb"/\*|\*/")
_SHEBANG = re.compile(rb"#!(?!\s*\[)[^\n]*+")
_FRONTMATTER = re.compile(rb"(?:[^\S\n]*\n)*(-{3,})[^\n-]*\n(?:.*?\n)??\1[ \t\r]*$", re.MULTILINE | re.DOTALL)
# Pattern_White_Space beyond ASCII is white space to rustc, so it must not glue words together.
_WIDE_SPACE = re.compile(rb"\xc2\x85|\xe2\x80[\x8e\x8f\xa8\xa9]")
_BOM = b"\xef\xbb\xbf"
_RAW_LETTERS = (b"r", b"br", b"cr")
_WORD_BYTE = re.compile(rb"[A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class Masked:
    """A source text in which only code is left.

    ``text`` has the length of the input: comments are spaces, every string, byte string, C string and
    character literal is a pair of double quotes around spaces. ``comments`` are the spans of the comments
    in order, neighbouring ones not joined. ``unanalysed`` tells of literals that do not end or whose end
    depends on the edition.
    """

    text: bytes
    comments: tuple[tuple[int, int], ...]
    unanalysed: tuple[Unanalysed, ...]


def word_continues(data: bytes, end: int) -> bool:
    """Whether the character that ends before byte ``end`` belongs to an identifier.

    Bytes >= 0x80 count only if the character they encode may continue an identifier: U+200E before
    ``unsafe`` is white space to rustc and must not hide the keyword.
    """
    if end <= 0:
        return False
    byte = data[end - 1]
    if byte < 0x80:
        return _WORD_BYTE.match(data, end - 1) is not None
    start = end - 1
    while start > 0 and end - start < 4 and data[start] & 0xC0 == 0x80:
        start -= 1
    return _continues_identifier(data[start:end])


def word_follows(data: bytes, start: int) -> bool:
    """Whether the character that starts at byte ``start`` may continue an identifier."""
    if start >= len(data):
        return False
    if data[start] < 0x80:
        return _WORD_BYTE.match(data, start) is not None
    end = start + 1
    while end < len(data) and end - start < 4 and data[end] & 0xC0 == 0x80:
        end += 1
    return _continues_identifier(data[start:end])


def _continues_identifier(encoded: bytes) -> bool:
    return ("a" + encoded.decode("utf-8", "replace")).isidentifier()


def mask(data: bytes, *, c_strings: bool = True) -> Masked:
    """Mask the comments and literals of a Rust source, in time linear in its length.

    With ``c_strings`` false, ``cr"..."`` is read as before edition 2021: an identifier and an ordinary
    string.
    """
    out: list[bytes] = []
    comments: list[tuple[int, int]] = []
    problems: list[Unanalysed] = []
    position = last = _skip_preamble(data, out)
    searching = True
    while searching:
        searching = False
        for literal in _LITERAL.finditer(data, position):
            start, end = literal.span()
            quote = data[start]
            if quote == 0x2F:
                resume = _comment_end(data, start, end, problems) if data[start + 1] == 0x2A else end
                comments.append((start, resume))
                out += (data[last:start], b" " * (resume - start))
            else:
                resume = end
                if quote == 0x22:
                    start, resume = _string(data, start, end, problems, c_strings)
                out += (data[last:start], b'"', b" " * (resume - start - 2), b'"'[: resume - start - 1])
            last = resume
            if resume != end:
                # The literal reaches elsewhere than its first match: search on from its real end.
                position, searching = resume, True
                break
    out.append(data[last:])
    text = b"".join(out)
    if b"\xe2\x80" in text or b"\xc2\x85" in text:
        text = _WIDE_SPACE.sub(lambda wide: b" " * len(wide[0]), text)
    return Masked(text, tuple(comments), tuple(problems))


def _string(
    data: bytes, quote: int, end: int, problems: list[Unanalysed], c_strings: bool
) -> tuple[int, int]:
    """First byte and end of the string whose quote is at ``quote``; ``end`` is its end if it is no raw string."""
    begin = _raw_start(data, quote)
    if begin is not None and (c_strings or data[begin] != 0x63):
        return begin, _raw_end(data, begin, quote, problems)
    if end == len(data) and not _CLOSED.match(data, quote):
        problems.append(_problem(UnanalysedReason.UNTERMINATED, data, quote))
    return quote, end


def _skip_preamble(data: bytes, out: list[bytes]) -> int:
    """Blank the byte order mark, the shebang line and the frontmatter (RFC 3503); returns where code starts."""
    position = len(_BOM) if data.startswith(_BOM) else 0
    if shebang := _SHEBANG.match(data, position):
        position = shebang.end()
    if frontmatter := _FRONTMATTER.match(data, position):
        position = frontmatter.end()
    out.append(b" " * position)
    return position


def _comment_end(data: bytes, start: int, end: int, problems: list[Unanalysed]) -> int:
    """Where the block comment ends whose first stretch is ``start``..``end``; block comments nest."""
    if data[end - 2 : end] == b"*/" and end - start >= 4:
        return end
    if data[end - 2 : end] == b"/*" and end - start >= 4:
        depth = 2
        for edge in _COMMENT_EDGE.finditer(data, end):
            depth += 1 if edge[0] == b"/*" else -1
            if depth == 0:
                return edge.end()
    problems.append(_problem(UnanalysedReason.UNTERMINATED, data, start))
    return len(data)


def _raw_start(data: bytes, quote: int) -> int | None:
    """Where the prefix of a raw string starts whose quote is at ``quote``; None for other strings."""
    letter = quote - 1
    while letter >= 0 and data[letter] == 0x23:
        letter -= 1
    if letter < 0 or data[letter] != 0x72:
        return None
    begin = letter
    if letter and data[letter - 1 : letter] in (b"b", b"c"):
        begin -= 1
    if data[begin : letter + 1] in _RAW_LETTERS and not word_continues(data, begin):
        return begin
    return None


def _raw_end(data: bytes, begin: int, quote: int, problems: list[Unanalysed]) -> int:
    """Where the raw string ends; before edition 2021 a `cr` prefix was an identifier before a string."""
    hashes = data.count(b"#", begin, quote)
    closing = b'"' + b"#" * hashes
    found = data.find(closing, quote + 1)
    if found < 0:
        problems.append(_problem(UnanalysedReason.UNTERMINATED, data, begin))
        return len(data)
    known = any(problem.reason is UnanalysedReason.AMBIGUOUS_LITERAL for problem in problems)
    if data[begin] == 0x63 and not known and not _reads_alike(data, quote, found):
        problems.append(_problem(UnanalysedReason.AMBIGUOUS_LITERAL, data, begin))
    return found + len(closing)


def _reads_alike(data: bytes, quote: int, closing: int) -> bool:
    """Whether an ordinary string that starts at ``quote`` would end at the raw one's closing quote too."""
    ordinary = _LITERAL.match(data, quote)
    return ordinary is not None and ordinary.end() == closing + 1


def _problem(reason: UnanalysedReason, data: bytes, offset: int) -> Unanalysed:
    return Unanalysed("", reason, line=data.count(b"\n", 0, offset) + 1)
