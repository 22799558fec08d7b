"""The maintainers' own words in place of the built-in ones, from files of the base branch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.policy.nearest import did_you_mean, quoted
from bot.render.checklist_advice import MOST_OWN
from bot.render.mentor_texts import TextMistake

FOLDER = ".github/cratewarden/"
WELCOME = f"{FOLDER}welcome.md"
_ITEM = re.compile(rf"{re.escape(FOLDER)}checklist/([^/]+)\.md")
ITEM_WORDS = ("author", "repository", "mentor")
"""What ``{{ ... }}`` can stand for in the text of an item."""
WELCOME_WORDS = (*ITEM_WORDS, "asked", "people", "time", "help")
"""The same in the welcome."""
# ``${{ ... }}`` is an expression of GitHub Actions, which a text about releases may quote.
_PLACEHOLDER = re.compile(r"(?<!\$)\{\{\s*([a-z_]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts that can be used, with their placeholders: the welcome (empty without one), and items by their ids."""

    welcome: str = ""
    items: Mapping[str, str] = field(default_factory=dict)
    mistakes: tuple[TextMistake, ...] = ()


def is_text(path: str) -> bool:
    """Whether a file of that path is one of the texts."""
    return path == WELCOME or _ITEM.fullmatch(path) is not None


def read_texts(files: Mapping[str, bytes | None], ids: tuple[str, ...]) -> Texts:
    """The texts in files by path (others are passed over); None stands for a file that cannot be read.

    ``ids`` are those of the items. A file with any mistake is left out, so that the built-in text stands in for it.
    """
    mistakes: list[TextMistake] = []
    welcome, items = "", {}
    for path, data in sorted(files.items()):
        item = _ITEM.fullmatch(path)
        if item is None and path != WELCOME:
            continue
        text, wrong = _read(path, data, ITEM_WORDS if item else WELCOME_WORDS)
        if item is not None and item[1] not in ids:
            near = did_you_mean(item[1], ids, "items")
            wrong = [TextMistake(path, 0, f"there is no item {quoted(item[1])}{near}")]
        if wrong:
            mistakes += wrong
        elif item is not None:
            items[item[1]] = text
        else:
            welcome = text
    return Texts(welcome, items, tuple(sorted(mistakes)))


def filled(text: str, words: Mapping[str, str]) -> str:
    """A text with its placeholders replaced by Markdown of ours.

    Raises:
        KeyError: a placeholder is not among the words.
    """
    return _PLACEHOLDER.sub(lambda found: words[found[1]], text)


def _read(path: str, data: bytes | None, words: tuple[str, ...]) -> tuple[str, list[TextMistake]]:
    if data is None:
        return "", [TextMistake(path, 0, "it is no plain file, or too large to be read")]
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", [TextMistake(path, line, "it is not UTF-8")]
    if not text:
        return "", [TextMistake(path, 0, "it is empty; delete it to have the built-in text")]
    if len(text) > MOST_OWN:
        message = f"it has {len(text)} characters; shorten it to {MOST_OWN}"
        return "", [TextMistake(path, 0, message)]
    return text, list(_unknown(path, data.decode("utf-8-sig"), words))


def _unknown(path: str, text: str, words: tuple[str, ...]) -> Iterator[TextMistake]:
    for number, line in enumerate(text.splitlines(), 1):
        for found in _PLACEHOLDER.finditer(line):
            if found[1] not in words:
                near = did_you_mean(found[1], words, "known are")
                yield TextMistake(path, number, f"there is no placeholder {quoted(found[1])}{near}")
