"""Writes the figures of a measurement as a table."""

from __future__ import annotations

from collections import Counter


def per_kind(true: Counter[str], missed: Counter[str], wrong: Counter[str]) -> str:
    """One row per kind and a total, as Markdown."""
    kinds = sorted({*true, *missed, *wrong})
    rows = [f"| `{kind}` | {true[kind]} | {missed[kind]} | {wrong[kind]} |" for kind in kinds]
    total = f"| all | {true.total()} | {missed.total()} | {wrong.total()} |"
    return "\n".join(("| kind | true | missed | wrong |", "|---|---:|---:|---:|", *rows, total)) + "\n"
