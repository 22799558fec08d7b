"""Cut Markdown is short enough, ends in a note, and leaves nothing open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.github.people import co_authors
from bot.github.perform.limits import cut
from bot.render.prose import say


def test_what_fits_is_left_alone() -> None:
    assert cut("é" * 10, 20) == "é" * 10


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("```rust\n" + "let x = 1;\n" * 100 + "```\n", id="in a fence"),
        pytest.param("~~~~\n```\n" + "x\n" * 200 + "~~~~\n", id="in a fence that holds another"),
        pytest.param(
            "<details>\n<summary>s</summary>\n\n" + "x\n" * 200 + "</details>\n", id="in a folded part"
        ),
        pytest.param(
            "<details>\n\n```\n" + "</details>\n" * 50 + "```\n</details>\n", id="in a fence that is folded"
        ),
        pytest.param("x" * 1000, id="in one long line"),
        pytest.param("é" * 100 + "\n" + "é" * 400, id="between characters of several bytes"),
    ],
)
def test_a_cut_text_is_closed_and_says_that_it_is_cut(text: str) -> None:
    from markdown_it import MarkdownIt

    short = cut(text, 400)
    assert len(short.encode()) <= 400
    assert short.endswith(f"{say('github.cut')}\n")
    tokens = MarkdownIt("commonmark").parse(short)
    # The note is a paragraph of its own, at the outermost level.
    assert [token.type for token in tokens[-3:]] == ["paragraph_open", "inline", "paragraph_close"]
    assert tokens[-2].content == say("github.cut")
    outside = [token.content for token in tokens if token.type in {"html_block", "html_inline"}]
    assert sum(one.count("<details") - one.count("</details>") for one in outside) == 0


@given(
    st.lists(
        st.sampled_from(
            ["```", "````", "~~~", "```rust", "<details>", "</details>", "x", "", "  ```", "é" * 9]
        )
    ),
    st.integers(200, 400),
)
def test_any_text_is_cut_to_its_limit(lines: list[str], limit: int) -> None:
    text = "\n".join(lines * 9)
    assert len(cut(text, limit).encode()) <= max(limit, 0)


@given(st.text(alphabet=" \t\r\n:<>@aco-uthred-by", max_size=300))
def test_reading_trailers_never_fails(message: str) -> None:
    for address in co_authors(message):
        assert address
        assert "<" not in address


def test_a_hostile_trailer_is_read_in_no_time() -> None:
    import time

    before = time.perf_counter()
    for hostile in (
        "Co-authored-by: x <" + " " * 200_000,
        "co-authored-by:" * 20_000,
        ("Co-authored-by: <\n" * 20_000),
    ):
        assert not list(co_authors(hostile))
    assert time.perf_counter() - before < 1
