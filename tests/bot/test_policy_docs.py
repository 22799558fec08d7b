"""The policy's reference page is complete, and its examples load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzers.model import Group
from bot.policy import PolicyError, load, schema

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference/policy.md").read_text(encoding="utf-8")
GUIDE = (DOCS / "how-to/policy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", PAGE + GUIDE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_loads_without_a_note(example: str) -> None:
    if not example.startswith("#:schema"):
        assert load(example.encode(), "policy.md").notes == ()


def test_the_mistake_that_the_guide_shows_is_told_like_that() -> None:
    shown = re.search(r"^\S+:3:1: error: (.+)$", GUIDE, re.MULTILINE)
    assert shown is not None
    with pytest.raises(PolicyError) as caught:
        load(b"version = 1\n\n[pool.x]\n", "x")
    assert [problem.message for problem in caught.value.errors] == [shown[1]]


def test_every_key_has_a_row_and_every_row_a_key() -> None:
    rows = set(re.findall(r"^\| `([\w.]+)` \|", PAGE, re.MULTILINE))
    assert rows == set(_keys(schema(), schema(), ""))


@pytest.mark.parametrize("group", Group)
def test_every_group_is_named(group: Group) -> None:
    assert f"`{group}`" in PAGE


def _keys(whole: dict[str, Any], node: dict[str, Any], path: str) -> Iterator[str]:
    """The dotted keys of a schema down to plain values; NAME and ID stand for keys of the user's own."""
    node = _resolved(whole, _resolved(whole, node).get("items", node))
    inner = dict(node.get("properties", {}))
    if isinstance(node.get("additionalProperties"), dict):
        inner["NAME" if path == "pools" else "ID"] = node["additionalProperties"]
    if not inner:
        yield path
    for key, value in inner.items():
        yield from _keys(whole, value, f"{path}.{key}".lstrip("."))


def _resolved(whole: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    nodes = (node, *node.get("anyOf", ()))
    named = next((each["$ref"] for each in nodes if "$ref" in each), None)
    definition: dict[str, Any] = whole["$defs"][named.removeprefix("#/$defs/")] if named else node
    return definition
