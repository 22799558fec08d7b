"""Safety words: the comments and documentation in which authors say why unsafe code is sound."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right

from analyzers.rust.extents import REACH
from analyzers.rust.source import Source

# As people write it: SAFETY, Safety:, # Safety, SOUNDNESS, "this is safe because". Clippy's
# undocumented_unsafe_blocks knows the first only; clippy#15161 lists the others.
_SAFETY_COMMENT = re.compile(
    rb"\b(?:safety|soundness)\b|^[\s/*!#-]*(?:un)?safe\b\s*(?::|because|since|as|due)|\b(?:is|are)\s+(?:safe|sound)\b",
    re.IGNORECASE,
)
_TO_BE_WRITTEN = re.compile(rb"^[^\n]*\b(?:TODO|FIXME|XXX)\b[^\n]*$", re.MULTILINE)
_SAFETY_HEADING = re.compile(
    rb"#+\s*(?:safety|soundness)\b|^\s*[/*!]*\s*(?:safety|soundness)\s*:?\s*$", re.IGNORECASE | re.MULTILINE
)
_MARKER = re.compile(rb"^\s*(?:/{2,}!?|/\*+!?|\*+/|\*)|\*/\s*$", re.MULTILINE)
# Line ends between a comment and its code when one blank line stands between.
_ONE_BLANK_LINE = 2


class Comments:
    """Finds the comments in front of, inside and behind code, all by their places in the file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._starts = [start for start, _ in source.masked.comments]
        self._ends = [end for _, end in source.masked.comments]

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """The comments that lie within two places."""
        first, last = bisect_left(self._starts, start), bisect_right(self._ends, end)
        return list(zip(self._starts[first:last], self._ends[first:last], strict=False))

    def above(self, place: int) -> list[tuple[int, int]]:
        """The comments directly above the code at ``place``; one blank line may stand between, not two."""
        text, data = self._source.masked.text, self._source.file
        index = bisect_right(self._ends, place) - 1
        found: list[tuple[int, int]] = []
        below = place
        while index >= 0:
            start, end = self._starts[index], self._ends[index]
            if (
                below - end > REACH
                or text[end:below].strip()
                or data.count(b"\n", end, below) > _ONE_BLANK_LINE
            ):
                break
            if not self._stands_alone(start):
                break
            found.append((start, end))
            below = start
            index -= 1
        found.reverse()
        return found

    def _stands_alone(self, start: int) -> bool:
        """Whether nothing but space or another comment stands before the comment on its line, or it starts a group."""
        line = max(self._source.file.rfind(b"\n", 0, start) + 1, start - REACH)
        before = self._source.masked.text[line:start].strip()
        return not before or before.endswith((b"{", b"(", b"[", b",", b"=", b"=>"))

    def on_line_behind(self, place: int) -> list[tuple[int, int]]:
        """The comments between ``place`` and the end of its line."""
        end = self._source.file.find(b"\n", place, place + REACH)
        return self.between(place, end if end >= 0 else place + REACH)


def joined(source: Source, spans: list[tuple[int, int]]) -> bytes:
    """The text of comments, one per line."""
    return b"\n".join(source.file[start:end] for start, end in spans)


def says_safety(text: bytes) -> bool:
    """Whether a comment gives a reason for soundness; a line that says one is still to be written does not."""
    return _SAFETY_COMMENT.search(_TO_BE_WRITTEN.sub(b"", text)) is not None


def has_safety_heading(text: bytes) -> bool:
    """Whether documentation has a ``# Safety`` section."""
    return _SAFETY_HEADING.search(text) is not None


def text_digest(text: bytes) -> str:
    """Identifies a comment's words, whatever its markers and line breaks."""
    words = b" ".join(_MARKER.sub(b" ", text).split())
    return hashlib.blake2b(words, digest_size=8).hexdigest()
