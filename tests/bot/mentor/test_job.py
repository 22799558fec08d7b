"""The mentor's job survives a restart and never stands in the way of an assessment."""

from __future__ import annotations

from bot.jobs import AssessPull, MentorPull, Where, from_json, to_json

HERE = Where(1, 7, "acme/ring")


def test_it_comes_back_from_the_ledger_as_it_was() -> None:
    job = MentorPull(HERE, 31, if_touched=True)
    assert from_json(to_json(job)) == job


def test_it_waits_in_a_queue_of_its_own() -> None:
    assert MentorPull(HERE, 31).key != AssessPull(HERE, 31).key
    assert MentorPull(HERE, 31).key != MentorPull(HERE, 32).key
    assert MentorPull(HERE, 31).replaceable
