"""``unsafe`` keywords that no other kind claims: the net under all the others."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.source import Source

KIND = Kind(
    "unclassified-unsafe",
    Group.UNSAFE,
    "an `unsafe` keyword in a form we do not know: a person has to look",
    "https://doc.rust-lang.org/reference/unsafe-keyword.html",
    words=(),
)


def match(source: Source, at: int) -> Iterator[Match]:
    """The site of an ``unsafe`` keyword that nothing claimed: the keyword and the token behind it."""
    end = source.skip_space(at + len(b"unsafe"))
    yield Match(at, at, min(end + 1, len(source.text)), claims=(at,))
