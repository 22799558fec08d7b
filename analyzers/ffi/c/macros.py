"""Takes away from a declaration what only a compiler's extensions and a project's macros put there.

Each macro here is one whose meaning is known: its definition is in the tree, or its place in the declaration leaves
no other reading. Where two readings are left there is no declaration: silence is better than a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from analyzers.ffi.c.masking import blank

_MOST_WRAPPERS = 4
# The longest real ones have a few thousand bytes, and a dozen words before their name.
_LONGEST_FUNCTION = 1 << 14
_MOST_WORDS = 32
_MOST_ASKED = 1000
_SPECIFIERS = frozenset(
    (
        b"extern static const volatile register signed unsigned short long int char void float double bool _Bool "
        b"_Complex __int128"
    ).split()
)
_BASES = frozenset(b"signed unsigned short long int char void float double bool _Bool __int128".split())
_TAGS = frozenset((b"struct", b"union", b"enum"))
_NOISE = re.compile(
    rb"\b(?:__extension__|(?:__)?inline(?:__)?|_Noreturn|noreturn|__restrict(?:__)?|restrict|_Nonnull|_Nullable"
    rb"|_Null_unspecified|__nonnull|__nullable|__cdecl|__unused|__user|__iomem|__must_check|__init|__exit)\b"
)
_EXTENSION = re.compile(rb"(?:\b(__attribute(?:__)?|__declspec|_Alignas|alignas|__asm(?:__)?|asm)\s*\(|\[\[)")
_SPELLINGS = (
    (rb'\bextern\s*"C"', b"extern"),
    (rb"\b__const(?:__)?\b", b"const"),
    (rb"\b__signed(?:__)?\b", b"signed"),
)
_LAYOUT = re.compile(rb"aligned|mode\s*\(|__mode__|vector_size|ms_struct|scalar_storage_order|alignas", re.I)
_PACKED = re.compile(rb"\bpacked\b|__packed__")
_CONVENTION = re.compile(
    rb"\b(?:__)?(?:stdcall|fastcall|vectorcall|thiscall|ms_abi|sysv_abi|regparm|regcall|pcs)\b"
)
_SHOUTED = re.compile(rb"\b[A-Z_][A-Z0-9_]{2,}\b")
_OPENING_WORD = re.compile(rb"\A\s*[A-Z_][A-Z0-9_]{2,}(?=\s+(?:typedef|struct|union|enum|extern|static)\b)")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_EXPORTS = re.compile(
    rb"EXTERN|API|EXPORT|IMPORT|PUBLIC|DECL|LINKAGE|VISIB|FUNC|INLINE|NORETURN|CALL|CONV", re.I
)
_REMARKS = re.compile(rb"DEPRECATED|AVAILABLE|SINCE|PRINTF|FORMAT|WARN_UNUSED|NONNULL|ATTR", re.I)
_ATTRIBUTE_BODY = re.compile(
    rb"(?:\s|\b(?:extern|__extension__|inline|__inline(?:__)?|_Noreturn|__stdcall|__cdecl|__restrict)\b"
    rb"|\bextern\s*\"C(?:\+\+)?\"|\b(?:__attribute(?:__)?|__declspec)\b)*\Z"
)


class Macros(Protocol):
    """What is known of the tree's macros."""

    def bodies(self, name: str) -> Sequence[bytes] | None:
        """The bodies of all definitions of an object-like macro, strings blanked; None when there is none."""
        ...

    def wraps(self, name: str) -> bool | None:
        """Whether a macro of one parameter leaves its argument in a declaration, as ``EXTERN(type)`` does.

        None when there is no definition.
        """
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A declaration in standard C, of the same length, and what was said by what was taken away."""

    text: bytes
    packed: bool = False
    layout: bool = False
    renamed: bool = False


def plain(text: bytes, macros: Macros, *, thorough: bool = False) -> Plain | None:
    """The declaration without extensions and macros; None when it is not certain what would be left.

    Words in capitals are looked up among the macros; ``thorough`` looks every word up.
    """
    text, taken = _without_extensions(text)
    for spelling, word in _SPELLINGS:
        text = re.sub(spelling, lambda found, word=word: word.ljust(len(found[0])), text)  # type: ignore[misc]
    text = _CONVENTION.sub(lambda found: blank(found[0]), _NOISE.sub(lambda found: blank(found[0]), text))
    shouted = set(_SHOUTED.findall(text))
    asked = set(_WORD.findall(text)) if thorough else shouted
    silent = {word for word in asked if is_silent(macros, word)} if len(asked) < _MOST_ASKED else None
    if silent:
        text = _WORD.sub(lambda found: blank(found[0]) if found[0] in silent else found[0], text)
    text = _OPENING_WORD.sub(lambda found: blank(found[0]), text)
    read = _function(text, macros) if _is_function(text) else text
    if read is None:
        return None
    return Plain(
        read,
        packed=_PACKED.search(taken) is not None,
        layout=_LAYOUT.search(taken) is not None
        or any(b"PACK" in word or b"ALIGN" in word for word in shouted),
        renamed=b"asm" in taken,
    )


def is_silent(macros: Macros, word: bytes) -> bool:
    """Whether a word is a macro that leaves nothing of a declaration's meaning: attributes, or nothing at all."""
    bodies = macros.bodies(word.decode())
    if bodies is None:
        return False
    return all(_ATTRIBUTE_BODY.match(_without_extensions(body)[0]) is not None for body in bodies)


