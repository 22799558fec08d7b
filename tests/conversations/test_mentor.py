"""The mentor speaks when something is published, helps who asks, and welcomes who is new."""

from __future__ import annotations

import datetime

import pytest

from bot.ports import Assignment, Cover
from bot.sandbox.faults import Fault
from bot.sandbox.people import User
from bot.sandbox.pull_requests import PullRequest
from tests.conversations.cast import POLICY, UNSAFE, Begin, Conversation, requested, said

MENTORING = f"""{POLICY}
[pools.mentors]
users = ["carol"]

[mentoring]
pool = "mentors"
checklists = ["publish"]
"""
QUIET = MENTORING + 'greet = "never"\n'
UNMENTORED = POLICY
MANIFEST = '[package]\nname = "ring"\nversion = "0.1.0"\n'
BUMPED = MANIFEST.replace("0.1.0", "0.2.0")
BETTER = BUMPED + 'description = "A ring buffer."\n'
REMARK = "// A remark.\n"


def comment(pull: PullRequest, topic: str) -> str:
    """The App's comment of a topic, or nothing; there is never more than one."""
    start = f"<!-- cratewarden:{topic} -->"
    found = [each.body for each in pull.comments if each.body.startswith(start)]
    assert len(found) <= 1
    return found[0] if found else ""


def topics(pull: PullRequest) -> list[str]:
    """The topics of the App's comments in the order in which people see them."""
    starts = (each.body.partition(" -->")[0] for each in pull.comments)
    return [start.removeprefix("<!-- cratewarden:") for start in starts if start.startswith("<!--")]


def bumps(talk: Conversation, text: str = BUMPED, **how: object) -> PullRequest:
    return talk.opens(text, path="Cargo.toml", **how)  # type: ignore[arg-type]


def merges_one(talk: Conversation) -> None:
    """An earlier pull request of alice's is merged."""
    pull = talk.opens(REMARK, branch="first", path="src/a.rs")
    pull.merge(User(talk.sandbox, talk.sandbox.staff))
    talk.settle()


