"""Nothing that a stranger writes becomes more than text on GitHub, as GitHub's own parser reads it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.render
from analyzers.fingerprint import of_unanalysed
from analyzers.model import Analysis, ChangeClass, Place, Severity, Site, Unanalysed, UnanalysedReason
from bot.actions import CheckState
from bot.model import (
    Approval,
    Barred,
    Decision,
    Hold,
    HoldReason,
    Mode,
    PolicyEdit,
    RuleResult,
    Source,
    Standing,
    State,
)
from bot.policy import PolicyProblem
from bot.policy.edit import PolicyDifference
from bot.pull import ReviewState
from bot.render.escape import cell, sentence
from bot.render.headline import TITLE
from bot.render.view import Asked, Phrase, Verdicted
from tests.bot.render.gfm import Page
from tests.goldens import pulls, reports

NASTY = [
    "`",
    "``",
    "```\n",
    "\n\n",
    "\r\n",
    "\\",
    "\\|",
    "|",
    "</code>",
    "</details>",
    "<!--",
    "-->",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/x.png)",
    "](https://evil.example)",
    "https://evil.example/",
    "www.evil.example",
    "root@evil.example",
    "@acme/everyone",
    " @torvalds ",
    " #1 ",
    " GH-2 ",
    "acme/ring#3",
    " 1a2b3c4d5e6f ",
    "fixes #4",
    "- [ ] ",
    "# ",
    "\u202e",
    "\udc9b",
    "\u200b",
    "&lt;",
    "{{ 7 * 7 }}",
    "{count}",
    "$x$",
    "~~",
    "**",
]
# A character at both ends, so that nothing is empty; the sign keeps it from being a plain sentence.
HOSTILE = st.lists(
    st.sampled_from(NASTY) | st.text(st.characters(categories=None), max_size=4), min_size=1, max_size=6
).map(lambda parts: "x" + "".join(parts) + "@x")
CALM = "x@x"
ACTIVE = re.compile(
    r"@\w|#\d|GH-\d|\b(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,40}\b|https?:|www\.", re.IGNORECASE
)


def hostile_view(path: str, words: str, login: str, code: str) -> Verdicted:
    """Strangers' words wherever a page shows any."""
    source = f"unsafe {{ {code}".encode("utf-8", "surrogatepass")
    site = Site("unsafe-block", words, 1, 1, 1 + source.count(b"\n"), 0, 0, len(source), "t")
    added = replace(reports.change(ChangeClass.ADDED, path, site), fingerprint="a1" * 16)
    done = replace(reports.change(ChangeClass.CHANGED, path, site), fingerprint="b2" * 16)
    moved = replace(
        reports.change(ChangeClass.MOVED, path, site, Place(path + "o", site)), fingerprint="c3" * 16
    )
    doubt = Unanalysed(path, UnanalysedReason.CRASHED, 3, words, "d4" * 16)
    edit = PolicyEdit(path, "", "e5" * 16)
    names = (added.fingerprint, done.fingerprint, of_unanalysed(doubt), edit.fingerprint)
    waits = (names[0], *names[2:])
    holds = (
        Hold(HoldReason.VETO, who=login, detail=words),
        Hold(HoldReason.FINDING, fingerprint=names[0], detail=words),
        Hold(HoldReason.INCOMPLETE, detail=words),
    )
    ruled = RuleResult(words, State.PENDING, names, (words, login), 2, waits, (login,))
    waiver = Approval(login, Source.WAIVER, frozenset(names[1:2]), pulls.hours_ago(1), reason=words)
    return pulls.waiting(
        pull=pulls.pull(base_ref=words, reviews=(pulls.review(login, ReviewState.APPROVED),)),
        analysis=Analysis(
            (added, done, moved),
            (reports.finding("missing-safety-comment", Severity.BLOCK, path, site),),
            (doubt,),
        ),
        decision=Decision(State.BLOCKED, Mode.ENFORCE, (ruled,), holds),
        standing=Standing((waiver,), barred={login: Barred.PUSHED}, unmapped=(words,)),
        verdict=CheckState.FAILURE,
        published=CheckState.FAILURE,
        asked=(
            Asked(
                login, words, replace(pulls.WHY, words=tuple((name, words) for name, _ in pulls.WHY.words))
            ),
        ),
        notes=(Phrase("people.rule-advises"),),
        policy_edits=(edit,),
        head_sources={path: source},
        base_sources={},
    )


