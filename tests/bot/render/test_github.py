"""What people read on GitHub, whole: check runs, the comment, the comment on policy edits, answers."""

from __future__ import annotations

import pytest

import bot.render
from bot.actions import PublishCheck
from tests.goldens import pulls, reports

PULLS = {
    "waiting": pulls.waiting(),
    "after-a-push": pulls.after_a_push(),
    "approved": pulls.approved(),
    "vetoed": pulls.vetoed(),
    "advised": pulls.advised(),
    "draft": pulls.drafted(),
    "quiet": pulls.quiet(),
    "sibling": pulls.beside_a_sibling(),
    "unread-policy": pulls.unread_policy(),
    "incomplete": pulls.incomplete(),
    "wrong-edit": pulls.wrong_edit(),
    "edits-policy": pulls.edits_policy(),
    "hostile": pulls.hostile(),
}
SILENT = {"quiet", "sibling"}
GROUPS = {"group": pulls.group(), "group-ready": pulls.ready_group(), "group-wrong": pulls.wrong_group()}
POLICIES = {
    "policy-looser": pulls.looser_policy(),
    "policy-wrong": pulls.wrong_policy(),
    "policy-unchanged": pulls.unchanged_policy(),
    "policy-hostile": pulls.hostile_policy(),
}
FOLDER = "github"


def page(check: PublishCheck) -> str:
    """A check run as its page shows it, remarks on lines last."""
    remarks = [
        f"{one.path}:{one.start_line}-{one.end_line} {one.level} {one.title}\n    "
        + one.message.replace("\n", "\n    ")
        for one in check.annotations
    ]
    return "\n".join(
        [f"[{check.state}] {check.title}", "", check.summary, "---", "", check.text, "---", "", *remarks, ""]
    )


@pytest.mark.parametrize("name", PULLS)
def test_a_check_run_reads_as_its_golden(name: str) -> None:
    reports.compare(f"{FOLDER}/{name}.check.md", page(bot.render.check_run(PULLS[name])))


@pytest.mark.parametrize("name", sorted(PULLS.keys() - SILENT))
def test_a_comment_reads_as_its_golden(name: str) -> None:
    reports.compare(f"{FOLDER}/{name}.comment.md", bot.render.sticky_comment(PULLS[name]) or "")


@pytest.mark.parametrize("name", GROUPS)
def test_the_check_run_of_a_merge_group_reads_as_its_golden(name: str) -> None:
    reports.compare(f"{FOLDER}/{name}.check.md", page(bot.render.group_check_run(GROUPS[name])))


@pytest.mark.parametrize("name", POLICIES)
def test_the_comment_on_a_policy_edit_reads_as_its_golden(name: str) -> None:
    reports.compare(f"{FOLDER}/{name}.md", bot.render.policy_comment(POLICIES[name]) or "")


def test_an_answer_reads_as_its_golden() -> None:
    answer = "A waiver needs a reason: `@cratewarden waive 1a2b3c4d the header says so`.\n"
    told = bot.render.reply(99, "erin", f"{pulls.WEB}/pull/31", answer)
    reports.compare(f"{FOLDER}/reply.md", told)


def test_every_golden_of_github_has_a_test() -> None:
    named = {f"{name}.check.md" for name in (*PULLS, *GROUPS)}
    named |= {f"{name}.comment.md" for name in PULLS if name not in SILENT}
    named |= {f"{name}.md" for name in POLICIES} | {"reply.md"}
    assert named == {path.name for path in (reports.HERE / FOLDER).iterdir()}


@pytest.mark.parametrize("name", sorted(SILENT))
def test_nothing_is_said_when_nothing_asks(name: str) -> None:
    assert bot.render.sticky_comment(PULLS[name]) is None
