"""A pull request with unsafe code from its first push to its merge, as the people on it see it."""

from __future__ import annotations

from tests.conversations.cast import Conversation, requested


def test_unsafe_code_waits_for_one_reviewer_and_passes_once_they_approve(talk: Conversation) -> None:
    pull = talk.opens()
    assert talk.says(pull) == "in_progress"
    assert len(requested(pull)) == 1
    assert "src/lib.rs" in talk.sticky(pull)
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_safe_code_passes_without_a_word(talk: Conversation) -> None:
    pull = talk.opens("pub fn get(v: &[u8], i: usize) -> u8 {\n    v[i + 1]\n}\n")
    assert talk.says(pull) == "success"
    assert talk.sticky(pull) == ""
    assert requested(pull) == set()
