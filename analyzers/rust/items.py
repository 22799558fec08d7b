"""Item headers: what the text before an opening brace declares, and how it is named in item paths."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from analyzers.rust.folding import WIDE
from analyzers.rust.tokens import tokens

_LABEL_LIMIT = 160
_LONGEST_GENERICS = 4096


class ScopeKind(StrEnum):
    """What a pair of delimiters belongs to."""

    FILE = "file"
    MODULE = "module"
    IMPL = "impl"
    TRAIT = "trait"
    FN = "fn"
    TYPE = "type"
    VALUE = "value"
    EXTERN = "extern"
    MACRO_DEFINITION = "macro-definition"
    MACRO_CALL = "macro-call"
    ATTRIBUTE = "attribute"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Header:
    """What a header declares: the scope it opens and its name in item paths (empty when it has none)."""

    kind: ScopeKind
    label: str = ""


# How far behind its start the name of an item may stand: qualifiers and a visibility, with gaps between.
HEAD_REACH = 2048
# The same for what stands before a macro's opening delimiter, back to the macro's own name.
_MACRO_REACH = 4 * WIDE
_NAME = rb"([$#]?(?:r#)?[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*|\$\([^)]*\)?\S?|\[[^\[\]{}();]{1,1000}\]|_)"
_VISIBILITY = rb"(?:pub\b(?:\s*\([^)]*\))?|crate\b(?!\s*::)|\$\w+)\s*"
_HEAD = re.compile(
    rb"\s*(?:"
    + _VISIBILITY
    + rb")*(?:(?:default|const|async|gen|unsafe|safe|auto)\s+|extern\s*(?:\"[^\"]*\"|[$#]\w+)?\s*)*"
    rb"(?:(fn|mod|trait|struct|enum|union|macro)\s+"
    + _NAME
    + rb"|(impl)\b|(static|const)\s+(?:mut\s+)?"
    + _NAME
    + rb"\s*:|(type)\s+"
    + _NAME
    + rb"\b)"
)
_EXTERN_BLOCK = re.compile(rb"\s*(?:unsafe\s+)?extern\s*(?:\"[^\"]*\"|[$#]\w+)?\s*\Z")
_MACRO = re.compile(
    rb"(\$?[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)\s*!\s*(?:([A-Za-z_\x80-\xff$][A-Za-z0-9_\x80-\xff]*)\s*)?\Z"
)
_ATTRIBUTE = re.compile(rb"#\s*!?\s*\Z")
_ATTRIBUTE_HEADER = Header(ScopeKind.ATTRIBUTE)
_NAME_BEHIND_MARK = re.compile(rb"!\s*[A-Za-z_\x80-\xff$][A-Za-z0-9_\x80-\xff]*\Z")
_ANGLE = re.compile(rb"->|=>|[<>]")
_WHERE = re.compile(rb"\bwhere\b")
_NOT_MACROS = frozenset((b"if", b"while", b"return", b"match", b"in", b"else", b"break", b"let", b"yield"))
_FN_IN_MACRO = re.compile(rb"\b(fn|mod|trait)\s+" + _NAME)
_KEYWORDS = {
    b"fn": ScopeKind.FN,
    b"mod": ScopeKind.MODULE,
    b"trait": ScopeKind.TRAIT,
    b"struct": ScopeKind.TYPE,
    b"enum": ScopeKind.TYPE,
    b"union": ScopeKind.TYPE,
    b"macro": ScopeKind.MACRO_DEFINITION,
}
_PREFIX = {ScopeKind.MODULE: "mod ", ScopeKind.TRAIT: "trait ", ScopeKind.MACRO_DEFINITION: "macro "}


def delimiter_prefix(text: bytes, opener: int) -> Header | None:
    """What stands directly before a delimiter makes it a macro's or an attribute's; None for anything else."""
    window = text[max(0, opener - _MACRO_REACH) : opener].rstrip()
    last = window[-1:]
    if text[opener] == 0x5B and (last == b"#" or (last == b"!" and _ATTRIBUTE.search(window))):
        return _ATTRIBUTE_HEADER
    # A macro's `!` stands right before, or with one name between as in `macro_rules! name`.
    if last != b"!" and not (b"!" in window and _NAME_BEHIND_MARK.search(window)):
        return None
    macro = _MACRO.search(window)
    if macro is None or macro[1] in _NOT_MACROS:
        return None
    if macro[1] == b"macro_rules":
        return Header(ScopeKind.MACRO_DEFINITION, f"macro_rules! {printable(macro[2] or b'')}".rstrip())
    return Header(ScopeKind.MACRO_CALL)


def read_header(data: bytes, text: bytes, start: int, opener: int, *, in_macro: bool) -> Header:
    """Classify the header ``text[start:opener]`` of a brace; attributes in front of it are already skipped.

    Inside macros the header may begin with fragments such as ``$(#[$meta])*``, so there the last
    function, module or trait keyword counts wherever it stands.
    """
    if found := _HEAD.match(text, start, opener):
        return _declared(data, text, found, opener)
    if _EXTERN_BLOCK.match(text, start, opener):
        return Header(ScopeKind.EXTERN)
    if in_macro:
        # What stands in complete braces before, such as the first branch of `if {} else {`, is another item.
        start = max(start, text.rfind(b"}", start, opener))
        last = None
        for candidate in _FN_IN_MACRO.finditer(text, start, opener):
            last = candidate
        if last is not None:
            return _named(_KEYWORDS[last[1]], last[2])
    return Header(ScopeKind.BLOCK)


def _declared(data: bytes, text: bytes, found: re.Match[bytes], opener: int) -> Header:
    if found[1]:
        return _named(_KEYWORDS[found[1]], found[2])
    if found[3]:
        return Header(ScopeKind.IMPL, impl_label(data, text, found.end(3), opener))
    return _named(ScopeKind.VALUE, found[5] or found[7])


def _named(kind: ScopeKind, name: bytes) -> Header:
    return Header(kind, bounded(_PREFIX.get(kind, "") + printable(name)))


def head_name(text: bytes, start: int, end: int) -> tuple[bytes, bytes] | None:
    """Keyword and name of the item whose head starts at ``start``: ``(b"fn", b"name")``; None if there is none."""
    found = _HEAD.match(text, start, end)
    if found is None:
        return None
    if found[3]:
        return b"impl", b""
    if found[1]:
        return found[1], found[2]
    return (found[4], found[5]) if found[4] else (found[6], found[7])


def item_label(keyword: bytes, name: bytes) -> str:
    """How an item is named in item paths: modules, traits and macros with their keyword, others by name."""
    return _PREFIX.get(_KEYWORDS.get(keyword, ScopeKind.VALUE), "") + printable(name)


def impl_label(data: bytes, text: bytes, start: int, end: int) -> str:
    """``impl Trait for Type`` from the text behind ``impl``: without its generics and where clause."""
    begin = start
    while begin < end and text[begin : begin + 1].isspace():
        begin += 1
    if text[begin : begin + 1] == b"<":
        begin = skip_angles(text, begin, end)
    if where := _WHERE.search(text, begin, end):
        end = where.start()
    return bounded(spaced(["impl", *(printable(word) for word in tokens(data, text, begin, end))]))


def skip_angles(text: bytes, start: int, end: int) -> int:
    """The offset behind the ``>`` that closes the ``<`` at ``start``; ``end`` when nothing does."""
    depth = 0
    for found in _ANGLE.finditer(text, start, min(end, start + _LONGEST_GENERICS)):
        if found[0] == b"<":
            depth += 1
        elif found[0] == b">":
            depth -= 1
            if depth == 0:
                return found.end()
    return end


def spaced(words: list[str]) -> str:
    """Join tokens with one fixed layout, so that formatting does not change an item path."""
    out: list[str] = []
    for word in words:
        if (
            (
                out
                and (
                    (_wordlike(word) and _wordlike(out[-1]) and out[-1] != "$")
                    or out[-1] in (",", ";")
                    or "+" in (word, out[-1])
                )
            )
            or (out and _wordlike(word) and out[-1] == ">" and word in ("for", "as", "dyn"))
            or (
                out
                and word in ("!", "&", "(", "[", "*", "<")
                and out[-1] in ("impl", "for", "dyn", "mut", "const")
            )
        ):
            out.append(" ")
        out.append(word)
    return "".join(out)


def _wordlike(word: str) -> bool:
    return word[0].isalnum() or word[0] in "_$"


def printable(raw: bytes) -> str:
    """A name as text; what is not UTF-8 becomes the replacement character.

    The brackets of ``paste!`` may have gaps inside, and how wide they are is no part of the name.
    """
    name = raw.decode("utf-8", "replace")
    return " ".join(name.split()) if name.startswith("[") else name


def bounded(label: str) -> str:
    """A label of at most 160 characters; a longer one keeps its identity through a digest."""
    if len(label) <= _LABEL_LIMIT:
        return label
    identity = hashlib.blake2b(label.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{label[: _LABEL_LIMIT - 14]}…{identity}"
