"""``#[target_feature(enable = ...)]`` on functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.source import Source

KIND = Kind(
    "target-feature",
    Group.MEMORY,
    "a `target_feature` function: calling it on a processor without the feature is undefined behaviour",
    "https://doc.rust-lang.org/reference/attributes/codegen.html#the-target_feature-attribute",
    words=(b"target_feature", b"force_target_feature"),
)
_SHAPE = re.compile(rb"\w+\s*\(")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at the attribute's word; ``cfg(target_feature = ...)`` is a predicate and no site."""
    if not _SHAPE.match(source.text, at):
        return
    group = source.attribute_group(at)
    if group >= 0:
        yield source.attribute_match(group, at, source.wrapped_unsafe(at))
