"""Attributes in front of items: which ones make code test-only, and the cfg predicates they put in force."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# Built-in attributes (Reference, "Testing attributes") and the runtimes' own that expand to them. Others
# do not count: an attribute that anybody can write must not make production code look like a test.
TEST_ATTRIBUTES = frozenset(
    ("test", "bench", "tokio::test", "async_std::test", "actix_rt::test", "core::prelude::v1::test")
)
_CFG_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\w:]+|[(),=]')
_MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its path with layout removed, and the text of its arguments, layout folded."""

    path: str
    arguments: str


@lru_cache(maxsize=4096)
def excludes_production(predicate: str) -> bool:
    """Whether a cfg predicate can only hold while ``test`` is set.

    Three-valued: ``test`` counts as false, everything else as unknown (Reference, "Conditional
    compilation").
    """
    words = _CFG_TOKEN.findall(predicate)
    value, _ = _evaluate(words, 0, 0)
    return value is False


def _evaluate(words: list[str], at: int, depth: int) -> tuple[bool | None, int]:
    if at >= len(words) or depth > _MAX_DEPTH:
        return None, len(words)
    name = words[at]
    if at + 1 < len(words) and words[at + 1] == "(":
        values: list[bool | None] = []
        at += 2
        while at < len(words) and words[at] != ")":
            if words[at] == ",":
                at += 1
                continue
            value, at = _evaluate(words, at, depth + 1)
            values.append(value)
        return _combine(name, values), at + 1
    if at + 1 < len(words) and words[at + 1] == "=":
        return None, at + 3
    return (False if name == "test" else None), at + 1


def _combine(operator: str, values: list[bool | None]) -> bool | None:
    if operator == "all":
        return False if False in values else None
    if operator == "any":
        return False if values and all(value is False for value in values) else None
    if operator == "not" and len(values) == 1 and values[0] is not None:
        return not values[0]
    return None


def predicates(attributes: tuple[Attribute, ...]) -> tuple[str, ...]:
    """The arguments of the ``cfg`` attributes, in order."""
    return tuple(attribute.arguments for attribute in attributes if attribute.path == "cfg")


def marks_test(attributes: tuple[Attribute, ...]) -> bool:
    """Whether the attributes make an item test-only."""
    return any(
        attribute.path in TEST_ATTRIBUTES
        or (attribute.path == "cfg" and excludes_production(attribute.arguments))
        for attribute in attributes
    )
