"""What a pull request can consist of, from nothing at all to thousands of files."""

from __future__ import annotations

import re

import pytest

from bot.sandbox.objects import Person
from tests.conversations.cast import POLICY, SAFE, UNSAFE, Begin, Conversation, function, requested, said

BARE = UNSAFE.replace("    // SAFETY: the caller checked `i`.\n", "")
BLOCKING = POLICY + '\n[findings]\nmissing-safety-comment = "block"\n'
ELSEWHERE = "1" * 40


def test_a_submodule_is_red_until_somebody_approves_it(talk: Conversation) -> None:
    talk.ring.commit("patch", {"vendor/x": ("160000", ELSEWHERE.encode())}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "failure"
    assert "vendor/x" in talk.sticky(pull)
    assert requested(pull)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_a_submodule_where_no_rule_looks_is_red_until_somebody_of_the_pools_approves_it(begin: Begin) -> None:
    talk = begin(POLICY + 'when.paths = ["src/**"]\n')
    talk.ring.commit("patch", {"vendor/x": ("160000", ELSEWHERE.encode())}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "failure"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_a_submodule_can_be_waived_and_another_commit_of_it_asks_again(talk: Conversation) -> None:
    talk.ring.commit("patch", {"vendor/x": ("160000", ELSEWHERE.encode())}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    talk.says_to(pull, talk.bob, "@cratewarden waive all read it upstream")
    assert talk.says(pull) == "success"
    pull.push({"vendor/x": ("160000", b"2" * 40)})
    talk.settle()
    assert talk.says(pull) == "failure"


def test_a_file_that_does_not_parse_is_red_until_somebody_approves_it(talk: Conversation) -> None:
    pull = talk.opens("pub fn get( { unsafe { }\n")
    assert talk.says(pull) == "failure"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_a_finding_that_blocks_is_not_approved_away_but_waived(begin: Begin) -> None:
    talk = begin(BLOCKING)
    pull = talk.opens(BARE)
    assert talk.says(pull) == "failure"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "failure"
    talk.says_to(pull, talk.bob, "@cratewarden waive all the comment comes with the next release")
    assert talk.says(pull) == "success"


def test_a_finding_that_blocks_goes_when_it_is_put_right(begin: Begin) -> None:
    talk = begin(BLOCKING)
    pull = talk.opens(BARE)
    talk.approves(pull, talk.bob)
    talk.pushes(pull, UNSAFE)
    assert talk.says(pull) == "success"


def test_a_finding_where_no_code_changed_is_told_with_its_line(begin: Begin) -> None:
    talk = begin(POLICY + '\n[findings]\nremoved-safety-comment = "block"\n', {"src/lib.rs": UNSAFE})
    pull = talk.opens(BARE)
    assert talk.says(pull) == "failure"
    assert re.search(
        r"`src/lib.rs` \[line 2\]\(\S+#L2\): fix `removed-safety-comment`", said(talk.sticky(pull))
    )
    talk.says_to(pull, talk.bob, "@cratewarden waive all it stands in the module's documentation")
    assert talk.says(pull) == "success"


def test_a_draft_is_judged_and_nobody_is_asked_before_it_is_ready(talk: Conversation) -> None:
    pull = talk.opens(draft=True)
    assert talk.says(pull) == "in_progress"
    assert requested(pull) == set()
    pull.ready()
    talk.settle()
    assert len(requested(pull)) == 1
    pull.draft_again()
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_the_pull_request_of_a_bot_waits_for_people_like_any_other(talk: Conversation) -> None:
    helper = talk.sandbox.create_app(f"updates-{talk.acme.login}").bot
    bot = type(talk.alice)(talk.sandbox, helper)
    talk.ring.commit("bump", {"src/lib.rs": UNSAFE}, author=bot)
    pull = talk.ring.open_pull(head="bump", by=bot)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_a_pull_request_from_a_fork_is_read_and_held(talk: Conversation) -> None:
    fork = talk.ring.fork(talk.mallory)
    fork.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.mallory)
    pull = talk.ring.open_pull(head="mallory:patch", by=talk.mallory)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_a_pull_request_whose_fork_was_deleted_can_still_be_judged(talk: Conversation) -> None:
    fork = talk.ring.fork(talk.mallory)
    fork.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.mallory)
    pull = talk.ring.open_pull(head="mallory:patch", by=talk.mallory)
    talk.ring.delete_fork(talk.mallory)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_taking_unsafe_code_out_asks_nobody(begin: Begin) -> None:
    talk = begin(POLICY, {"src/old.rs": function("old")})
    talk.ring.commit("patch", {"src/old.rs": None}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "success"
    assert requested(pull) == set()


def test_moving_a_file_asks_nobody(begin: Begin) -> None:
    talk = begin(POLICY, {"src/old.rs": function("old")})
    talk.ring.commit("patch", {"src/old.rs": None, "src/new.rs": function("old")}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "success"


def test_a_pull_request_without_a_difference_passes(talk: Conversation) -> None:
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice)
    talk.ring.commit("patch", {"src/lib.rs": SAFE}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "success"
    assert talk.sticky(pull) == ""


def test_a_history_that_shares_nothing_with_the_base_is_new_as_a_whole(talk: Conversation) -> None:
    talk.ring.commit("orphan", {"src/lib.rs": UNSAFE}, author=talk.alice, parents=())
    pull = talk.ring.open_pull(head="orphan", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_the_last_of_three_thousand_and_more_files_counts(talk: Conversation) -> None:
    files: dict[str, object] = {f"data/{number:04}.txt": f"{number}\n" for number in range(3100)}
    talk.ring.commit("patch", {**files, "zz/last.rs": function("last")}, author=talk.alice)  # type: ignore[dict-item]
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    assert talk.waiting(pull) == ["zz/last.rs:3"]
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_a_list_of_commits_that_github_cuts_short_is_never_green_and_the_check_says_so(
    talk: Conversation,
) -> None:
    talk.ring.commit("patch", {"src/lib.rs": SAFE + "// One.\n"}, author=talk.alice)
    talk.ring.commit("patch", {"src/lib.rs": SAFE + "// Two.\n"}, author=talk.alice)
    talk.sandbox.disturb("truncate", "GET", "*/pulls/*/commits", times=99)
    talk.sandbox.fail("GET", "*/commits/*[0-9a-f]", status=404, times=99)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "failure"
    assert "commits" in said(talk.check(pull).summary)
    talk.sandbox.faults.clear()
    pull.rerequest_check()
    talk.settle()
    assert talk.says(pull) == "success"


def test_a_list_of_reviews_that_github_cuts_short_is_never_green(talk: Conversation) -> None:
    pull = talk.opens()
    pull.review(by=talk.bob)
    pull.review(by=talk.carol)
    talk.sandbox.disturb("truncate", "GET", "*/reviews", times=99)
    talk.settle()
    assert talk.says(pull) == "failure"


def test_code_that_cannot_be_fetched_leaves_nothing_green(talk: Conversation) -> None:
    talk.ring.commit("other", {"src/lib.rs": "pub fn other() {}\n", "src/b.rs": SAFE})
    pull = talk.opens(SAFE + "// A remark.\n")
    assert talk.says(pull) == "success"
    pull.retarget("other")
    talk.sandbox.fail("*", "*/git-upload-pack", status=500, times=99)
    talk.sandbox.fail("*", "*/info/refs", status=500, times=99)
    (delivery,) = talk.unheard()
    with pytest.raises(AssertionError, match="failed"):
        talk.hear(delivery)
    assert talk.says(pull) == "in_progress"
    talk.sandbox.faults.clear()
    talk.hear(delivery)
    talk.settle()
    assert talk.says(pull) == "success"


def test_an_author_whom_nobody_knows_asks_for_one_approval_more(talk: Conversation) -> None:
    stranger = Person("Nobody", "nobody@nowhere.example")
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=stranger, by=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert requested(pull) == {"bob", "carol"}
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_what_stands_in_code_of_the_pull_request_reaches_nobody(talk: Conversation) -> None:
    text = (
        'pub fn get() {\n    // @alice/everybody <!-- --> </details>\n    unsafe { f("@mallory ```") }\n}\n'
    )
    pull = talk.opens(text)
    assert "@mallory" not in talk.sticky(pull).replace("`@mallory", "").replace('("@mallory', "")
    assert talk.says(pull) == "in_progress"