def assert_same_page(hostile: str, calm: str) -> None:
    """The same tags and the same words of ours: all else is inside code, where GitHub links and notifies nothing."""
    read, model = Page(hostile), Page(calm)
    assert read.shape == model.shape
    assert [text.strip() for text in read.text] == [text.strip() for text in model.text]
    assert not [link for link in read.links if not link.startswith(f"{pulls.WEB}/")]


def assert_shows_all(text: str) -> None:
    assert not {unicodedata.category(char) for char in text.replace("\n", "")} & {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }


@settings(max_examples=150)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_the_comment_and_the_check_run_keep_their_structure(
    path: str, words: str, login: str, code: str
) -> None:
    view, calm = hostile_view(path, words, login, code), hostile_view(CALM, CALM, CALM, "c")
    told, model = bot.render.sticky_comment(view), bot.render.sticky_comment(calm)
    assert told is not None
    assert model is not None
    assert_same_page(told, model)
    assert_shows_all(told)
    check, calm_check = bot.render.check_run(view), bot.render.check_run(calm)
    for page, same in ((check.summary, calm_check.summary), (check.text, calm_check.text)):
        assert_same_page(page, same)
        assert_shows_all(page)
    assert len(check.title) <= TITLE
    for remark in check.annotations:
        assert_shows_all(f"{remark.title}{remark.message}")
        assert remark.path.encode()


@settings(max_examples=100)
@given(HOSTILE, HOSTILE)
def test_the_comment_on_a_policy_edit_keeps_its_structure(file: str, words: str) -> None:
    def told(file: str, words: str) -> str:
        problem = PolicyProblem(file, 1, 1, words)
        edit = replace(
            pulls.looser_policy(),
            base_ref=words,
            difference=PolicyDifference(errors=(problem,), notes=(problem,)),
        )
        return bot.render.policy_comment(edit) or ""

    # A file that is named with a colon is another repository's, and has no link.
    assert_same_page(told(file, words), told("x:x@x" if ":" in file else CALM, CALM))


@settings(max_examples=100)
@given(HOSTILE)
def test_the_names_in_a_policy_edit_are_code(name: str) -> None:
    def told(name: str) -> str:
        changes = tuple(replace(one, name=name) for one in pulls.looser_policy().difference.changes)
        edit = replace(pulls.looser_policy(), difference=PolicyDifference(changes))
        return bot.render.policy_comment(edit) or ""

    assert_same_page(told(name), told(CALM))


@given(
    st.lists(st.sampled_from([*NASTY, "a ", "unknown key `b`", "; did you mean `c`?"]) | st.text(max_size=5))
)
def test_a_quoting_sentence_never_acts(parts: list[str]) -> None:
    page = Page(f"said {sentence(''.join(parts))} here")
    assert {tag for tag, _ in page.tags} <= {"p", "/p", "code", "/code"}
    assert not ACTIVE.search("".join(page.text))


@given(HOSTILE)
def test_a_cell_stays_one_cell(text: str) -> None:
    page = Page(f"| a | b |\n| --- | --- |\n| {cell(text)} | c |\n")
    assert [tag for tag, _ in page.tags].count("td") == 2
    assert "".join(page.text).split() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("unknown key `poles`; did you mean `pools`?", "unknown key `poles`; did you mean `pools`?"),
        ("GitHub lists 250 of 312 commits.", "GitHub lists 250 of 312 commits."),
        ("see GH-2", "`see GH-2`"),
        ("see 1a2b3c4d5e", "`see 1a2b3c4d5e`"),
        ("ask @acme", "`ask @acme`"),
        ("`a``b`", "``` `a``b` ```"),
        ("open `a", "``open `a``"),
        ("- a", "`- a`"),
        ("1. a", "`1. a`"),
        ("a\nb", "`a\\u{a}b`"),
    ],
)
def test_a_sentence_stays_as_it_is_only_where_it_is_harmless(text: str, shown: str) -> None:
    assert sentence(text) == shown
