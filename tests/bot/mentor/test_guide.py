"""The guide about mentoring says what is there."""

from __future__ import annotations

import re
from pathlib import Path

from bot.mentor.occasions import Occasion
from bot.mentor.pace import LEAST
from bot.mentor.texts import ITEM_WORDS, WELCOME, WELCOME_WORDS
from bot.policy import load
from bot.policy.model import Greet
from bot.render.checklist_advice import MOST_OWN

GUIDE = (Path(__file__).parents[3] / "docs/how-to/mentor.md").read_text(encoding="utf-8")


def rows(pattern: str) -> list[tuple[str, str]]:
    return re.findall(rf"^\| `{pattern}` \| (\w+)", GUIDE, re.MULTILINE)


def test_its_example_loads_without_a_note() -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    assert load(example.encode(), "mentor.md").notes == ()


def test_every_placeholder_has_a_row_that_says_where_it_counts() -> None:
    told = dict(rows(r"\{\{ (\w+) \}\}"))
    assert told == {word: "both" if word in ITEM_WORDS else "welcome" for word in WELCOME_WORDS}


def test_every_way_to_greet_has_a_row() -> None:
    assert {word for word, _ in rows(r"([a-z-]+)")} - {"greet"} == {greet.value for greet in Greet}


def test_its_figures_are_those_of_the_code() -> None:
    assert f"at most {MOST_OWN:,} characters" in GUIDE
    assert {3: "fewer than three"}[LEAST] in GUIDE
    assert f"`{WELCOME}`" in GUIDE


def test_every_occasion_is_listed() -> None:
    (listed,) = re.findall(r"when a pull request\n\n(.*?)\n\n", GUIDE, re.DOTALL)
    # A label and a command are two ways to ask.
    assert listed.count("\n- ") + 1 == len(Occasion) + 1
