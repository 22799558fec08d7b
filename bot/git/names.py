"""Paths are bytes in git; this makes text of them that is safe everywhere, and back."""

from __future__ import annotations

import os
import re


def printable_path(name: bytes) -> str:
    r"""The path as text that is safe in JSON, terminals and Markdown, different for different names.

    Printable UTF-8 stays as it is. Every other byte, control and format characters included, becomes
    ``\xNN``, and a backslash is doubled.
    """
    text = name.decode("utf-8", "surrogateescape")
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(map(_printable, text))


def _printable(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def raw_name(path: str) -> bytes:
    """The name that ``printable_path`` has made this text of."""
    octets = path.encode("utf-8", "surrogateescape")
    return re.sub(
        rb"\\(\\|x[0-9a-f]{2})",
        lambda found: b"\\" if found[1] == b"\\" else bytes.fromhex(found[1][1:].decode("ascii")),
        octets,
    )


def shown(path: str | os.PathLike[str]) -> str:
    """A path of this computer as one printable line."""
    return printable_path(os.fsencode(path))
