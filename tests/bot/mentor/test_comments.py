"""What people read of the mentor, whole."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from analyzers.model import UnanalysedReason
from analyzers.publishing.model import Checklist, Verdict
from bot.mentor.briefing import first_changes, first_items
from bot.mentor.texts import WELCOME, WELCOME_WORDS
from bot.model import Failure
from bot.render import mentor, mentor_checklist, mentor_texts, welcome
from bot.render.checklist import PublishingView, open_items
from bot.render.mentor import MentorView
from bot.render.mentor_checklist import ChecklistView
from bot.render.mentor_texts import TextMistake
from bot.render.view import Phrase
from bot.render.welcome import WelcomeView
from tests.bot.mentor.packages import checklists, manifest
from tests.bot.render.gfm import Page
from tests.goldens import pulls, reports

FOLDER = "mentor"
HOSTILE = "](x) @bob <img src=x> `\n## #1\u202e"
RING = {"Cargo.toml": manifest(), "src/lib.rs": "pub fn get(v: &[u8]) -> u8 {\n    v[0]\n}\n"}
BETTER = RING | {"Cargo.toml": manifest(more='description = "A ring."\nlicense = "MIT"\n')}
MISTAKES = (
    TextMistake(WELCOME, 3, "there is no placeholder `auther`; did you mean `author`?"),
    TextMistake(".github/cratewarden/checklist/licence.md", 0, "there is no item `licence`"),
)
NEW = WelcomeView(
    author="alice",
    repository="acme/ring",
    app="cratewarden",
    waiting=2,
    holds=True,
    people=("bob", "acme/kernel"),
    time=datetime.timedelta(hours=5, minutes=20),
    has_mentors=True,
)
WELCOMES = {
    "welcome-reviewed": NEW,
    "welcome-advised": replace(NEW, waiting=1, holds=False, people=(), has_mentors=False),
    "welcome-publishing": replace(NEW, waiting=0, people=(), packages=("ring",)),
    "welcome-both": replace(NEW, packages=("bell", "horn", "ring", "tuba")),
}


# Enough to see each part of the page; the words of every item have goldens of their own.
ITEMS = frozenset(("manifest", "publishable", "description", "license-text", "release-tag"))


def some(files: Mapping[str, str]) -> tuple[Checklist, ...]:
    """The checklists with a few of their items."""
    return tuple(
        replace(one, items=tuple(item for item in one.items if item.id in ITEMS)) for one in checklists(files)
    )


def publishing(files: Mapping[str, str] = RING, **more: Any) -> PublishingView:
    return PublishingView(some(files), reports.HEAD, pulls.WEB, **more)


def helping(files: Mapping[str, str] = RING) -> MentorView:
    seen = pulls.waiting()
    return MentorView(
        person="carol",
        why=Phrase(pulls.WHY.id, pulls.WHY.words, (Phrase("why.mentor", (("by", "alice"),)),)),
        author="alice",
        report=seen.report,
        web=pulls.WEB,
        first_items=first_items(some(files)),
        first_changes=first_changes(seen.analysis, seen.decision),
    )


BROKEN = Failure(UnanalysedReason.TIMED_OUT, "5 s")
CHECKLISTS = {
    "checklist-new": ChecklistView(publishing()),
    "checklist-improved": ChecklistView(publishing(BETTER, told=open_items(some(RING)))),
    "checklist-of-nothing": ChecklistView(publishing({})),
    "checklist-unread": ChecklistView(
        publishing({"Cargo.toml": manifest(more="publish = false\n")}),
        (("bell", BROKEN),),
        3,
        mentor_texts.remark(MISTAKES[1:], pulls.WEB, reports.BASE),
    ),
}
MENTORS = {
    "mentor": helping(),
    "mentor-idle": replace(helping(), first_items=(), first_changes=()),
}


@pytest.mark.parametrize("name", WELCOMES)
def test_a_welcome_reads_as_its_golden(name: str) -> None:
    reports.compare(f"{FOLDER}/{name}.md", welcome.comment(WELCOMES[name]))


@pytest.mark.parametrize("name", CHECKLISTS)
def test_a_checklist_reads_as_its_golden(name: str) -> None:
    reports.compare(f"{FOLDER}/{name}.md", mentor_checklist.comment(CHECKLISTS[name]))


@pytest.mark.parametrize("name", MENTORS)
def test_the_word_about_a_mentor_reads_as_its_golden(name: str) -> None:
    reports.compare(f"{FOLDER}/{name}.md", mentor.comment(MENTORS[name]))


def test_mistakes_in_texts_read_as_their_golden() -> None:
    reports.compare(f"{FOLDER}/texts.md", mentor_texts.comment(MISTAKES, pulls.WEB, reports.HEAD))


def test_every_golden_has_a_test() -> None:
    named = {f"{name}.md" for name in (*WELCOMES, *CHECKLISTS, *MENTORS, "texts")}
    assert named == {path.name for path in (reports.HERE / FOLDER).iterdir()}


def test_words_of_the_maintainers_stand_alone_with_a_remark_for_them() -> None:
    text = welcome.comment(NEW, "Moin!", mentor_texts.remark(MISTAKES[:1], pulls.WEB, reports.BASE))
    assert text.startswith("<!-- cratewarden:welcome -->\nMoin!\n\n<details><summary>For maintainers: 1 text")


def test_every_placeholder_of_a_welcome_has_words() -> None:
    assert set(welcome.words(NEW)) == set(WELCOME_WORDS)
    assert all(welcome.words(NEW).values())


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (datetime.timedelta(minutes=59), "less than an hour"),
        (datetime.timedelta(hours=1), "about an hour"),
        (datetime.timedelta(hours=36), "about 36 hours"),
        (datetime.timedelta(hours=37), "about 2 days"),
        (datetime.timedelta(days=9, hours=14), "about 10 days"),
    ],
)
def test_a_time_is_told_as_roughly_as_it_is_known(time: datetime.timedelta, words: str) -> None:
    assert words in welcome.words(replace(NEW, time=time))["time"]


def test_no_time_is_told_where_nobody_is_asked() -> None:
    assert welcome.words(replace(NEW, people=()))["time"] == ""
    assert welcome.words(replace(NEW, time=None))["time"] == ""


def test_nothing_open_shows_nothing_but_folds() -> None:
    (one,) = some(RING)
    fine = replace(one, items=tuple(item for item in one.items if item.verdict is Verdict.PASS))
    text = mentor_checklist.comment(ChecklistView(PublishingView((fine,))))
    shown = text.replace("<!-- cratewarden:checklist -->", "").partition("<details>")[0]
    assert "all" in shown
    assert "- [" not in shown


@pytest.mark.parametrize("kind", ["welcome", "mentor", "checklist", "texts"])
def test_hostile_names_change_nothing_about_a_page(kind: str) -> None:
    def made(name: str) -> str:
        match kind:
            case "welcome":
                return welcome.comment(replace(NEW, people=(name,), packages=(name,), repository=name))
            case "mentor":
                one, item = helping().first_items[0]
                return mentor.comment(replace(helping(), first_items=((replace(one, name=name), item),)))
            case "checklist":
                return mentor_checklist.comment(ChecklistView(publishing({}), ((name, BROKEN),)))
        return mentor_texts.comment([TextMistake(name, 1, f"there is no item `{name}`")], pulls.WEB, "c" * 40)

    harmless, hostile = Page(made("ring")), Page(made(HOSTILE))
    assert harmless.shape == hostile.shape
    assert "@bob" not in "".join(hostile.text)
