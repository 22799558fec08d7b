"""Every reason and every refusal has its words, and the words are sentences."""

from __future__ import annotations

import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import bot.commands
import bot.mentor
import bot.reviewers
from bot.commands.wording import sentence_of
from bot.model import Barred
from bot.reviewers import Why

PHRASES: dict[str, Any] = tomllib.loads((files("templates") / "phrases.toml").read_text(encoding="utf-8"))


def sources(package: str) -> str:
    paths = sorted(Path(package).parent.rglob("*.py"))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


WITH_REASONS = "\n".join(sources(str(each.__file__)) for each in (bot.reviewers, bot.mentor, bot.commands))
REASONS = set(re.findall(r'"why\.([a-z-]+)"', WITH_REASONS))
COMMANDS = sources(bot.commands.__file__)


def test_reasons_in_the_code_and_in_the_phrases_are_the_same() -> None:
    assert REASONS | {f"not-{each}" for each in Barred} == set(PHRASES["why"])


def test_no_phrase_for_commands_is_left_over() -> None:
    used = set(re.findall(r'"(?:commands\.)?([a-z-]+)"', COMMANDS))
    left = {name for name in PHRASES["commands"] if name not in used}
    assert {name.rpartition("-")[0] for name in left} <= {"who", "not"}


@pytest.mark.parametrize("name", sorted(PHRASES["why"]))
def test_a_reason_is_a_sentence_after_a_colon(name: str) -> None:
    words = {field for _, field, _, _ in string.Formatter().parse(PHRASES["why"][name]) if field}
    numbers = {"count", "load", "weight", "hours"}
    said = sentence_of(
        Why(f"why.{name}", tuple((word, 3 if word in numbers else "x`y") for word in sorted(words)))
    )
    assert said.endswith(".")
    assert "{" not in said


def test_a_reason_is_told_with_what_else_is_to_be_known() -> None:
    away = Why("why.away", (("person", "carol"), ("until", "2026-12-24")))
    why = Why("why.least-loaded", (("load", 1), ("count", 3), ("pools", "unsafe")), (away,))
    assert sentence_of(why) == (
        "fewest open requests (1) of 3 people in `unsafe`. `carol` is away until `2026-12-24`."
    )


def test_a_shortage_is_told_with_its_figures() -> None:
    words = (("count", 2), ("rule", "unsafe code"), ("pools", "unsafe"))
    assert sentence_of(Why("shortage", words)) == "2 more people of `unsafe` are needed than can be asked."
