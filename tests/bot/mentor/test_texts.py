"""Texts of the maintainers' own: what they may say, and what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.mentor.texts import WELCOME, WELCOME_WORDS, filled, is_text, read_texts

IDS = ("description", "license")
ITEM = ".github/cratewarden/checklist/description.md"


def mistakes(path: str, data: bytes | None) -> list[str]:
    texts = read_texts({path: data}, IDS)
    assert (texts.welcome, dict(texts.items)) == ("", {})
    return [f"{each.line}: {each.message}" for each in texts.mistakes]


def test_a_file_stands_for_the_text_it_is_called_after() -> None:
    texts = read_texts(
        {ITEM: b"Ask {{ author }}.\n", WELCOME: "Grüezi!".encode(), "README.md": b"{{ x }}"}, IDS
    )
    assert (texts.welcome, dict(texts.items)) == ("Grüezi!", {"description": "Ask {{ author }}."})
    assert texts.mistakes == ()


@pytest.mark.parametrize("path", [ITEM, WELCOME])
def test_only_texts_are_texts(path: str) -> None:
    assert is_text(path)
    assert not is_text(f"x/{path}")
    assert not is_text(path.replace(".md", ".txt"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "0: it is no plain file, or too large to be read"),
        (b" \n", "0: it is empty; delete it to have the built-in text"),
        (b"fine\n\xff", "2: it is not UTF-8"),
        (b"x" * 4001, "0: it has 4001 characters; shorten it to 4000"),
        (b"\n\nHi {{ auther }}", "3: there is no placeholder `auther`; did you mean `author`?"),
        (b"{{ people }}", "1: there is no placeholder `people`; known are: `author`, `repository`, `mentor`"),
    ],
)
def test_a_broken_file_is_told_by_its_line_and_left_out(data: bytes | None, message: str) -> None:
    assert mistakes(ITEM, data) == [message]


def test_an_unknown_item_is_told_with_the_nearest_one() -> None:
    path = ".github/cratewarden/checklist/licence.md"
    assert mistakes(path, b"x") == ["0: there is no item `licence`; did you mean `license`?"]


def test_a_mark_that_windows_editors_leave_is_no_text() -> None:
    assert read_texts({WELCOME: b"\xef\xbb\xbfMoin\r\n"}, IDS).welcome == "Moin"


def test_one_broken_file_does_not_spoil_the_others() -> None:
    texts = read_texts({ITEM: b"{{ x }}", WELCOME: b"Hello"}, IDS)
    assert (texts.welcome, len(texts.mistakes)) == ("Hello", 1)


def test_the_welcome_knows_more_words_than_an_item() -> None:
    every = " ".join(f"{{{{ {word} }}}}" for word in WELCOME_WORDS)
    assert read_texts({WELCOME: every.encode()}, IDS).welcome == every
    assert mistakes(ITEM, every.encode())


def test_expressions_of_github_actions_are_no_placeholders() -> None:
    text = "token: ${{ author }} ${{ secrets.TOKEN }} {{ Author }} {{author}}"
    assert read_texts({ITEM: text.encode()}, IDS).mistakes == ()
    assert filled(text, {"author": "@al"}) == "token: ${{ author }} ${{ secrets.TOKEN }} {{ Author }} @al"


def test_what_is_put_in_is_not_looked_at_again() -> None:
    assert filled("{{ asked }}", {"asked": "{{ help }}"}) == "{{ help }}"


@given(data=some.binary(max_size=200) | some.text(alphabet="{} ax$\n", max_size=60).map(str.encode))
def test_any_bytes_are_either_a_text_that_can_be_filled_or_a_mistake(data: bytes) -> None:
    texts = read_texts({WELCOME: data}, IDS)
    assert bool(texts.welcome) is not bool(texts.mistakes)
    filled(texts.welcome, dict.fromkeys(WELCOME_WORDS, "-"))