def _without_extensions(text: bytes) -> tuple[bytes, bytes]:
    """The text with attributes and the like blanked, and what they were."""
    if _EXTENSION.search(text) is None:
        return text, b""
    parts: list[bytes] = []
    taken: list[bytes] = []
    at = 0
    while found := _EXTENSION.search(text, at):
        opener = found.end() - 1 if found[1] else found.start()
        end = group_end(text, opener)
        parts += (text[at : found.start()], blank(text[found.start() : end]))
        taken.append(text[found.start() : end])
        at = end
    return b"".join((*parts, text[at:])), b" ".join(taken)


def group_end(text: bytes, opener: int) -> int:
    """The offset behind the group that opens at an offset; the text's end when nothing closes it."""
    depth = 0
    for sign in re.compile(rb"[()\[\]]").finditer(text, opener):
        depth += 1 if sign[0] in b"([" else -1
        if depth <= 0:
            return sign.end()
    return len(text)


def _is_function(text: bytes) -> bool:
    head = text.lstrip()
    return b"(" in text and b"{" not in text and not head.startswith(b"typedef")


def _function(text: bytes, macros: Macros) -> bytes | None:
    """A function's declaration with the macros around its type and behind its parameters blanked."""
    if len(text) > _LONGEST_FUNCTION:
        return None
    for _ in range(_MOST_WRAPPERS):
        opener = text.index(b"(")
        names = list(_WORD.finditer(text, 0, opener))
        own = [name for name in names if name[0] not in _SPECIFIERS][: _MOST_WORDS + 1]
        if not own or _gap(text, own[-1].end(), opener):
            # Something like `int (*f(void))(int)`, which is plain already.
            return text
        if len(own) > 1 or any(name[0] in _BASES for name in names):
            return _headed(text, opener, own, names, macros)
        inner = group_end(text, opener)
        if text[opener + 1 : inner].lstrip()[:1] == b"*":
            return text
        unwrapped = _unwrapped(text, own[-1], opener, inner, macros)
        if unwrapped is None or not _is_function(unwrapped):
            return unwrapped
        text = unwrapped
    return None


def _gap(text: bytes, start: int, end: int) -> bool:
    return text[start:end].strip() != b""


def _unwrapped(text: bytes, name: re.Match[bytes], opener: int, end: int, macros: Macros) -> bytes | None:
    """A declaration whose type stands in a macro's parentheses, such as ``GIT_EXTERN(int) f(void);``, without it."""
    if not _WORD.match(text[end:].lstrip()):
        return None
    known = macros.wraps(name[0].decode())
    inside = text[opener + 1 : end - 1]
    if known is False or (known is None and (_REMARKS.search(name[0]) or not inside.strip())):
        return text[: name.start()] + blank(text[name.start() : end]) + text[end:]
    if known or _EXPORTS.search(name[0]):
        front = blank(text[name.start() : opener + 1])
        return text[: name.start()] + front + inside + b" " + text[end:]
    return None


def _headed(
    text: bytes, opener: int, own: list[re.Match[bytes]], names: list[re.Match[bytes]], macros: Macros
) -> bytes | None:
    """The declaration of a function whose name stands before the first parenthesis; ``own`` are no keywords."""
    if text[opener + 1 : opener + 99].lstrip()[:1] == b"(" or len(own) > _MOST_WORDS:
        return None
    based = any(name[0] in _BASES for name in names)
    tags = [index for index, name in enumerate(names) if name[0] in _TAGS]
    kept = {names[index + 1].start() for index in tags if index + 1 < len(names)}
    kept |= {names[index].start() for index in tags}
    spare = [name for name in own[:-1] if name.start() not in kept]
    if not based and not tags:
        macros_there = _without_type(spare, macros)
        if macros_there is None:
            return None
        spare = macros_there
    for name in spare:
        text = text[: name.start()] + blank(name[0]) + text[name.end() :]
    end = group_end(text, opener)
    return text[:end] + blank(text[end:-1]) + b";"


def _without_type(words: list[re.Match[bytes]], macros: Macros) -> list[re.Match[bytes]] | None:
    """Those of some words before a function's name that are macros, when exactly one of them must be its type."""
    left = [word for word in words if not is_silent(macros, word[0])]
    if len(left) > 1:
        left = [word for word in left if not _EXPORTS.search(word[0]) or not word[0].isupper()]
    if len(left) > 1:
        left = [word for word in left if not word[0].isupper()]
    if len(left) != 1:
        return None
    return [word for word in words if word is not left[0]]
