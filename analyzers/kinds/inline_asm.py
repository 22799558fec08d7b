"""Inline and global assembly: ``asm!``, ``global_asm!``, ``naked_asm!``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.source import Source

KIND = Kind(
    "inline-asm",
    Group.MEMORY,
    "inline or global assembly: the compiler checks neither its effects nor its clobbers",
    "https://doc.rust-lang.org/reference/inline-assembly.html",
    words=(b"asm", b"global_asm", b"naked_asm", b"llvm_asm"),
)
_CALL = re.compile(rb"\w+\s*!\s*([(\[{])")
# An alias hides every later use of the macro, so the import itself is the site.
_ALIAS = re.compile(rb"\w+\s+as\s+(\w+)")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at the macro's name: a call, or an import under another name."""
    if found := _CALL.match(source.text, at):
        group = source.delimiters.group_at(found.start(1))
        yield Match(at, at, min(source.delimiters.closes[group] + 1, len(source.text)))
    elif alias := _ALIAS.match(source.text, at):
        yield Match(at, at, alias.end(), detail=f"imported as {alias[1].decode()}")