def everything(talk: Conversation) -> PullRequest:
    """Unsafe code without a word about it, a new version, and a mentor who was asked."""
    bare = UNSAFE.replace("    // SAFETY: the caller checked `i`.\n", "")
    talk.ring.commit("patch", {"src/lib.rs": bare, "Cargo.toml": BUMPED}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    talk.says_to(pull, talk.alice, "@cratewarden mentor")
    return pull


# --- when the checklist speaks ------------------------------------------------------------------------


def test_a_new_version_gets_a_checklist_and_holds_nothing(begin: Begin) -> None:
    talk = begin(QUIET)
    pull = bumps(talk)
    assert topics(pull) == ["checklist"]
    assert "There is no `description`" in comment(pull, "checklist")
    assert talk.says(pull) == "success"


def test_one_comment_follows_the_items_as_they_turn_green(begin: Begin) -> None:
    talk = begin(QUIET)
    pull = bumps(talk)
    before = pull.comments[0]
    talk.pushes(pull, BETTER, path="Cargo.toml")
    (after,) = pull.comments
    assert after.id == before.id
    assert "Done since: 1" in after.body
    assert "There is no `description`" not in after.body


def test_ordinary_work_hears_nothing(begin: Begin) -> None:
    talk = begin(QUIET)
    pull = talk.opens(REMARK)
    assert topics(pull) == []
    talk.pushes(pull, MANIFEST + "\n[package.metadata.docs.rs]\nall-features = true\n", path="Cargo.toml")
    assert topics(pull) == []


def test_checklists_need_no_pool_and_whoever_asks_for_a_mentor_hears_what_to_do(begin: Begin) -> None:
    talk = begin(POLICY + '\n[mentoring]\nchecklists = ["publish"]\ngreet = "never"\n')
    pull = bumps(talk)
    assert topics(pull) == ["checklist"]
    answer = said(talk.says_to(pull, talk.alice, "@cratewarden mentor"))
    assert "Nobody is named as a mentor here." in answer
    assert "name a pool as `pool` under `[mentoring]`" in answer
    assert (requested(pull), talk.reactions(pull)) == (set(), ["confused"])


def test_a_bump_that_is_taken_back_takes_the_checklist_with_it(begin: Begin) -> None:
    talk = begin(QUIET)
    pull = bumps(talk)
    talk.pushes(pull, MANIFEST, path="Cargo.toml")
    assert topics(pull) == []


def test_a_new_package_speaks_once_it_may_be_published(begin: Begin) -> None:
    talk = begin(QUIET, {"Cargo.toml": f'{MANIFEST}[workspace]\nmembers = ["bell"]\n', "bell/Cargo.toml": ""})
    private = '[package]\nname = "bell"\npublish = false\n'
    pull = talk.opens(private, path="bell/Cargo.toml")
    assert topics(pull) == []
    talk.pushes(pull, private.replace("publish = false\n", ""), path="bell/Cargo.toml")
    assert "`bell`" in comment(pull, "checklist")
    assert "`ring`" not in comment(pull, "checklist")


def test_a_draft_is_not_checked_before_it_is_ready(begin: Begin) -> None:
    talk = begin(QUIET)
    pull = bumps(talk, draft=True)
    assert topics(pull) == []
    pull.ready()
    talk.settle()
    assert topics(pull) == ["checklist"]


def test_the_label_of_the_policy_asks_for_the_checklist_of_what_changed(begin: Begin) -> None:
    talk = begin(QUIET + 'label = "release"\n')
    pull = talk.opens(REMARK)
    pull.label("publish-checklist")
    talk.settle()
    assert topics(pull) == []
    pull.label("Release")
    talk.settle()
    assert "`ring`" in comment(pull, "checklist")
    pull.unlabel("Release")
    talk.settle()
    assert topics(pull) == []


def test_a_command_asks_for_the_checklist_under_any_policy(begin: Begin) -> None:
    talk = begin(UNMENTORED)
    pull = talk.opens(REMARK)
    assert talk.says_to(pull, talk.alice, "@cratewarden checklist") == ""
    assert talk.reactions(pull) == ["eyes"]
    assert "`ring`" in comment(pull, "checklist")
    first = comment(pull, "checklist")
    talk.pushes(pull, MANIFEST + 'license = "MIT"\n', path="Cargo.toml")
    assert comment(pull, "checklist") != first


def test_who_asks_where_no_package_is_hears_that(begin: Begin) -> None:
    talk = begin(QUIET, {"Cargo.toml": "[workspace]\n"})
    pull = talk.opens(REMARK)
    talk.says_to(pull, talk.bob, "@cratewarden checklist")
    assert "There is no package to check here" in comment(pull, "checklist")


def test_a_package_that_is_never_published_is_told_so_in_one_folded_line(begin: Begin) -> None:
    talk = begin(QUIET, {"Cargo.toml": f"{MANIFEST}publish = false\n"})
    pull = talk.opens(REMARK)
    talk.says_to(pull, talk.alice, "@cratewarden checklist")
    text = comment(pull, "checklist")
    assert "- [ ]" not in text
    assert "<details><summary>" in text


def test_a_policy_that_is_off_says_nothing_by_itself(begin: Begin) -> None:
    talk = begin(QUIET.replace('mode = "enforce"', 'mode = "off"'))
    assert topics(bumps(talk)) == []


def test_a_manifest_that_nobody_can_read_is_told_and_the_others_are_left_alone(begin: Begin) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["*"]\n',
        "bell/Cargo.toml": MANIFEST.replace("ring", "bell"),
    }
    talk = begin(QUIET, files)
    pull = talk.opens("[package\n", path="horn/Cargo.toml")
    assert "`horn`" in comment(pull, "checklist")
    assert "`bell`" not in comment(pull, "checklist")


# --- the gate does not wait ---------------------------------------------------------------------------


def test_a_mentor_who_cannot_speak_holds_nobody_up(begin: Begin) -> None:
    talk = begin(QUIET)
    fault = talk.sandbox.faults.order(Fault("status", "POST", "*/comments", status=502, times=3))
    pull = bumps(talk)
    assert fault.hits == 3
    assert talk.retries > 0
    assert talk.says(pull) == "success"
    kinds = [job.kind for job in talk.jobs]
    assert kinds.index("assess-pull") < kinds.index("mentor-pull")
    assert topics(pull) == ["checklist"]


