"""A pull request's book remembers what was said, once, and writes each change into the log."""

from __future__ import annotations

import datetime
from dataclasses import replace

from bot.actions import CheckState
from bot.ledger import Ledger
from bot.ledger.book import LedgerBook
from bot.model import Approval, Source, Veto
from bot.ports import Assignment, Book, Cover, Verdict
from tests.bot.ledger.conftest import RING, START, StillClock

LATER = START + datetime.timedelta(hours=1)


def events(ledger: Ledger) -> list[str]:
    return [entry.event for entry in ledger.entries()]


def asked(person: str, rule: str = "unsafe code", at: datetime.datetime = START) -> Assignment:
    return Assignment(person, rule, at, "least-loaded")


def test_it_is_the_book_that_the_pipeline_asks_for(book: LedgerBook) -> None:
    asked_for: Book = book
    assert asked_for.covers() == {}


def test_a_cover_is_kept_and_never_changed(book: LedgerBook, ledger: Ledger) -> None:
    first = Cover("main", frozenset({"f2", "f1"}), frozenset({"src/a.rs", "src/b.rs"}))
    book.remember_cover(5, "alice", "c1", first)
    book.remember_cover(5, "alice", "c2", Cover("main", frozenset({"f3"})))
    assert book.covers() == {5: first}
    [entry] = ledger.entries()
    assert (entry.actor, entry.event, entry.number, entry.full_name) == ("alice", "cover", 12, "acme/ring")
    assert entry.body["fingerprints"] == ["f1", "f2"]


def test_covers_of_another_pull_request_are_not_ours(book: LedgerBook, ledger: Ledger) -> None:
    ledger.book(RING, 13).remember_cover(5, "alice", "c1", Cover("main", frozenset({"f1"})))
    assert book.covers() == {}


def test_a_dismissal_is_recorded_once(book: LedgerBook, ledger: Ledger) -> None:
    book.remember_dismissal(5, "stale")
    book.remember_dismissal(5, "stale")
    assert book.dismissed_by_app() == {5}
    assert events(ledger) == ["dismiss"]


def test_a_comment_waives_once(book: LedgerBook, ledger: Ledger) -> None:
    book.waive(91, "bob", ["f2"], "vendored", LATER)
    book.waive(90, "alice", ["f1", "f1"], "checked by hand", START)
    book.waive(90, "alice", ["f9"], "again", LATER)
    assert book.waivers() == (
        Approval("alice", Source.WAIVER, frozenset({"f1"}), START, reason="checked by hand"),
        Approval("bob", Source.WAIVER, frozenset({"f2"}), LATER, reason="vendored"),
    )
    assert events(ledger) == ["waive", "waive"]


def test_a_released_veto_counts_no_more(book: LedgerBook) -> None:
    book.veto(90, "alice", "unsound", START)
    book.veto(91, "bob", "", START)
    assert book.vetoes() == (Veto("alice", START, "unsound"), Veto("bob", START, ""))
    assert book.release_veto(92, "alice", LATER)
    assert book.vetoes() == (Veto("bob", START, ""),)


def test_to_release_what_was_never_vetoed_says_so_and_logs_nothing(book: LedgerBook, ledger: Ledger) -> None:
    assert not book.release_veto(92, "alice", LATER)
    assert events(ledger) == []


def test_a_release_that_is_carried_out_twice_spares_the_veto_that_came_after_it(book: LedgerBook) -> None:
    book.veto(90, "alice", "unsound", START)
    assert book.release_veto(92, "alice", LATER)
    book.veto(95, "alice", "still unsound", LATER)
    assert book.release_veto(92, "alice", LATER)
    assert [veto.reason for veto in book.vetoes()] == ["still unsound"]


def test_the_first_pusher_of_a_head_stands(book: LedgerBook) -> None:
    book.remember_pusher("h1", "alice")
    book.remember_pusher("h1", "mallory")
    assert (book.pusher("h1"), book.pusher("h2")) == ("alice", "")


def test_somebody_is_asked_once_and_may_claim(book: LedgerBook, ledger: Ledger) -> None:
    book.assign(asked("alice"))
    book.assign(asked("alice", at=LATER))
    assert book.assignments() == (asked("alice"),)
    claim = Assignment("alice", "unsafe code", LATER, "claimed", claimed=True)
    book.assign(claim)
    book.assign(asked("alice"))
    assert book.assignments() == (claim,)
    assert events(ledger) == ["assign", "assign"]


def test_who_was_released_may_be_asked_again(book: LedgerBook) -> None:
    book.assign(asked("alice"))
    book.close_assignments(["alice", "nobody"], "released")
    assert [each.is_open for each in book.assignments()] == [False]
    book.assign(asked("alice", at=LATER))
    assert book.assignments() == (asked("alice", at=LATER),)


