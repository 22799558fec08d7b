"""The values of integer constant expressions, as far as they are the same on every target."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter

_DEEPEST = 32
# Wider values are no C integers; shifts beyond it would also grow without bound.
_WIDEST = 64
_LONGEST_NUMBER = 80
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F']+|0[bB][01']+|0[0-7']*|[1-9][0-9']*)[uUlL]*\Z")
_CHARACTER = re.compile(r"'([ -&(-\[\]-~])'\Z")
_OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "|": lambda left, right: left | right,
    "&": lambda left, right: left & right,
    "^": lambda left, right: left ^ right,
    "<<": lambda left, right: left << right,
    ">>": lambda left, right: left >> right,
}


def number(text: str) -> int | None:
    """The value of an integer literal (C17, 6.4.4.1); None when it is something else."""
    found = _NUMBER.match(text)
    if found is None or len(text) > _LONGEST_NUMBER:
        return None
    digits = found[1].replace("'", "")
    octal = len(digits) > 1 and digits[1] not in "xXbB" and digits[0] == "0"
    return int(digits, 8) if octal else int(digits, 0)


def value_of(
    node: tree_sitter.Node, source: bytes, known: Callable[[str], int | None], depth: int = 0
) -> int | None:
    """The value of an expression of a parsed ``source``; ``known`` says those of names.

    None when it is not certain, or not the same on every target.
    """
    if depth > _DEEPEST:
        return None
    text = source[node.start_byte : node.end_byte].decode("utf-8", "replace")
    if node.type in ("number_literal", "char_literal"):
        found = _CHARACTER.match(text)
        return ord(found[1]) if found else number(text)
    if node.type == "identifier":
        return known(text)
    if node.type == "parenthesized_expression" and node.named_child_count == 1:
        return value_of(node.named_children[0], source, known, depth + 1)
    combined = {"unary_expression": _unary, "binary_expression": _binary}.get(node.type)
    return combined(node, source, known, depth) if combined else None


def _unary(
    node: tree_sitter.Node, source: bytes, known: Callable[[str], int | None], depth: int
) -> int | None:
    argument = node.child_by_field_name("argument")
    value = None if argument is None else value_of(argument, source, known, depth + 1)
    sign = node.children[0].type
    if value is None or sign not in ("-", "+", "~"):
        return None
    return {"-": -value, "+": value, "~": ~value}[sign]


def _binary(
    node: tree_sitter.Node, source: bytes, known: Callable[[str], int | None], depth: int
) -> int | None:
    left_node, right_node = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = _OPERATORS.get(node.children[1].type)
    if left_node is None or right_node is None or operator is None:
        return None
    left, right = (
        value_of(left_node, source, known, depth + 1),
        value_of(right_node, source, known, depth + 1),
    )
    if left is None or right is None or (node.children[1].type in ("<<", ">>") and not 0 <= right < _WIDEST):
        return None
    value = operator(left, right)
    return value if value.bit_length() <= _WIDEST else None
