"""Every text that a person can meet exists, is short, and says what to do."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from analyzers import contracts
from analyzers.model import ChangeClass, Finding, Macro, Reason, Severity, UnanalysedReason
from analyzers.surveys import survey_findings
from bot.render import prose

FINDINGS = sorted(entry.name.removesuffix(".md") for entry in (files("templates") / "findings").iterdir())


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_one_short_sentence(reason: Reason) -> None:
    sentence = prose.reason(reason)
    assert re.fullmatch(r"[A-Z].{10,110}\.", sentence)


@pytest.mark.parametrize("reason", UnanalysedReason)
def test_everything_unanalysed_says_what_happened_and_what_to_do(reason: UnanalysedReason) -> None:
    told = prose.unanalysed(reason)
    assert re.fullmatch(r"[A-Z].{10,100}\.", told.message)
    assert re.fullmatch(r"[A-Z].{10,100}\.", told.help)


def test_figures_stand_inside_the_sentence_they_belong_to() -> None:
    told = prose.unanalysed(UnanalysedReason.TOO_LARGE, "12 MB")
    assert told.message == "The file is too large to analyse (12 MB)."


@pytest.mark.parametrize("change", ChangeClass)
def test_every_class_of_change_has_a_sentence(change: ChangeClass) -> None:
    assert prose.say(f"change.{change}", kind="union", place=": `a`").endswith(": `a`.")


@pytest.mark.parametrize("macro", [Macro.DEFINITION, Macro.CALL])
def test_every_place_in_a_macro_has_words(macro: Macro) -> None:
    assert "macro" in prose.say(f"flags.{macro}")


def test_every_finding_of_the_engine_has_its_text_and_no_text_is_left_over() -> None:
    assert set(FINDINGS) == {*contracts.FINDINGS, *survey_findings()}


@pytest.mark.parametrize("id", FINDINGS)
def test_a_finding_has_one_line_that_names_its_item_and_a_help_that_starts_with_the_fix(id: str) -> None:
    told = prose.finding(Finding(id, Severity.WARN, "a.rs", 1, 1, 1, "unsafe-block", "impl A::f"))
    assert "`impl A::f`" in told.message
    assert len(told.message) < 130
    assert "`" not in told.message.replace("`unsafe-block`", "").replace("`impl A::f`", "").replace(
        "`SAFETY:`", ""
    )
    assert told.fix.endswith(".")
    assert len(told.help) < 600


@pytest.mark.parametrize("id", FINDINGS)
def test_a_finding_at_the_top_level_names_no_item(id: str) -> None:
    told = prose.finding(Finding(id, Severity.WARN, "a.rs", 1, 1, 1, "unsafe-impl", ""))
    assert "(" not in told.message


@pytest.mark.parametrize("id", FINDINGS)
def test_help_uses_only_paragraphs_and_closed_code_blocks(id: str) -> None:
    told = prose.finding(Finding(id, Severity.WARN, "a.rs", 1, 1, 1, "unsafe-impl", ""))
    assert told.help.count("```") == 2 * sum(block.is_code for block in prose.blocks(told.help))
    assert not re.search(
        r"^(#|-|\*|\d+\.)", re.sub(r"```.*?```", "", told.help, flags=re.DOTALL), re.MULTILINE
    )


def test_numbers_choose_their_sentence_and_are_grouped() -> None:
    assert prose.say("changes", count=1) == "1 change"
    assert prose.say("changes", count=1234) == "1,234 changes"
    assert prose.say("changes", count=0) == "0 changes"


def test_values_are_never_read_as_phrases() -> None:
    assert prose.say("steps.rule-only", rule="{pools} {0}") == "Rule {pools} {0} is not met yet."


def test_a_phrase_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        prose.say("no.such.phrase")