def test_whom_github_refuses_is_not_on_it_any_more_unless_they_claimed_it(
    book: LedgerBook, ledger: Ledger
) -> None:
    claim = Assignment("bob", "unsafe code", START, "claimed", claimed=True)
    for each in (asked("alice"), claim, asked("carol")):
        book.assign(each)
    book.remember_refusals("h1", ["alice", "bob"])
    assert {each.person: (each.is_open, each.refused) for each in book.assignments()} == {
        "alice": (False, "h1"),
        "bob": (True, "h1"),
        "carol": (True, None),
    }
    assert book.load() == {"bob": 1, "carol": 1}
    assert events(ledger) == ["assign", "assign", "assign", "refused"]


def test_a_refusal_is_recorded_once_for_a_head_and_ends_with_the_next_request(
    book: LedgerBook, ledger: Ledger
) -> None:
    book.assign(asked("alice"))
    for head in ("h1", "h1", "h2"):
        book.remember_refusals(head, ["alice", "nobody"])
    assert [each.refused for each in book.assignments()] == ["h2"]
    book.assign(asked("alice", at=LATER))
    assert book.assignments() == (asked("alice", at=LATER),)
    assert events(ledger) == ["assign", "refused", "refused", "assign"]


def test_forgotten_refusals_leave_that_there_was_one(book: LedgerBook, ledger: Ledger) -> None:
    book.assign(asked("alice"))
    book.assign(asked("bob"))
    book.remember_refusals("h1", ["alice"])
    book.forget_refusals()
    book.forget_refusals()
    assert [(each.person, each.refused) for each in book.assignments()] == [("alice", ""), ("bob", None)]
    assert events(ledger) == ["assign", "assign", "refused", "forget-refusals"]


def test_closing_nobody_logs_nothing(book: LedgerBook, ledger: Ledger) -> None:
    book.close_assignments([], "closed")
    assert events(ledger) == []


def test_the_load_counts_pull_requests_over_all_repositories(book: LedgerBook, ledger: Ledger) -> None:
    book.assign(asked("alice", "unsafe code"))
    book.assign(asked("alice", "ffi"))
    other = RING.__class__("acme", "other", 8, "main")
    ledger.book(other, 1).assign(asked("alice"))
    ledger.book(other, 1).assign(asked("bob"))
    ledger.book(other, 2).assign(asked("bob"))
    ledger.book(other, 2).close_assignments(["bob"], "done")
    assert book.load() == {"alice": 2, "bob": 1}


def test_a_rotation_puts_who_was_last_asked_last(book: LedgerBook, ledger: Ledger) -> None:
    people = ["alice", "bob", "carol"]
    assert list(book.turn("unsafe code", people)) == people
    book.assign(asked("alice"))
    assert list(book.turn("unsafe code", people)) == ["bob", "carol", "alice"]
    # The same second: the order of asking still counts.
    ledger.book(RING, 13).assign(asked("bob"))
    ledger.book(RING, 13).assign(asked("carol"))
    assert list(book.turn("unsafe code", people)) == ["alice", "bob", "carol"]
    assert list(book.turn("another rule", people)) == people


def test_an_expert_is_somebody_whose_reviews_covered_the_file(book: LedgerBook, ledger: Ledger) -> None:
    paths = frozenset(f"src/{number}.rs" for number in range(1200))
    book.remember_cover(1, "alice", "c", Cover("main", frozenset(), paths))
    ledger.book(RING, 13).remember_cover(2, "alice", "c", Cover("main", frozenset(), frozenset({"src/0.rs"})))
    ledger.book(RING, 13).remember_cover(3, "bob", "c", Cover("main", frozenset(), frozenset({"src/1.rs"})))
    assert book.experts(paths) == {"alice": 2, "bob": 1}
    assert book.experts({"src/0.rs"}) == {"alice": 2}
    assert book.experts({"other.rs"}) == {}
    assert book.experts(()) == {}


def test_a_verdict_is_logged_when_it_changes(book: LedgerBook, ledger: Ledger, clock: StillClock) -> None:
    book.conclude("h1", CheckState.IN_PROGRESS, {"uncovered": ["f1"]})
    book.conclude("h1", CheckState.IN_PROGRESS, {"uncovered": ["f1"]})
    clock.pass_minutes(1)
    book.conclude("h1", CheckState.SUCCESS, {"uncovered": []})
    assert book.verdicts("h1") == (Verdict(12, "h1", CheckState.SUCCESS),)
    assert events(ledger) == ["verdict", "verdict"]


def test_a_verdict_counts_for_the_head_where_the_pull_request_stands(
    book: LedgerBook, ledger: Ledger
) -> None:
    book.conclude("h1", CheckState.SUCCESS, {})
    ledger.book(RING, 13).conclude("h1", CheckState.FAILURE, {})
    assert [verdict.number for verdict in book.verdicts("h1")] == [12, 13]
    book.conclude("h2", CheckState.SUCCESS, {})
    assert [verdict.number for verdict in book.verdicts("h1")] == [13]
    # Pushed back: the old words at that head are said anew.
    book.conclude("h1", CheckState.SUCCESS, {})
    assert [verdict.number for verdict in book.verdicts("h1")] == [12, 13]
    assert book.verdicts("h2") == ()
    assert events(ledger).count("verdict") == 4


