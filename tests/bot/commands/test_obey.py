"""Commands do what they say, once, for those who may give them, and answer with a reason where they do not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import bot.commands.verbs
from analyzers.model import Finding, Severity, Unanalysed, UnanalysedReason
from bot.commands import Outcome, Reaction
from bot.commands.verbs import commands
from bot.ledger.book import LedgerBook
from bot.mentor.topics import ASKED, SPOKEN
from bot.model import Barred, Mode, PolicyEdit, Veto
from bot.pull import ReviewState
from bot.reviewers import MENTORING
from tests.bot.commands.thread import A, B, Thread, away, with_kernel, with_mentors
from tests.bot.reviewers.people import HEAD, NOW, reviewed, world

REFUSED, DONE = Reaction.REFUSED, Reaction.DONE
SILENT_REFUSAL = Outcome(REFUSED)


def asked(outcome: Outcome) -> list[str]:
    return [pick.person for pick in outcome.ask]


# --- who is listened to ---

EVERY_COMMAND = ["help", "explain", "recheck", "assign @bob", "reroll", "claim", "release", "waive all x", "veto x", "mentor", "checklist", "dance", ""]  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_a_stranger_gets_no_reply_whatever_they_order(book: LedgerBook, command: str) -> None:
    thread = Thread(book).asked("bob")
    assert thread.says("mallory", f"@cratewarden {command}") == SILENT_REFUSAL
    assert (thread.open, book.waivers(), book.vetoes()) == (["bob"], (), ())


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_a_bot_orders_nothing(book: LedgerBook, command: str) -> None:
    assert Thread(book).says("bob", f"@cratewarden {command}", bot=True) == Outcome()


def test_an_edited_comment_orders_nothing(book: LedgerBook) -> None:
    outcome = Thread(book).says("bob", "@cratewarden waive all fine", edited=True)
    assert (outcome.reaction, book.waivers()) == (REFUSED, ())
    assert "edited" in outcome.reply


ALLOWED = {
    "help": "alice bob carol wendy",
    "explain": "alice bob carol wendy",
    "recheck": "alice bob carol wendy",
    "mentor": "alice bob carol wendy",
    "checklist": "alice bob carol wendy",
    "assign": "bob carol wendy",
    "reroll": "bob carol wendy",
    "claim": "bob",
    "waive": "bob",
    "veto": "bob carol",
    "release": "bob carol",
}
WRITTEN = {"assign": "assign @dave", "waive": "waive all it is sound", "veto": "veto it is not"}


@pytest.mark.parametrize("who", ["alice", "bob", "carol", "wendy"])
@pytest.mark.parametrize("name", ALLOWED)
def test_a_command_is_for_those_it_is_for(book: LedgerBook, name: str, who: str) -> None:
    """alice is the author, bob and carol are in the pool, carol committed, wendy may push."""
    thread = with_mentors(book, "mia").asked("dave" if name == "reroll" else "bob", "carol")
    thread.around = thread.around.bars(carol=Barred.COMMITTED)
    outcome = thread.says(who, f"@cratewarden {WRITTEN.get(name, name)}")
    assert (outcome.reaction is not REFUSED) is (who in ALLOWED[name].split())
    assert (outcome.reaction is REFUSED) is (
        "only" in outcome.reply.lower() or "does not count" in outcome.reply
    )


def test_every_command_is_a_file_and_has_its_permission_tested() -> None:
    stems = {path.stem for path in Path(bot.commands.verbs.__file__).parent.glob("[a-z]*.py")}
    assert stems == set(commands()) == set(ALLOWED)


@pytest.mark.parametrize("name", sorted(set(ALLOWED) - {"help", "explain"}))
def test_on_a_closed_pull_request_there_is_nothing_to_order(book: LedgerBook, name: str) -> None:
    thread = Thread(book)
    thread.around = replace(thread.around, pull=replace(thread.around.pull, is_open=False))
    outcome = thread.says("bob", f"@cratewarden {WRITTEN.get(name, name)}")
    assert (outcome.reaction, "is closed" in outcome.reply) == (REFUSED, True)


# --- mistakes ---


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("waive", "`@cratewarden waive all REASON`"),
        ("waive all", "Write `@cratewarden waive all REASON`"),
        ("waive all REASON", "A reason is missing"),
        ("waive all \u200b\u2060!?", "A reason is missing"),
        (f"waive all {'x' * 1001}", "more than 1,000 characters"),
        ("waive abc it is fine", "at least 6 characters"),
        ("waive abcdef0 it is fine", "is called `abcdef0`"),
        ("waive src/a.rs:4 it is fine", "is called `src/a.rs:4`"),
        ("waive it because it is fine", "is called `it`"),
        ("veto", "Write `@cratewarden veto REASON`"),
        ("assign", "Write `@cratewarden assign @user`"),
        ("assign @acme/core", "`@acme/core` is no person's name"),
        ("assign @mallory", "`bob`, `carol` and `dave`"),
        ("assign @alice", "cannot approve this pull request"),
        ("wave all x", "Did you mean `@cratewarden waive <change|all> <reason>`?"),
        ("is great, thanks", "There is no command `is`"),
        ("release", "nothing of yours"),
        ("reroll", "nobody to replace"),
        ("mentor", "Nobody is named as a mentor here"),
        ("approve", "`@cratewarden help` lists"),
    ],
)
def test_a_mistake_is_answered_with_what_to_write(book: LedgerBook, body: str, words: str) -> None:
    outcome = Thread(book).says("bob", f"@cratewarden {body}")
    assert words in outcome.reply
    assert outcome == Outcome(REFUSED, outcome.reply)
    assert (book.assignments(), book.waivers(), book.vetoes()) == ((), (), ())


HOSTILE = "`<img/src=x>`@bob#1![](http://x)\u202e"


@pytest.mark.parametrize("command", ["{}", "waive {} fine", "assign {}", "explain {}", "waive all fine {}"])
def test_what_people_write_is_inert_in_the_reply(book: LedgerBook, command: str) -> None:
    reply = Thread(book).says("bob", f"@cratewarden {command.format(HOSTILE)}").reply
    html = MarkdownIt("commonmark").enable("table").render(reply)
    assert "<img" not in html
    assert "\u202e" not in html
    bare = "".join(part.partition("</code>")[2] for part in html.split("<code>"))
    assert "@" not in bare


def test_several_commands_are_carried_out_in_order_and_each_is_answered(book: LedgerBook) -> None:
    outcome = Thread(book).says(
        "bob", f"@cratewarden waive {A[:8]} checked\n@cratewarden wave\n@cratewarden recheck"
    )
    assert (outcome.reaction, outcome.recheck) == (REFUSED, True)
    heads = [line for line in outcome.reply.split("\n\n") if line.startswith("`")]
    assert heads == [f"`waive {A[:8]} checked`", "`wave`"]
    assert len(book.waivers()) == 1


def test_more_than_ten_are_not_carried_out_at_all(book: LedgerBook) -> None:
    outcome = Thread(book).says("bob", "@cratewarden veto no\n" + "@cratewarden recheck\n" * 10)
    assert (outcome.reaction, outcome.recheck, book.vetoes()) == (REFUSED, False, ())


def test_a_comment_holds_one_waiver(book: LedgerBook) -> None:
    outcome = Thread(book).says("bob", f"@cratewarden waive {A[:6]} x\n@cratewarden waive {B[:6]} y")
    assert "only once" in outcome.reply
    assert [each.covers for each in book.waivers()] == [{A}]


# --- waive ---


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (A[:6], {A}), (A, {A}), (f"`{A[:8]}`", {A}), (A[:8].upper(), {A}), ("src/b.rs:3", {B}), ("all", {A, B}),
        ("ALL", {A, B}),
    ],
)  # fmt: skip
def test_a_waiver_names_a_change_or_all(book: LedgerBook, name: str, expected: set[str]) -> None:
    outcome = Thread(book).says("bob", f"@cratewarden waive {name} the invariant holds")
    (waiver,) = book.waivers()
    assert (waiver.person, waiver.reason) == ("bob", "the invariant holds")
    assert set(waiver.covers) == expected
    assert (outcome.reaction, outcome.recheck) == (DONE, True)
    assert all(f"`{each[:8]}`" in outcome.reply for each in expected)


def test_all_leaves_out_what_is_covered_already(book: LedgerBook) -> None:
    thread = Thread(book)
    thread.around = thread.around.approved("carol", "src/a.rs")
    thread.says("bob", "@cratewarden waive all fine")
    assert book.waivers()[0].covers == {B}


def test_carrying_a_waiver_out_again_changes_nothing_and_says_the_same(book: LedgerBook) -> None:
    thread = Thread(book)
    first = thread.says("bob", "@cratewarden waive all fine")
    thread.settled(first)
    assert thread.around.decision.rules[0].uncovered == ()
    assert thread.says("bob", "@cratewarden waive all fine", again=True) == first
    assert len(book.waivers()) == 1


def test_with_nothing_left_a_new_waiver_of_all_is_refused(book: LedgerBook) -> None:
    thread = Thread(book)
    thread.settled(thread.says("bob", "@cratewarden waive all fine"))
    assert "Nothing waits" in thread.says("carol", "@cratewarden waive all fine").reply


def test_all_means_what_the_app_had_told_of_when_the_comment_was_written(book: LedgerBook) -> None:
    thread = Thread(book, in_sight={A})
    first = thread.says("bob", "@cratewarden waive all fine")
    assert book.waivers()[0].covers == {A}
    thread.settled(first)
    assert thread.says("bob", "@cratewarden waive all fine", again=True) == first


@pytest.mark.parametrize("name", ["all", "src/b.rs:3"])
def test_what_came_after_the_comment_is_not_waived_by_it(book: LedgerBook, name: str) -> None:
    outcome = Thread(book, in_sight=set()).says("bob", f"@cratewarden waive {name} fine")
    assert (outcome.reaction, book.waivers()) == (REFUSED, ())
    assert "came after your comment" in outcome.reply


def test_a_short_name_means_the_same_whatever_came_since(book: LedgerBook) -> None:
    Thread(book, in_sight=set()).says("bob", f"@cratewarden waive {B[:8].upper()} fine")
    assert book.waivers()[0].covers == {B}


def test_one_waives_only_what_ones_pools_are_asked_about(book: LedgerBook) -> None:
    thread = with_kernel(book)
    outcome = thread.says("erin", "@cratewarden waive all fine")
    assert book.waivers()[0].covers == {B}
    assert "not yours" in outcome.reply
    assert "in no pool" in thread.says("erin", f"@cratewarden waive {A[:6]} fine").reply


def test_neither_the_author_nor_a_committer_waives(book: LedgerBook) -> None:
    thread = with_kernel(book)
    assert thread.says("alice", "@cratewarden waive all fine").reaction is REFUSED
    thread.around = thread.around.bars(bob=Barred.COMMITTED)
    assert thread.says("bob", "@cratewarden waive all fine").reaction is REFUSED
    assert book.waivers() == ()


def test_what_could_not_be_analysed_and_the_policy_are_waived_by_their_paths(book: LedgerBook) -> None:
    thread = Thread(book, edits=(PolicyEdit(".github/cratewarden.toml", "b" * 40, "e" * 32),))
    doubt = Unanalysed("vendor/x", UnanalysedReason.SUBMODULE, blob="c" * 40)
    seen = replace(thread.around.analysis, unanalysed=(doubt,))
    thread.around = replace(thread.around, seen=seen)
    assert "`vendor/x`" in thread.says("bob", "@cratewarden waive vendor/x vendored as released").reply
    assert "in no pool" not in thread.says("bob", "@cratewarden explain .github/cratewarden.toml").reply


def test_a_blocking_finding_is_waived_with_all(book: LedgerBook) -> None:
    found = Finding("missing-safety-comment", Severity.BLOCK, "src/c.rs", 9, 1, 9, "unsafe-block", "fn g")
    thread = Thread(book)
    seen = replace(thread.around.analysis, changes=(), findings=(found,))
    thread.around = replace(thread.around, seen=seen)
    (hold,) = thread.around.decision.holds
    assert thread.says("bob", "@cratewarden waive src/c.rs:9 fine").reaction is DONE
    assert book.waivers()[0].covers == {hold.fingerprint}


def test_a_blocking_finding_is_waived_by_those_who_are_asked_about_its_change(book: LedgerBook) -> None:
    found = Finding("missing-safety-comment", Severity.BLOCK, "src/b.rs", 3, 5, 4, "unsafe-block", "fn f")
    thread = with_kernel(book)
    thread.around = replace(thread.around, seen=replace(thread.around.analysis, findings=(found,)))
    assert [hold.fingerprint for hold in thread.around.decision.holds] == [B]
    thread.says("bob", "@cratewarden waive all fine")
    assert book.waivers()[0].covers == {A}


def test_what_asks_nobody_needs_no_waiver(book: LedgerBook) -> None:
    thread = with_kernel(book)
    only = replace(thread.around.policy, rules=thread.around.policy.rules[:1])
    thread.around = replace(thread.around, policy=only)
    assert "Nobody is asked about this" in thread.says("bob", f"@cratewarden waive {B[:6]} fine").reply


# --- veto and release ---


def test_a_veto_stands_until_it_is_released(book: LedgerBook) -> None:
    thread = Thread(book)
    assert thread.says("bob", "@cratewarden veto the length is not checked").recheck
    assert [(each.person, each.reason) for each in book.vetoes()] == [("bob", "the length is not checked")]
    assert thread.says("carol", "@cratewarden release").reaction is REFUSED
    released = thread.says("bob", "@cratewarden release")
    assert (released.reaction, released.recheck, book.vetoes()) == (DONE, True, ())
    assert thread.says("bob", "@cratewarden release", again=True) == released


def test_a_review_that_requests_changes_is_not_released_by_a_command(book: LedgerBook) -> None:
    thread = Thread(book)
    thread.around = replace(
        thread.around, standing=replace(thread.around.standing, vetoes=(Veto("bob", NOW),))
    )
    assert "requests changes" in thread.says("bob", "@cratewarden release").reply


def test_who_was_asked_can_give_it_back_and_is_not_asked_next(book: LedgerBook) -> None:
    thread = Thread(book).asked("bob")
    outcome = thread.says("bob", "@cratewarden release")
    assert (outcome.reaction, outcome.withdraw, outcome.recheck) == (DONE, ("bob",), True)
    thread.settled(outcome)
    assert thread.around.plan().ask[0].person in {"carol", "dave"}
    assert thread.says("bob", "@cratewarden release", again=True) == outcome


# --- claim, assign, reroll ---


def test_who_claims_it_is_asked_and_whom_the_app_asked_is_let_go(book: LedgerBook) -> None:
    thread = Thread(book).asked("bob")
    outcome = thread.says("carol", "@cratewarden claim")
    assert (asked(outcome), outcome.withdraw) == (["carol"], ("bob",))
    assert thread.says("carol", "@cratewarden claim", again=True) == outcome
    thread.settled(outcome)
    assert thread.open == ["carol"]
    assert thread.around.plan().ask == ()
    assert [each.claimed for each in book.assignments() if each.is_open] == [True]


def test_a_claim_lets_nobody_go_who_is_still_needed(book: LedgerBook) -> None:
    thread = Thread(
        book,
        replace(
            world(
                replace(
                    world().policy.rules[0], require=replace(world().policy.rules[0].require, approvals=2)
                )
            ),
            changes=Thread(book).around.changes,
        ),
    ).asked("bob")
    assert thread.says("carol", "@cratewarden claim").withdraw == ()


def test_one_cannot_claim_what_does_not_wait_for_one(book: LedgerBook) -> None:
    thread = Thread(book)
    thread.around = thread.around.approved("bob", "src/a.rs", "src/b.rs")
    assert "Nothing waits" in thread.says("carol", "@cratewarden claim").reply


def test_who_is_assigned_is_asked_instead(book: LedgerBook) -> None:
    thread = Thread(book).asked("bob")
    outcome = thread.says("wendy", "@cratewarden assign @Carol")
    assert (asked(outcome), outcome.withdraw, outcome.recheck) == (["carol"], ("bob",), True)
    thread.settled(outcome)
    assert thread.around.plan().ask == ()


def test_two_can_be_assigned_in_one_comment(book: LedgerBook) -> None:
    outcome = Thread(book).says("wendy", "@cratewarden assign @carol\n@cratewarden assign dave")
    assert asked(outcome) == ["carol", "dave"]


def test_who_is_away_can_be_assigned_with_a_warning(book: LedgerBook) -> None:
    outcome = away(Thread(book).asked("bob"), "carol").says("bob", "@cratewarden assign @carol")
    assert (asked(outcome), outcome.withdraw) == (["carol"], ())
    assert "away until 2026-12-24" in outcome.reply


def test_who_has_let_everything_pass_need_not_be_assigned(book: LedgerBook) -> None:
    rule = world().policy.rules[0]
    two = replace(rule, require=replace(rule.require, approvals=2))
    thread = Thread(book, replace(world(two), changes=Thread(book).around.changes))
    thread.around = thread.around.approved("carol", "src/a.rs", "src/b.rs")
    assert "has let everything pass" in thread.says("bob", "@cratewarden assign @carol").reply


@pytest.mark.parametrize("mode", [Mode.ADVISE, Mode.OFF])
def test_a_direct_request_works_where_the_policy_only_advises(book: LedgerBook, mode: Mode) -> None:
    thread = Thread(book)
    thread.around = replace(thread.around, policy=replace(thread.around.policy, mode=mode))
    outcome = thread.says("wendy", "@cratewarden assign @carol")
    assert asked(outcome) == ["carol"]
    assert thread.settled(outcome).around.plan().withdraw == ()


def test_a_reroll_asks_the_next_one(book: LedgerBook) -> None:
    thread = Thread(book).asked("bob")
    outcome = thread.says("wendy", "@cratewarden reroll")
    assert outcome.withdraw == ("bob",)
    assert asked(outcome)[0] in {"carol", "dave"}
    assert thread.says("wendy", "@cratewarden reroll", again=True) == outcome
    thread.settled(outcome)
    assert thread.says("wendy", "@cratewarden reroll", again=True) == outcome
    assert thread.around.plan().ask == ()
    second = thread.says("wendy", "@cratewarden reroll")
    assert {"bob", *asked(outcome), *asked(second)} == {"bob", "carol", "dave"}


def test_nobody_is_rerolled_where_nobody_else_is_left(book: LedgerBook) -> None:
    thread = Thread(book).asked("bob", "carol", "dave")
    assert "Nobody else is left" in thread.says("wendy", "@cratewarden reroll").reply
    assert thread.open == ["bob", "carol", "dave"]


def test_who_claimed_it_is_not_rerolled(book: LedgerBook) -> None:
    assert (
        "nobody to replace"
        in Thread(book).asked("bob", claimed=True).says("wendy", "@cratewarden reroll").reply
    )


def test_who_was_asked_last_in_a_comment_stays_asked(book: LedgerBook) -> None:
    outcome = Thread(book).asked("bob").says("bob", "@cratewarden release\n@cratewarden claim")
    assert (asked(outcome), outcome.withdraw) == (["bob"], ())


# --- mentor, recheck, help, explain ---


def test_a_mentor_is_asked_once(book: LedgerBook) -> None:
    thread = with_mentors(book, "alice", "mia", "mo")
    outcome = thread.says("alice", "@cratewarden mentor")
    assert asked(outcome)[0] in {"mia", "mo"}
    assert [each.rule for each in book.assignments()] == [MENTORING]
    assert asked(thread.says("bob", "@cratewarden mentor")) == asked(outcome)


def test_no_mentor_is_asked_who_is_away(book: LedgerBook) -> None:
    assert (
        "No mentor"
        in with_mentors(book, "alice", "mia", away="mia").says("alice", "@cratewarden mentor").reply
    )


def test_a_mentor_who_is_asked_is_left_alone_by_the_plan(book: LedgerBook) -> None:
    thread = with_mentors(book, "mia")
    thread.settled(thread.says("alice", "@cratewarden mentor"))
    assert thread.around.plan().withdraw == ()


def test_a_checklist_that_was_asked_for_is_remembered_and_not_answered_twice(book: LedgerBook) -> None:
    outcome = Thread(book).says("alice", "@cratewarden checklist")
    assert outcome == Outcome(Reaction.WORKING, mentoring=True)
    assert book.remarks(ASKED) == {SPOKEN}


def test_two_commands_of_one_comment_both_reach_the_mentor(book: LedgerBook) -> None:
    outcome = with_mentors(book, "mia").says("alice", "@cratewarden mentor\n@cratewarden recheck")
    assert (asked(outcome), outcome.mentoring, outcome.recheck) == (["mia"], True, True)


def test_recheck_looks_again_and_says_so(book: LedgerBook) -> None:
    assert Thread(book).says("alice", "@cratewarden recheck") == Outcome(Reaction.WORKING, recheck=True)


@pytest.mark.parametrize("body", ["@cratewarden help", "@cratewarden"])
def test_help_lists_every_command(book: LedgerBook, body: str) -> None:
    reply = Thread(book).says("alice", body).reply
    html = MarkdownIt("commonmark").enable("table").render(reply)
    cells = [row.split("</td>")[0].partition("<td>")[2] for row in html.split("<tr>")[2:]]
    expected = [f"@cratewarden {each.name} {each.usage}".rstrip() for each in commands().values()]
    assert cells == [f"<code>{each.replace('<', '&lt;').replace('>', '&gt;')}</code>" for each in expected]


def test_explain_says_what_waits_for_whom_and_why(book: LedgerBook) -> None:
    thread = with_kernel(book).asked("bob")
    thread.around = thread.around.requested("bob", "carol")
    assert thread.says("alice", "@cratewarden explain").reply == EXPLAINED


LINKS = f"https://github.com/acme/ring/blob/{HEAD}"
EXPLAINED = f"""\
Rule `unsafe code`: 1 approval from `unsafe` for 1 change.

