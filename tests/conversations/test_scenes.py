"""Every scene once, one after the other: each notices what the gate must not do, whichever story is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conversations.aims import Aims
from tests.conversations.cast import Stage

SCENES: tuple[tuple[str, dict[str, object]], ...] = (
    ("somebody_behind_the_code_approves", {"who": "bob", "how": "wrote"}),
    ("somebody_behind_the_code_approves", {"who": "carol", "how": "committed"}),
    ("somebody_behind_the_code_approves", {"who": "dave", "how": "helped"}),
    ("somebody_behind_the_code_approves", {"who": "bob", "how": "pushed"}),
    ("the_author_waives_what_others_wrote", {"who": "bob"}),
    ("a_stranger_approves_instead", {"who": "bob", "what": "code", "stranger": "mallory"}),
    ("a_stranger_approves_instead", {"who": "bob", "what": "a submodule", "stranger": "eve"}),
    ("one_approves_too_few", {"who": "bob", "what": "code"}),
    ("one_approves_too_few", {"who": "bob", "what": "a submodule"}),
    ("one_approves_too_few", {"who": "bob", "what": "a policy"}),
    ("one_approves_too_few", {"who": "bob", "what": "a policy without force"}),
    ("just_enough_approve_what_nobody_knows_the_author_of", {"who": "bob", "how": "wrote"}),
    ("just_enough_approve_what_nobody_knows_the_author_of", {"who": "bob", "how": "helped"}),
    ("just_enough_approve_what_nobody_knows_the_pusher_of", {"who": "bob"}),
    ("whoever_approved_leaves", {"who": "bob"}),
    ("whoever_waived_leaves_and_others_approve", {"who": "bob"}),
    ("somebody_pushes_while_it_is_closed_and_approves", {"who": "bob"}),
    ("is_pushed_to_between_look_and_approval", {"who": "bob"}),
    ("is_forced_back_to_what_was_approved", {"who": "bob"}),
    ("is_pushed_to_after_a_waiver", {"who": "bob", "what": "code", "at_once": True}),
    ("is_pushed_to_after_a_waiver", {"who": "bob", "what": "bare code", "at_once": False}),
    ("approvals_are_not_enough_for_what_blocks", {"who": "bob"}),
    ("a_policy_that_cannot_be_read_is_approved", {"who": "bob"}),
    ("what_was_just_approved_is_dismissed", {"who": "bob", "twice": False}),
    ("what_was_just_approved_is_dismissed", {"who": "bob", "twice": True}),
    ("what_the_app_meant_to_dismiss_is_dismissed", {"who": "bob"}),
    ("others_approve_what_somebody_vetoes", {"who": "bob", "how": "reviews"}),
    ("others_approve_what_somebody_vetoes", {"who": "bob", "how": "orders"}),
    ("what_was_said_is_edited", {"who": "bob"}),
    ("goes_to_another_branch_and_back", {"who": "bob"}),
    ("is_forgotten_for_three_months", {"who": "bob"}),
    ("maintainers_change_their_minds", {"who": "bob", "approvals": 2, "both": False}),
    ("maintainers_break_their_policy_for_a_while", {"who": "bob", "approvals": 1}),
    ("its_base_loses_a_commit_that_it_keeps", {"who": "bob", "at_once": False}),
    ("its_base_loses_a_commit_that_it_keeps", {"who": "bob", "at_once": True}),
    ("another_pull_request_has_the_same_head", {"who": "bob"}),
    ("moves_while_the_app_looks", {"who": "bob"}),  # and ends at another branch
    ("github_leaves_out_a_commit_of_somebody_who_approves", {"who": "bob"}),
    ("is_merged_in_a_queue", {"who": "bob", "what": "dismissed"}),
    ("is_merged_in_a_queue", {"who": "bob", "what": "evil"}),
)


@pytest.fixture(scope="module")
def story(on: Stage) -> Iterator[Aims]:
    class Played(Aims):
        pass

    Played.on = on
    story = Played()
    story.opens(approvals=1, both=False, stale=True, contents=(1, 0, 0, 0))
    yield story
    story.teardown()


@pytest.mark.parametrize(
    ("scene", "how"),
    SCENES,
    ids=lambda each: " ".join(map(str, each.values())) if isinstance(each, dict) else each,
)
def test_a_scene_is_never_green_while_anything_is_unseen(
    story: Aims, scene: str, how: dict[str, object]
) -> None:
    getattr(story, scene)(**how)
    story.is_not_green_while_anything_is_unseen()


def test_every_scene_is_played() -> None:
    own = {name for name, each in vars(Aims).items() if hasattr(each, "hypothesis_stateful_rule")}
    assert own == {name for name, _ in SCENES}