def test_merge_groups_wait_side_by_side_and_are_no_pull_requests(ledger: Ledger) -> None:
    groups = ledger.book(RING, 0)
    for _ in range(2):
        groups.conclude("g1", CheckState.IN_PROGRESS, {})
        groups.conclude("g2", CheckState.SUCCESS, {})
    assert groups.verdicts("g1") == ()
    assert events(ledger) == ["verdict", "verdict"]


def test_a_closed_pull_request_counts_for_no_head_and_asks_nobody(book: LedgerBook, ledger: Ledger) -> None:
    book.conclude("h1", CheckState.SUCCESS, {})
    book.assign(asked("alice"))
    book.forget()
    book.forget()
    assert book.verdicts("h1") == ()
    assert book.load() == {}
    assert events(ledger) == ["verdict", "assign", "forget"]


def test_a_reopened_pull_request_counts_again(book: LedgerBook) -> None:
    book.conclude("h1", CheckState.SUCCESS, {})
    book.forget()
    book.conclude("h1", CheckState.SUCCESS, {})
    assert len(book.verdicts("h1")) == 1


def test_a_note_is_taken_once(book: LedgerBook, ledger: Ledger) -> None:
    book.note("inventory", "c1", {"sites": 3})
    book.note("inventory", "c1", {"sites": 4})
    book.note("inventory", "c2", {"sites": 5})
    assert [entry.body for entry in ledger.entries()] == [
        {"key": "c1", "sites": 3},
        {"key": "c2", "sites": 5},
    ]


def test_text_that_no_database_takes_is_kept_as_well_as_it_goes(book: LedgerBook, ledger: Ledger) -> None:
    book.veto(90, "alice", "nul \0 half \ud800 whole \U0001f980", START)
    assert [veto.reason for veto in book.vetoes()] == ["nul \ufffd half \ufffd whole \U0001f980"]
    [entry] = ledger.entries()
    assert entry.body["reason"] == "nul \0 half \ud800 whole \U0001f980"
    assert ledger.find_fault() is None


def test_what_was_told_is_remembered_once_and_by_topic(book: LedgerBook, ledger: Ledger) -> None:
    book.remember_remarks("checklist", ["b", "a"])
    book.remember_remarks("checklist", {"a", "c"})
    book.remember_remarks("checklist", ["a"])
    assert book.remarks("checklist") == {"a", "b", "c"}
    assert book.remarks("welcome") == frozenset()
    assert [entry.body["names"] for entry in ledger.entries()] == [["a", "b"], ["c"]]


def test_what_was_told_elsewhere_in_the_repository_is_known(book: LedgerBook, ledger: Ledger) -> None:
    ledger.book(RING, 13).remember_remarks("welcome", ["alice"])
    assert book.has_remark("welcome", "alice")
    assert not book.has_remark("welcome", "bob")
    assert not book.has_remark("checklist", "alice")
    assert book.remarks("welcome") == frozenset()
    assert not ledger.book(replace(RING, id=RING.id + 1), 13).has_remark("welcome", "alice")


def answers(ledger: Ledger, clock: StillClock, number: int, hours: float, *, claimed: bool = False) -> None:
    """bob is asked for two rules, and approves so many hours later, and once more after that."""
    book = ledger.book(RING, number)
    for rule in ("unsafe code", "kernel"):
        book.assign(replace(asked("bob", rule, clock.now()), claimed=claimed))
    for review, wait in enumerate((hours, 100.0), number * 10):
        clock.time += datetime.timedelta(hours=wait)
        book.remember_cover(review, "bob", "c1", Cover("main", frozenset({"f1"})))


def test_how_long_answers_took_is_told_newest_first(
    book: LedgerBook, ledger: Ledger, clock: StillClock
) -> None:
    assert book.answer_times() == ()
    answers(ledger, clock, 21, 5)
    answers(ledger, clock, 22, 2)
    answers(ledger, clock, 23, 1, claimed=True)
    assert book.answer_times() == (datetime.timedelta(hours=2), datetime.timedelta(hours=5))
    assert ledger.book(replace(RING, id=RING.id + 1), 1).answer_times() == ()


def test_an_approval_from_before_somebody_was_asked_is_no_answer(book: LedgerBook, clock: StillClock) -> None:
    book.remember_cover(5, "bob", "c1", Cover("main", frozenset({"f1"})))
    clock.time += datetime.timedelta(hours=1)
    book.assign(asked("bob", at=clock.now()))
    assert book.answer_times() == ()
