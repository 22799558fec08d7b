"""No string that a pull request controls changes more of an output than the place it stands in."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import bot.render
from analyzers.model import (
    Analysis,
    ChangeClass,
    Contract,
    ContractState,
    Crate,
    Finding,
    Inventory,
    Note,
    Place,
    Severity,
    Site,
    Unanalysed,
    UnanalysedReason,
)
from bot.model import AuditReport, Decision, Mode, ReviewReport, State
from bot.render import Display
from bot.render.escape import visible
from tests.goldens import reports

NASTY = [
    "`",
    "```",
    "\n",
    "\r\n",
    "~~~\n",
    "</details>",
    "<!--",
    "-->",
    "<script>",
    "](https://example.org)",
    "@everyone",
    "::error::x",
    "##[error]",
    "%0A",
    ",title=x",
    "\x1b]8;;https://example.org\x1b\\",
    "\x1b[2J",
    "\x07",
    "\u202e",
    "\udc9b",
    "\ud83d",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{count}",
    "| a |",
    "\\",
    "&lt;",
    '"',
    "'",
]
HOSTILE = st.lists(
    st.sampled_from(NASTY) | st.text(st.characters(categories=None), max_size=4), min_size=1
).map(lambda parts: "x" + "".join(parts) + "x")
OWN_SEQUENCES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[!-~]*\x1b\\")
COMMAND = re.compile(r"::(error|warning|notice) ?([^:\r\n]*)::([^\r\n]*)")


def review_with(path: str, item: str, code: str, detail: str) -> ReviewReport:
    source = f"unsafe {{ {code}".encode("utf-8", "surrogatepass")
    site = Site("unsafe-block", item, 1, 1, 1 + source.count(b"\n"), 0, 0, len(source), "t", detail=detail)
    added = reports.change(ChangeClass.ADDED, path, site)
    moved = reports.change(ChangeClass.MOVED, path, site, Place(path + "o", site))
    return ReviewReport(
        reports.BASE,
        reports.HEAD,
        Analysis(
            (added, moved),
            (
                reports.finding("missing-safety-comment", Severity.WARN, path, site),
                Finding("stale-safety-comment", Severity.NOTE, path, 7, 1, 7, "unsafe-impl", item),
            ),
            (Unanalysed(path, UnanalysedReason.TOO_LARGE, 3, detail),),
        ),
        Decision(
            State.PENDING,
            Mode.ENFORCE,
            (reports.rule(State.PENDING, added, name=detail, pools=(detail, item)),),
        ),
        {},
        {path: source},
        f"/home/{detail}",
    )


def audit_with(path: str, item: str, detail: str) -> AuditReport:
    lacking = Contract(ContractState.MISSING_COMMENT)
    site = Site("unsafe-block", item, 1, 1, 1, 0, 0, 9, "t", detail=detail, cfg=(detail,), contract=lacking)
    return AuditReport(
        reports.HEAD,
        Inventory(
            [(Place(path, site), "f" * 32)],
            (
                reports.finding("missing-safety-comment", Severity.NOTE, path, site),
                replace(
                    reports.finding("ffi-clash", Severity.WARN, path, site),
                    notes=(Note("ffi-clash-kind", (("here", detail), ("there", item)), path, 3),),
                ),
            ),
            (Crate(detail, path, 1, 9, 1, 1, (("unsafe-block", 1),)),),
            (Unanalysed(path, UnanalysedReason.CRASHED, 3, detail),),
        ),
        f"/home/{detail}",
    )


def markdown_shape(output: str) -> list[tuple[str, str]]:
    """The structure of a Markdown page: all tokens, with the text of those that are not code."""
    shape = []
    for token in MarkdownIt("commonmark").parse(output):
        for part in [token, *(token.children or [])]:
            literal = part.type in {"text", "html_block", "html_inline"}
            shape.append((part.type, part.content if literal else ""))
            if part.type == "link_open":
                assert re.match(r"\.\./blob/[0-9a-f]{40}/[\w%/.~-]+#L\d+$", str(part.attrs["href"]))
    return shape


class Tags(HTMLParser):
    """The tags and attributes of a page, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


def html_shape(output: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    parser = Tags()
    parser.feed(output)
    return parser.seen


def assert_shows_all(text: str) -> None:
    shown = text.replace("\n", "")
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert "##[" not in text


def assert_obeyed_by_no_runner(text: str) -> None:
    assert not any(COMMAND.match(line.lstrip()) for line in text.splitlines())


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_a_comment_keeps_its_structure(path: str, item: str, code: str, detail: str) -> None:
    output = bot.render.review(review_with(path, item, code, detail), "markdown")
    harmless = bot.render.review(review_with("p", "i", "c", "d"), "markdown")
    assert markdown_shape(output) == markdown_shape(harmless)
    assert_shows_all(output)
    assert_obeyed_by_no_runner(output)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, st.booleans(), st.integers(20, 200))
def test_a_terminal_gets_no_sequences_but_ours(
    path: str, item: str, code: str, detail: str, color: bool, width: int
) -> None:
    display = Display(color=color, hyperlinks=color, width=width, verbose=True)
    for output in (
        bot.render.review(review_with(path, item, code, detail), "text", display),
        bot.render.audit(audit_with(path, item, detail), "text", display),
    ):
        assert color or "\x1b" not in output
        assert_shows_all(OWN_SEQUENCES.sub("", output))
        assert_obeyed_by_no_runner(output)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_a_workflow_log_gets_no_commands_but_ours(path: str, item: str, code: str, detail: str) -> None:
    output = bot.render.review(review_with(path, item, code, detail), "github")
    *commands, last = output.splitlines()
    assert len(commands) == 4
    for line in commands:
        command = COMMAND.fullmatch(line)
        assert command, line
        given_properties = [pair.partition("=")[::2] for pair in command[2].split(",")]
        names = [name for name, _ in given_properties]
        assert names in (["file", "line", "col", "endLine", "title"], ["file", "line", "title"])
        file = given_properties[0][1]
        for escaped, plain in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
            file = file.replace(escaped, plain)
        assert file == visible(path)
    assert_obeyed_by_no_runner(last)
    assert_shows_all(output)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_documents_for_programs_load_and_keep_their_keys(
    path: str, item: str, code: str, detail: str
) -> None:
    report, harmless = review_with(path, item, code, detail), review_with("p", "i", "c", "d")
    audit, calm = audit_with(path, item, detail), audit_with("p", "i", "d")
    for format in ("json", "sarif"):
        for output, model in (
            (bot.render.review(report, format), bot.render.review(harmless, format)),
            (bot.render.audit(audit, format), bot.render.audit(calm, format)),
        ):
            assert keys(json.loads(output)) == keys(json.loads(model))
            assert_shows_all(output)


def keys(value: object) -> object:
    if isinstance(value, dict):
        return {name: keys(one) for name, one in value.items()}
    return [keys(one) for one in value] if isinstance(value, list) else None


@given(HOSTILE, HOSTILE, HOSTILE)
def test_a_page_keeps_its_tags(path: str, item: str, detail: str) -> None:
    output = bot.render.audit(audit_with(path, item, detail), "html")
    harmless = bot.render.audit(audit_with("p", "i", "d"), "html")
    assert without_inline_code(output) == without_inline_code(harmless)
    assert_shows_all(output)


def without_inline_code(output: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """The tags of a page; backticks in a figure may turn parts of it into code, which is harmless."""
    return [tag for tag in html_shape(output) if tag != ("code", [])]
