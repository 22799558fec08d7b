"""A pull request brings a policy that cannot be read: merged, it would hold everything after it."""

from __future__ import annotations

import pytest

from bot.sandbox.projects import Project
from bot.sandbox.pull_requests import PullRequest
from tests.conversations.cast import POLICY, POLICY_FILE, UNSAFE, Begin, Conversation, said

WRONG = POLICY.replace("require.pool", "require.pol").replace('"enforce"', '"enforced"')
"""With mistakes in lines 2 and 9."""
HELD = "Held: the policy has 2 mistakes to mend"


def edits(talk: Conversation, text: str | None = WRONG, **how: object) -> PullRequest:
    """Alice opens a pull request that edits the policy, or takes it away."""
    talk.ring.commit("policy", {POLICY_FILE: text}, author=talk.alice)
    pull = talk.ring.open_pull(head="policy", by=talk.alice, **how)  # type: ignore[arg-type]
    talk.settle()
    return pull


def test_it_is_held_and_the_check_says_what_to_mend_line_by_line(talk: Conversation) -> None:
    pull = edits(talk)
    assert (talk.says(pull), talk.check(pull).title) == ("failure", HELD)
    for text in (talk.check(pull).summary, talk.sticky(pull)):
        assert "mend the policy, line by line" in said(text)
        assert "unknown mode `enforced`; did you mean `enforce`?" in said(text)
        assert f"/blob/{pull.head}/{POLICY_FILE}#L2" in said(text)
        assert f"/blob/{pull.head}/{POLICY_FILE}#L9" in said(text)


def test_neither_approvals_nor_a_waiver_let_it_through(talk: Conversation) -> None:
    pull = edits(talk)
    talk.approves(pull, talk.bob)
    talk.approves(pull, talk.carol)
    talk.says_to(pull, talk.bob, "@cratewarden waive all we mend it later")
    assert (talk.says(pull), talk.check(pull).title) == ("failure", HELD)


def test_once_it_is_mended_it_waits_for_an_approval_like_any_other(talk: Conversation) -> None:
    pull = edits(talk)
    talk.approves(pull, talk.bob)
    talk.pushes(pull, POLICY.replace('"bob", ', ""), path=POLICY_FILE)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_a_mistake_beside_unsafe_code_holds_that_too(talk: Conversation) -> None:
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE, POLICY_FILE: WRONG}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "failure"
    talk.pushes(pull, POLICY, path=POLICY_FILE)
    # What bob saw of the code is what is left.
    assert talk.says(pull) == "success"


def test_a_link_in_place_of_the_policy_is_held_like_any_text_that_is_none(talk: Conversation) -> None:
    talk.ring.commit("policy", {POLICY_FILE: ("120000", b"../elsewhere.toml")}, author=talk.alice)
    pull = talk.ring.open_pull(head="policy", by=talk.alice)
    talk.settle()
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "failure"


@pytest.mark.parametrize(
    "policy", [POLICY.replace('"enforce"', '"advise"'), None], ids=["advise", "no policy"]
)
def test_where_nothing_is_held_yet_it_is_told_and_not_held(begin: Begin, policy: str | None) -> None:
    talk = begin(policy)
    pull = edits(talk)
    assert talk.says(pull) == "neutral"
    assert "The policy has 2 problems" in talk.about_policy(pull)
    assert "What would hold it" in talk.sticky(pull)


def test_a_pull_request_that_mends_a_wrong_policy_is_held_by_the_wrong_one_alone(begin: Begin) -> None:
    talk = begin(WRONG)
    pull = edits(talk, POLICY)
    assert (talk.says(pull), talk.check(pull).title) == ("failure", "The policy on main cannot be read")


def test_the_organisations_own_defaults_are_judged_as_they_would_stand(begin: Begin) -> None:
    talk = begin(None, organisation_policy=POLICY.replace("version = 1", 'version = 1\nlocked = ["mode"]'))
    home = next(
        one for one in talk.sandbox.state.live_repositories() if one.full_name == f"{talk.acme.login}/.github"
    )
    defaults = Project(talk.sandbox, home, talk.sandbox.staff)
    # Pool and rule get another name at once: with the old file above, the new pool would seem to have no use.
    good = POLICY.replace("unsafe", "security")
    opened = {}
    for branch, text in (("good", good), ("wrong", WRONG)):
        defaults.commit(branch, {"cratewarden.toml": text}, author=talk.alice)
        opened[branch] = defaults.open_pull(head=branch, by=talk.alice)
        talk.settle()
    assert [talk.says(pull) for pull in opened.values()] == ["in_progress", "failure"]
    talk.approves(opened["good"], talk.bob)
    assert talk.says(opened["good"]) == "success"


def test_two_edits_that_are_right_by_themselves_and_wrong_together_do_not_leave_the_queue(
    begin: Begin,
) -> None:
    mentors = '[pools.mentors]\nusers = ["carol"]\n\n'
    rule = '\n[[rules]]\nname = "more"\nrequire.pool = "mentors"\n'
    talk = begin(POLICY.replace("[[rules]]", f"{mentors}[[rules]]", 1) + "\n# The end.\n")
    whole = talk.ring.repository.git.run("cat-file", "blob", f"main:{POLICY_FILE}").decode()
    texts = {"without": whole.replace(mentors, ""), "with": whole + rule}
    pulls = []
    for branch, text in texts.items():
        talk.ring.commit(branch, {POLICY_FILE: text}, author=talk.alice)
        pulls.append(talk.ring.open_pull(head=branch, by=talk.alice))
        talk.settle()
        talk.approves(pulls[-1], talk.bob)
    assert [talk.says(pull) for pull in pulls] == ["success", "success"]
    talk.ring.require_check("cratewarden", app=talk.sandbox.app)
    heads = [talk.ring.enqueue(pull).head_sha for pull in pulls]
    talk.settle()
    assert talk.check_at(heads[0]).conclusion == "success"
    assert (talk.check_at(heads[1]).conclusion, talk.check_at(heads[1]).title) == (
        "failure",
        "Held: the policy has 1 mistake to mend",
    )
