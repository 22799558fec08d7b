"""Hostile text is inert in every notation."""

from __future__ import annotations

import json
import unicodedata
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.render.escape import (
    cells,
    code,
    command_data,
    command_property,
    fence,
    inert_lines,
    json_text,
    percent,
    shown,
    visible,
)

ANY = st.text(st.characters(categories=None))
TICKS = st.text(alphabet="`` \n~<a>[]()!*_\\|", max_size=20)


@pytest.mark.parametrize(
    ("hostile", "spelled"),
    [
        ("plain 漢字 é 🦀", "plain 漢字 é 🦀"),
        ("\x1b[31m", r"\u{1b}[31m"),
        ("a\r\nb\tc\0", r"a\u{d}\u{a}b\u{9}c\u{0}"),
        ("\u202egpj.exe\u2069", r"\u{202e}gpj.exe\u{2069}"),
        ("\x9b2J", r"\u{9b}2J"),
        ("zero\u200bwidth\u2028line", r"zero\u{200b}width\u{2028}line"),
        ("tag \U000e0041", r"tag \u{e0041}"),
        ("byte \udcff, half \ud800", r"byte \xff, half \u{d800}"),
        ("##[error]", r"#\u{23}[error]"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(hostile: str, spelled: str) -> None:
    assert visible(hostile) == spelled


@given(ANY)
def test_visible_text_has_no_control_or_format_character_and_stays_the_same(text: str) -> None:
    seen = visible(text)
    assert not {unicodedata.category(char) for char in seen} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert "##[" not in seen
    assert visible(seen) == seen


@given(ANY | TICKS)
def test_a_code_span_is_one_code_span_and_nothing_else(text: str) -> None:
    tokens = MarkdownIt("commonmark").parseInline(f"a {code(text)} b")[0].children or []
    assert [token.type for token in tokens] == ["text", "code_inline", "text"]
    seen = shown(text, 200)
    assert tokens[1].content in {seen, f" {seen} "}


@given(st.lists(ANY | TICKS, max_size=5))
def test_no_line_of_code_ends_its_fence(lines: list[str]) -> None:
    tokens = MarkdownIt("commonmark").parse(f"{fence(lines, 'rust')}\n\nafter")
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]
    assert tokens[0].info == "rust"
    assert tokens[0].content == "".join(f"{visible(line)}\n" for line in lines)


@given(st.binary())
def test_a_path_in_an_address_keeps_its_bytes(raw: bytes) -> None:
    quoted = percent(raw.decode("utf-8", "surrogateescape"))
    assert unquote_to_bytes(quoted) == raw
    assert not set(quoted) & set(" \"'()<>[]:#?&\\`{}|^")


@given(ANY)
def test_a_json_document_is_safe_to_show_and_loads_everywhere(text: str) -> None:
    document = json_text(json.dumps({"text": text}, ensure_ascii=False, indent=2))
    assert visible(document.replace("\n", "")) == document.replace("\n", "")
    loaded = json.loads(document)["text"]
    assert not any("\ud800" <= char <= "\udfff" for char in loaded)
    if not any("\ud800" <= char <= "\udfff" for char in text):
        assert loaded == text


@given(ANY)
def test_a_command_is_one_line_whose_parts_come_back(text: str) -> None:
    value, data = command_property(text), command_data(text)
    assert not set(value) & set("\r\n:,")
    assert not set(data) & set("\r\n")
    back = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    assert back == text


@pytest.mark.parametrize(
    ("line", "inert"),
    [
        ("::error file=x::owned", r"\u{3a}:error file=x::owned"),
        ("  ::add-mask::owned", r"  \u{3a}:add-mask::owned"),
        ("\u3000::Stop-Commands::x", "\u3000" + r"\u{3a}:Stop-Commands::x"),
        ("fine\n::group::x\nfine", "fine\n\\u{3a}:group::x\nfine"),
        ("::std::mem::swap(a, b)", "::std::mem::swap(a, b)"),
        ("a ::error::b", "a ::error::b"),
    ],
)
def test_only_what_the_runner_would_obey_is_changed(line: str, inert: str) -> None:
    assert inert_lines(line) == inert


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("🦀", 2), ("é", 1)])
def test_cells_are_those_of_a_terminal(text: str, width: int) -> None:
    assert cells(text) == width
