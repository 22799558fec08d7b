"""A command is a line that addresses the App, and never something that is code, quoted, hidden or struck."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.commands.parse import LIMIT, Order, parse

NAMES = ("cratewarden",)
HELP = (Order("help"),)


def found(body: str) -> tuple[Order, ...]:
    return parse(body, NAMES)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("@cratewarden help", HELP, id="a line"),
        pytest.param("@CrateWarden HELP", HELP, id="case does not matter"),
        pytest.param("  @cratewarden   help  ", HELP, id="neither do blanks around it"),
        pytest.param("@cratewarden\thelp", HELP, id="nor a tab"),
        pytest.param("@cratewarden", (Order(""),), id="a mere mention"),
        pytest.param("Thanks!\n@cratewarden help", HELP, id="below a line of the same paragraph"),
        pytest.param("Thanks!\r\n\r\n@cratewarden help\r\nBye", HELP, id="with the line breaks of a browser"),
        pytest.param(
            "@cratewarden help\n@cratewarden recheck", (*HELP, Order("recheck")), id="several, in order"
        ),
        pytest.param(
            "@cratewarden waive all it is  `sound`, *really*",
            (Order("waive", "all it is `sound`, *really*"),),
            id="the rest stays as it was written",
        ),
        pytest.param("Hello  \n@cratewarden help", HELP, id="after a hard break"),
        pytest.param(
            "I read Vec<T> and Box<S2>.\n\n@cratewarden help", HELP, id="after generics that look like tags"
        ),
        pytest.param(
            "<details><summary>log</summary>\n\nx\n\n</details>\n\n@cratewarden help",
            HELP,
            id="below something folded",
        ),
        pytest.param("<!-- note -->\n\n@cratewarden help", HELP, id="below an HTML comment"),
        pytest.param("> quoted\n\n@cratewarden help", HELP, id="below a quotation"),
        pytest.param("```\ncode\n```\n@cratewarden help", HELP, id="below code"),
        pytest.param("a `b\nc` d\n@cratewarden help", HELP, id="below code that spans lines"),
        pytest.param("**bold** *x*\n@cratewarden help", HELP, id="below emphasis"),
    ],
)
def test_an_order_is(body: str, expected: tuple[Order, ...]) -> None:
    assert found(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="nothing"),
        pytest.param("please @cratewarden help", id="in the middle of a line"),
        pytest.param("@cratewarden-bot help", id="somebody else with a longer name"),
        pytest.param("@cratewarden[bot] help", id="the account of the App itself"),
        pytest.param("@cratewarden, help", id="talking to it"),
        pytest.param("\\@cratewarden help", id="escaped"),
        pytest.param("> @cratewarden help", id="quoted"),
        pytest.param("> so\n@cratewarden help", id="a lazy line of a quotation"),
        pytest.param(">> @cratewarden help", id="quoted twice"),
        pytest.param("- @cratewarden help", id="in a list"),
        pytest.param("- so\n\n  @cratewarden help", id="in a paragraph of a list"),
        pytest.param("```\n@cratewarden help\n```", id="in a fence"),
        pytest.param("~~~\n@cratewarden help", id="in a fence that nobody closed"),
        pytest.param("    @cratewarden help", id="indented as code"),
        pytest.param("\t@cratewarden help", id="indented by a tab"),
        pytest.param("`@cratewarden help`", id="in a code span"),
        pytest.param("`a\n@cratewarden help\nb`", id="in a code span over lines"),
        pytest.param("``a `\n@cratewarden help\n``", id="in a code span with two ticks"),
        pytest.param(
            "@cratewarden-x `a\n@cratewarden help` b", id="in a code span that starts in a line before"
        ),
        pytest.param("<!-- @cratewarden help -->", id="in an HTML comment"),
        pytest.param("<!--\n\n@cratewarden help\n\n-->", id="in an HTML comment with blank lines"),
        pytest.param("<!--\n@cratewarden help", id="in an HTML comment that nobody closed"),
        pytest.param("x <!-- a\n@cratewarden help\n-->", id="in an HTML comment within a paragraph"),
        pytest.param("<details>\n\n@cratewarden help\n\n</details>", id="folded away"),
        pytest.param("<details>\n\n@cratewarden help", id="folded away to the end"),
        pytest.param("<DETAILS open>\n\n@cratewarden help", id="folded away in capitals"),
        pytest.param(
            "<details>\n\n<!-- </details> -->\n\n@cratewarden help",
            id="folded away although a comment ends it",
        ),
        pytest.param("<blockquote>\n\n@cratewarden help\n\n</blockquote>", id="quoted in HTML"),
        pytest.param("so <kbd>\n@cratewarden help\n</kbd>", id="in a key within a paragraph"),
        pytest.param("<pre>\n@cratewarden help\n</pre>", id="preformatted"),
        pytest.param("<div>\n@cratewarden help\n</div>", id="in HTML, where mentions are no Markdown"),
        pytest.param("~~a\n@cratewarden help\nb~~", id="struck"),
        pytest.param("@cratewarden help\n===", id="a heading"),
        pytest.param("# @cratewarden help", id="a heading with a hash"),
        pytest.param("| a |\n|---|\n@cratewarden help", id="a row of a table"),
        pytest.param("[a\n@cratewarden help](https://example.org)", id="the text of a link"),
        pytest.param("[a]: https://example.org\n'so\n@cratewarden help'", id="the title of a link"),
        pytest.param("*a\n@cratewarden help*", id="emphasised as a part of something"),
        pytest.param("\uf8ff0\uf8ff help", id="what marks orders inside the parser"),
    ],
)
def test_no_order_is(body: str) -> None:
    assert found(body) == ()


def test_marks_of_the_parser_in_a_comment_are_nothing() -> None:
    assert found("\uf8ff1\uf8ff veto\n> @cratewarden veto now\n\n@cratewarden help") == HELP


def test_one_order_too_many_is_told_and_no_more() -> None:
    assert len(found("@cratewarden help\n" * 5 * LIMIT)) == LIMIT + 1


def test_another_name_is_heeded_as_it_is_written() -> None:
    assert parse("@acme.guard help\n@acmexguard veto", ("acme.guard",)) == HELP
    assert parse("@cratewarden help", ()) == ()


def test_an_order_splits_off_its_first_word_without_ticks() -> None:
    assert Order("waive", "`1a2b3c4d` it is fine").words == ("1a2b3c4d", "it is fine")
    assert Order("waive").words == ("", "")


PIECES = st.sampled_from(
    [
        "@cratewarden help", "\n", "\n\n", "`", "``", "```", "~~~", "> ", "    ", "\t", "- ", "<!--", "-->",
        "<details>",
        "</details>", "<pre>", "</pre>", "<", ">", "[", "](", ")", "*", "~~", "|", "---", "\\", "&lt;", "x", " ",
        "\r\n",
        "\uf8ff", "1. ", "[a]: ", "\x00", "<code>", "</code>", "#",
    ]
)  # fmt: skip
MARKDOWN = st.lists(PIECES, max_size=30).map("".join)


@given(st.one_of(MARKDOWN, st.text(), st.text(alphabet=st.characters(codec=None))))
def test_every_text_is_accepted(body: str) -> None:
    for order in found(body):
        assert order.name == order.name.lower()


@given(MARKDOWN)
def test_nothing_is_found_in_code_or_quotations(inner: str) -> None:
    assume("~~~~~" not in inner)
    fenced = f"~~~~~\n{inner}\n~~~~~\n"
    assert found(fenced) == ()
    quoted = "".join(f"> {line}\n" for line in inner.replace("\r\n", "\n").split("\n"))
    assert found(quoted) == ()
    assert found("".join(f"    {line}\n" for line in inner.replace("\r\n", "\n").split("\n"))) == ()


@given(MARKDOWN)
def test_each_order_is_shown_as_a_line_of_its_own(body: str) -> None:
    """Told by what a reader sees: the rendered page without everything that quotes, hides or is code."""
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(body)
    paragraphs = [part.partition("</p>")[0] for part in html.split("<p>")[1:]]
    lines = [line for part in paragraphs for line in part.replace("<br />", "").split("\n")]
    shown = sum(line.strip().startswith("@cratewarden help") for line in lines)
    assert len(found(body)) <= min(shown, LIMIT + 1)


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 65_000,
        "*a_ " * 16_000,
        "![](" * 16_000,
        "<a " * 21_000,
        "`" * 65_000,
        ">" * 65_000,
        "|a" * 32_000,
    ],
)
def test_hostile_comments_are_read_in_bounded_time(hostile: str) -> None:
    start = time.process_time()
    found("@cratewarden help\n\n" + hostile)
    assert time.process_time() - start < 20


def test_a_comment_longer_than_github_takes_is_none() -> None:
    assert found("@cratewarden help\n" + "x" * 65_536) == ()