- New unsafe-block: `fn f`, `src/a.rs` [line 3]({LINKS}/src/a.rs#L3) · `{A[:8]}`

Rule `kernel code`: 1 approval from `kernel` for 1 change.

- New unsafe-block: `fn f`, `src/b.rs` [line 3]({LINKS}/src/b.rs#L3) · `{B[:8]}`

Who is asked, and why:

- `bob`: drawn by lot from 3 people in `unsafe`.
- `carol`: was asked by hand, or by another tool."""


def test_explain_says_why_each_rule_asks_about_a_change_or_does_not(book: LedgerBook) -> None:
    assert with_kernel(book).says("alice", f"@cratewarden explain {B[:6]}").reply == EXPLAINED_CHANGE


EXPLAINED_CHANGE = f"""\
- New unsafe-block: `fn f`, `src/b.rs` [line 3]({LINKS}/src/b.rs#L3) · `{B[:8]}`
  - Rule `kernel code`: 1 approval from `kernel` for 1 change.
  - Rule `unsafe code` does not ask: `when.paths` wants `src/a.rs`, and it is `src/b.rs`."""


def test_a_reviewer_who_commented_can_still_waive(book: LedgerBook) -> None:
    thread = Thread(book).asked("bob")
    thread.around = thread.around.reviews(reviewed("bob", ReviewState.COMMENTED))
    assert thread.says("bob", "@cratewarden waive all fine").reaction is DONE
