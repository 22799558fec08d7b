"""Levels of the lints that guard unsafe code, as attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.source import Source

_LINTS = (
    b"unsafe_code",
    b"unsafe_op_in_unsafe_fn",
    b"unsafe_attr_outside_unsafe",
    b"missing_unsafe_on_extern",
    b"undocumented_unsafe_blocks",
    b"multiple_unsafe_ops_per_block",
    b"missing_safety_doc",
    b"unnecessary_safety_comment",
    b"unnecessary_safety_doc",
    b"macro_metavars_in_unsafe",
    b"unsafe_derive_deserialize",
    b"unsafe_removed_from_name",
    b"unsafe_vector_initialization",
    b"not_unsafe_ptr_arg_deref",
)
KIND = Kind(
    "lint-level",
    Group.LINT,
    "the level of a lint that guards unsafe code",
    "https://doc.rust-lang.org/reference/attributes/diagnostics.html#lint-check-attributes",
    words=_LINTS,
)
_LEVELS = (b"allow", b"expect", b"warn", b"deny", b"forbid")
_WORD = re.compile(rb"\w+")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at a lint's name inside ``allow(...)`` and its likes; one site for each lint that is named."""
    inside = source.delimiters.enclosing(at)
    if inside < 0:
        return
    opener = source.delimiters.opens[inside]
    start = source.word_before(opener, *_LEVELS)
    lint = _WORD.match(source.text, at)
    group = source.attribute_group(start) if start >= 0 else -1
    if group < 0 or lint is None:
        return
    level = source.text[start : source.code_end(opener)]
    detail = f"{level.decode()}({lint[0].decode()})"
    yield source.attribute_match(group, at, -1, span=lint.span(), extra=(level,), detail=detail)