def test_looking_again_writes_nothing_again(begin: Begin) -> None:
    talk = begin(MENTORING)
    pull = everything(talk)
    before = [(each.id, each.body, each.updated_at) for each in pull.comments]
    talk.carry_out(*talk.jobs)
    talk.settle()
    assert [(each.id, each.body, each.updated_at) for each in pull.comments] == before


def test_a_broken_policy_leaves_the_word_to_the_gate(begin: Begin) -> None:
    talk = begin(QUIET + "nonsense = 1\n")
    pull = bumps(talk)
    assert topics(pull) == ["review"]


# --- the welcome --------------------------------------------------------------------------------------


def test_somebody_new_hears_what_is_asked_and_who_looks(begin: Begin) -> None:
    talk = begin(MENTORING)
    pull = talk.opens(UNSAFE)
    text = said(comment(pull, "welcome"))
    assert "1 change here is code that the compiler cannot check" in text
    (asked,) = requested(pull)
    assert f"`{asked}` was asked already" in text
    assert "How long" not in text


def test_somebody_new_who_is_asked_nothing_is_left_in_peace(begin: Begin) -> None:
    talk = begin(MENTORING)
    assert topics(talk.opens(REMARK)) == []


def test_somebody_new_is_welcomed_once_in_a_repository(begin: Begin) -> None:
    talk = begin(MENTORING)
    first = talk.opens(UNSAFE)
    second = talk.opens(UNSAFE, branch="other", path="src/other.rs")
    assert "welcome" in topics(first)
    assert "welcome" not in topics(second)


def test_a_welcome_that_somebody_deleted_does_not_come_back(begin: Begin) -> None:
    talk = begin(MENTORING)
    pull = talk.opens(UNSAFE)
    welcome = next(each for each in pull.comments if "cratewarden:welcome" in each.body)
    pull.delete_comment(welcome, talk.bob)
    talk.pushes(pull, UNSAFE + REMARK)
    assert "welcome" not in topics(pull)


@pytest.mark.parametrize("known", ["hides the membership", "has merged work by another address"])
def test_what_github_does_not_say_of_the_author_is_asked(begin: Begin, known: str) -> None:
    talk = begin(MENTORING)
    if known.startswith("has"):
        merges_one(talk)
    else:
        talk.acme.add(talk.alice)
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    # What an App sees that the association leaves out.
    pull.pull.association = "NONE"
    talk.settle()
    assert "welcome" not in topics(pull)


def test_always_welcomes_those_who_contributed_before_too(begin: Begin) -> None:
    talk = begin(MENTORING + 'greet = "always"\n')
    merges_one(talk)
    assert "welcome" in topics(talk.opens(UNSAFE, branch="second", path="src/b.rs"))


def test_how_long_it_takes_is_said_once_there_are_answers(begin: Begin) -> None:
    talk = begin(MENTORING)
    pull = talk.opens(REMARK)
    repository = talk.world.forge(talk.jobs[-1].where).repository  # type: ignore[union-attr]
    for number in (71, 72, 73):
        book = talk.ledger.book(repository, number)
        book.assign(Assignment("bob", "unsafe code", talk.sandbox.clock.now(), "why.only"))
        talk.sandbox.clock.advance(hours=5)
        book.remember_cover(number, "bob", "c" * 40, Cover("main", frozenset({"f"})))
    talk.pushes(pull, UNSAFE)
    assert "about 5 hours" in comment(pull, "welcome")


# --- who helps ----------------------------------------------------------------------------------------


def test_a_mentor_is_asked_and_everybody_sees_why_and_where_to_begin(begin: Begin) -> None:
    talk = begin(QUIET)
    pull = talk.opens(UNSAFE)
    talk.pushes(pull, BUMPED, path="Cargo.toml")
    talk.says_to(pull, talk.alice, "@cratewarden mentor")
    assert "carol" in requested(pull)
    text = said(comment(pull, "mentor"))
    assert "`carol` is asked to help `alice` along" in text
    assert "`alice` asked for a mentor" in text
    assert "`ring`: Description" in text
    assert "src/lib.rs" in text


def test_a_mentor_whose_request_is_taken_back_is_not_announced_any_more(begin: Begin) -> None:
    talk = begin(QUIET)
    pull = talk.opens(REMARK)
    talk.says_to(pull, talk.alice, "@cratewarden mentor")
    assert topics(pull) == ["mentor"]
    pull.remove_reviewer(talk.carol, by=talk.bob)
    talk.settle()
    assert topics(pull) == []


def test_a_mentor_who_is_away_is_not_asked_and_the_author_hears_until_when(begin: Begin) -> None:
    away = 'users = ["carol"]\naway = [{ user = "carol", until = 2035-04-01 }]\n'
    talk = begin(QUIET.replace('users = ["carol"]\n', away))
    pull = talk.opens(REMARK)
    answer = talk.says_to(pull, talk.alice, "@cratewarden mentor")
    assert "`carol` is away until `2035-04-01`" in answer
    assert requested(pull) == set()


# --- the maintainers' own words -----------------------------------------------------------------------

OWN_WELCOME = ".github/cratewarden/welcome.md"
OWN_ITEM = ".github/cratewarden/checklist/description.md"


def test_maintainers_say_it_in_their_own_words(begin: Begin) -> None:
    files = {
        OWN_WELCOME: "Moin {{ author }}! {{ asked }}\n",
        OWN_ITEM: "See our style guide, {{ author }}.\n",
    }
    talk = begin(MENTORING, files)
    pull = bumps(talk)
    assert comment(pull, "welcome").startswith("<!-- cratewarden:welcome -->\nMoin @alice! A checklist shows")
    assert "See our style guide, @alice." in comment(pull, "checklist")


def test_words_of_the_pull_request_itself_count_for_nothing(begin: Begin) -> None:
    talk = begin(MENTORING)
    talk.ring.commit("patch", {"Cargo.toml": BUMPED, OWN_WELCOME: "Spam.\n"}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert "Spam" not in talk.page(pull)
    assert "welcome" in topics(pull)


def test_a_broken_text_is_told_once_and_the_built_in_one_stands_in(begin: Begin) -> None:
    talk = begin(QUIET, {OWN_ITEM: "See {{ guide }}.\n"})
    pull = bumps(talk)
    text = comment(pull, "checklist")
    assert text.count("there is no placeholder `guide`") == 1
    assert "Write one sentence" in text


def test_a_text_is_checked_before_it_is_merged(begin: Begin) -> None:
    talk = begin(QUIET)
    pull = talk.opens("{{ auther }}\n", path=OWN_WELCOME)
    assert "did you mean `author`?" in comment(pull, "texts")
    talk.pushes(pull, "{{ author }}\n", path=OWN_WELCOME)
    assert topics(pull) == []


# --- nothing twice ------------------------------------------------------------------------------------


def test_nobody_reads_the_same_sentence_twice_in_a_pull_request(begin: Begin) -> None:
    talk = begin(MENTORING)
    pull = everything(talk)
    talk.says_to(pull, talk.alice, "@cratewarden checklist")
    assert topics(pull) == ["review", "welcome", "checklist", "mentor"]
    lines = [
        line
        for each in pull.comments
        if each.body.startswith("<!-- cratewarden:")
        for line in set(each.body.splitlines())
        if len(line) > 40 and "</details>" not in line
    ]
    assert sorted(line for line in set(lines) if lines.count(line) > 1) == []


def test_the_ledger_says_what_was_told_and_when(begin: Begin) -> None:
    talk = begin(MENTORING)
    bumps(talk)
    told = {entry.body["topic"]: entry for entry in talk.ledger.entries() if entry.event == "remark"}
    assert told["welcome"].body["names"] == ["alice"]
    assert ".:description" in told["checklist"].body["names"]
    assert datetime.datetime.fromisoformat(told["welcome"].at).year == 2035
