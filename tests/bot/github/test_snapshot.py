"""A snapshot tells everything about a pull request, and says where it could not."""

from __future__ import annotations

import pytest

from bot.ports import GoneError
from bot.pull import Association, PullRequest, ReviewState
from bot.sandbox.objects import Person
from bot.sandbox.people import User
from bot.sandbox.projects import Project
from tests.bot.stage import Stage


def commits_of(project: Project, base: str, head: str) -> list[str]:
    return project.repository.git.between(base, head)


def taken(stage: Stage, number: int, *teams: str, commits: list[str] | None = None) -> PullRequest:
    forge = stage.forge()
    tip = forge.tip(number)
    known = commits_of(stage.ring, tip.base_sha, tip.head_sha) if commits is None else commits
    return forge.snapshot(number, teams, known)


def test_an_ordinary_pull_request_is_told_completely(stage: Stage) -> None:
    pull = stage.pull()
    pull.label("Unsafe", by=stage.bob)
    pull.request_reviewer(stage.bob, by=stage.alice)
    team = stage.acme.team("readers", members=[stage.carol])
    pull.request_reviewer(team, by=stage.alice)
    shown = taken(stage, pull.number)
    assert shown.name == f"{stage.acme.login}/ring#{pull.number}"
    assert (shown.author, shown.author_is_bot) == (stage.alice.login, False)
    assert (shown.base_ref, shown.base_sha) == ("main", stage.ring.head())
    assert (shown.head_ref, shown.head_sha) == ("patch", pull.head)
    assert shown.head_repository == shown.repository.full_name
    assert shown.repository.owner_is_organisation
    assert shown.association is Association.FIRST_TIME_CONTRIBUTOR
    assert (shown.is_open, shown.is_draft, shown.is_merged) == (True, False, False)
    assert shown.labels == ("Unsafe",)
    assert shown.requested_users == (stage.bob.login,)
    assert shown.requested_teams == (f"{stage.acme.login}/readers",)
    assert [commit.people for commit in shown.commits] == [(stage.alice.login,)]
    assert shown.incomplete == ()


def test_reviews_are_told_in_their_order_with_what_they_looked_at(stage: Stage) -> None:
    pull = stage.pull()
    first = pull.head
    pull.review(by=stage.bob)
    pull.push({"src/lib.rs": "pub fn f() { unsafe { g() } }\n"}, by=stage.alice)
    gone = pull.review(by=stage.carol, state="CHANGES_REQUESTED")
    pull.review(by=stage.bob, state="COMMENTED", body="hm")
    pull.dismiss(gone, by=stage.bob)
    shown = taken(stage, pull.number)
    assert [(one.person, one.state, one.commit) for one in shown.reviews] == [
        (stage.bob.login, ReviewState.APPROVED, first),
        (stage.carol.login, ReviewState.DISMISSED, pull.head),
        (stage.bob.login, ReviewState.COMMENTED, pull.head),
    ]
    assert not any(one.is_bot for one in shown.reviews)
    assert shown.incomplete == ()


def test_more_reviews_than_fit_on_a_page_are_all_told(stage: Stage) -> None:
    pull = stage.pull()
    for _ in range(104):
        pull.review(by=stage.bob, state="COMMENTED", body="hm")
    pull.review(by=stage.carol)
    shown = taken(stage, pull.number)
    assert len(shown.reviews) == 105
    assert shown.reviews[-1].person == stage.carol.login


def test_a_list_of_reviews_that_ends_too_early_is_noticed(stage: Stage) -> None:
    pull = stage.pull()
    pull.review(by=stage.bob)
    pull.review(by=stage.carol, state="CHANGES_REQUESTED")
    stage.world.disturb("truncate", "GET", "/repos/*/pulls/*/reviews")
    assert taken(stage, pull.number).incomplete == ("GitHub did not list all reviews",)


def test_a_list_of_commits_that_ends_too_early_is_noticed(stage: Stage) -> None:
    pull = stage.pull()
    pull.push({"src/b.rs": "b\n"}, by=stage.alice)
    stage.world.disturb("truncate", "GET", "/repos/*/pulls/*/commits")
    (words,) = taken(stage, pull.number).incomplete
    assert "1 of 2 commits" in words


def test_commits_that_only_git_knows_are_asked_for_one_by_one(stage: Stage) -> None:
    pull = stage.pull()
    other = stage.ring.commit("other", {"src/x.rs": "x\n"}, author=stage.bob)
    shown = taken(stage, pull.number, commits=[pull.head, other])
    assert [commit.people for commit in shown.commits] == [(stage.alice.login,), (stage.bob.login,)]
    assert shown.incomplete == ()


def test_commits_that_github_cannot_tell_of_are_told(stage: Stage) -> None:
    pull = stage.pull()
    (words,) = taken(stage, pull.number, commits=[pull.head, "0123456789" * 4]).incomplete
    assert "0123456789" in words


def test_more_commits_than_github_lists_are_all_told(stage: Stage) -> None:
    git = stage.ring.repository.git
    base = stage.ring.head()
    lines = [b"reset refs/sandbox/many", f"from {base}".encode()]
    for number in range(262):
        who = stage.bob.login if number == 261 else stage.alice.login
        lines += [
            b"commit refs/sandbox/many",
            f"committer {who} <{who}@example.com> {1_790_000_000 + number} +0000".encode(),
            b"data 3\none",
            b"M 100644 inline src/lib.rs",
            f"data {len(str(number))}\n{number}".encode(),
        ]
    git.run("fast-import", "--quiet", stdin=b"\n".join(lines) + b"\n")
    stage.ring.push("many", git.refs("refs/sandbox/many")["refs/sandbox/many"], by=stage.alice)
    pull = stage.ring.open_pull(head="many", by=stage.alice)
    shown = taken(stage, pull.number)
    assert len(shown.commits) == 262
    assert {one.sha for one in shown.commits} == set(commits_of(stage.ring, base, pull.head))
    assert shown.commits[-1].people == (stage.bob.login,)
    assert shown.incomplete == ()


def test_a_fork_that_was_deleted_is_told_as_gone(stage: Stage) -> None:
    fork = stage.ring.fork(by=stage.alice)
    fork.commit("patch", {"src/lib.rs": "pub unsafe fn f() {}\n"}, author=stage.alice)
    pull = stage.ring.open_pull(head=f"{stage.alice.login}:patch", by=stage.alice)
    assert taken(stage, pull.number).head_repository == f"{stage.alice.login}/ring"
    stage.ring.delete_fork(by=stage.alice)
    shown = taken(stage, pull.number)
    assert shown.head_repository is None
    assert shown.incomplete == ()


def test_co_authors_are_people_of_the_commit_however_they_are_written(stage: Stage) -> None:
    bob, carol = stage.bob, stage.carol
    message = (
        "Change\n\n"
        f"Co-authored-by: Bob <{bob.account.id}+{bob.login.upper()}@users.noreply.127.0.0.1>\n"
        f"CO-AUTHORED-BY:Carol <{carol.login}@example.com>\r\n"
        "co-authored-by: Nobody <nobody@nowhere.example>\n"
        "Co-authored-by: without an address\n"
        "Co-authored-by: GitHub <noreply@github.com>\n"
    )
    stage.ring.commit("patch", {"src/a.rs": "a\n"}, author=stage.alice, message=message)
    stage.ring.commit("patch", {"src/b.rs": "b\n"}, author=carol)
    pull = stage.ring.open_pull(head="patch", by=stage.alice)
    first, second = taken(stage, pull.number).commits
    assert first.people == tuple(sorted([stage.alice.login, bob.login, carol.login]))
    assert first.unmapped == ("nobody@nowhere.example",)
    assert (second.people, second.unmapped) == ((carol.login,), ())


def test_authors_and_committers_whom_github_does_not_know_are_unmapped(stage: Stage) -> None:
    stranger = Person("Stranger", "Stranger@Nowhere.example")
    hidden = Person("Hidden", "9+nobody-has-this-name@users.noreply.127.0.0.1")
    stage.ring.commit("patch", {"src/a.rs": "a\n"}, author=stranger, committer=stage.bob)
    stage.ring.commit("patch", {"src/b.rs": "b\n"}, author=stage.alice, committer=hidden)
    pull = stage.ring.open_pull(head="patch", by=stage.alice)
    first, second = taken(stage, pull.number).commits
    assert (first.people, first.unmapped) == ((stage.bob.login,), ("stranger@nowhere.example",))
    assert second.unmapped == (hidden.email,)


def test_githubs_own_committer_is_nobody_and_cannot_hide_an_author(stage: Stage) -> None:
    web = Person("GitHub", "noreply@github.com")
    stage.ring.commit("patch", {"src/a.rs": "a\n"}, author=stage.alice, committer=web)
    stage.ring.commit("patch", {"src/b.rs": "b\n"}, author=web, committer=web)
    pull = stage.ring.open_pull(head="patch", by=stage.alice)
    first, second = taken(stage, pull.number).commits
    assert (first.people, first.unmapped) == ((stage.alice.login,), ())
    assert second.unmapped == ("noreply@github.com",)


def test_teams_hold_the_people_of_their_child_teams(stage: Stage) -> None:
    parent = stage.acme.team("unsafe-reviewers", members=[stage.bob])
    stage.acme.team("kernel", members=[stage.carol], parent=parent)
    pull = stage.pull()
    known, unknown = f"{stage.acme.login}/unsafe-reviewers", f"{stage.acme.login}/none"
    teams = taken(stage, pull.number, known, unknown, "elsewhere/team").teams
    assert teams[known].members == frozenset([stage.bob.login, stage.carol.login])
    assert teams[unknown].members is None
    assert teams["elsewhere/team"].members is None


def test_a_request_taken_back_by_somebody_else_is_remembered_until_it_is_made_again(stage: Stage) -> None:
    pull = stage.pull()
    pull.request_reviewer(stage.bob, stage.carol, by=stage.alice)
    pull.remove_reviewer(stage.bob, by=stage.alice)
    pull.remove_reviewer(stage.carol, by=stage.alice)
    pull.request_reviewer(stage.carol, by=stage.alice)
    shown = taken(stage, pull.number)
    assert shown.removed_by_hand == {stage.bob.login}
    assert shown.requested_users == (stage.carol.login,)


def test_a_request_that_the_app_takes_back_is_not_taken_back_by_hand(stage: Stage) -> None:
    from bot.actions import RequestReviewers, WithdrawRequests

    pull = stage.pull()
    stage.forge().perform(pull.number, [RequestReviewers((stage.bob.login,))])
    stage.forge().perform(pull.number, [WithdrawRequests((stage.bob.login,))])
    shown = taken(stage, pull.number)
    assert shown.removed_by_hand == frozenset()
    assert shown.requested_users == ()


def test_the_last_change_of_the_base_is_told(stage: Stage) -> None:
    stage.ring.commit("release", {"src/lib.rs": "pub fn release() {}\n"})
    pull = stage.pull()
    assert taken(stage, pull.number).retargeted is None
    pull.retarget("release", by=stage.alice)
    shown = taken(stage, pull.number)
    assert shown.base_ref == "release"
    assert shown.retargeted is not None


def test_other_open_pull_requests_at_the_same_commit_are_siblings(stage: Stage) -> None:
    fork = stage.ring.fork(by=stage.alice)
    sha = fork.commit("patch", {"src/lib.rs": "pub unsafe fn f() {}\n"}, author=stage.alice)
    fork.push("same", sha, by=stage.alice)
    stage.ring.commit("release", {"src/r.rs": "r\n"})
    one = stage.ring.open_pull(head=f"{stage.alice.login}:patch", by=stage.alice)
    two = stage.ring.open_pull(head=f"{stage.alice.login}:same", base="release", by=stage.alice)
    closed = stage.ring.open_pull(head=f"{stage.alice.login}:same", by=stage.alice)
    closed.close()
    stage.pull(branch="another")
    assert taken(stage, one.number).siblings == (two.number,)


def test_bots_are_told_from_people(stage: Stage) -> None:
    bot = User(stage.world, stage.world.app.bot)
    stage.ring.commit("patch", {"src/lib.rs": "1\n"})
    pull = stage.ring.open_pull(head="patch", by=bot)
    pull.review(by=stage.bob)
    shown = taken(stage, pull.number)
    assert (shown.author, shown.author_is_bot) == ("cratewarden[bot]", True)
    assert [one.is_bot for one in shown.reviews] == [False]


def test_a_pull_request_that_is_not_there_is_gone(stage: Stage) -> None:
    with pytest.raises(GoneError):
        stage.forge().tip(99)


def test_drafts_and_merged_pull_requests_say_so(stage: Stage) -> None:
    stage.ring.collaborator(stage.bob)
    pull = stage.pull()
    stage.ring.commit("later", {"src/later.rs": "1\n"}, author=stage.alice)
    draft = stage.ring.open_pull(head="later", by=stage.alice, draft=True)
    assert taken(stage, draft.number).is_draft
    pull.merge(by=stage.bob)
    shown = taken(stage, pull.number)
    assert (shown.is_open, shown.is_merged, shown.is_draft) == (False, True, False)


def test_open_pull_requests_are_listed_by_number_and_base(stage: Stage) -> None:
    stage.ring.commit("release", {"src/r.rs": "r\n"})
    one, two = stage.pull(branch="a"), stage.pull(branch="b")
    stage.ring.open_pull(head="a", base="release", by=stage.alice)
    two.close()
    forge = stage.forge()
    assert [tip.number for tip in forge.open_pulls()] == [one.number, two.number + 1]
    assert [tip.number for tip in forge.open_pulls("release")] == [two.number + 1]


def test_reviews_that_the_app_dismissed_are_told_from_those_that_people_dismissed(stage: Stage) -> None:
    from bot.actions import DismissReview

    pull = stage.pull()
    ours, theirs = pull.review(by=stage.bob), pull.review(by=stage.carol)
    stage.forge().perform(pull.number, [DismissReview(ours.id, "out of date")])
    pull.dismiss(theirs, by=stage.bob)
    assert [(one.state, one.dismissed_by_app) for one in taken(stage, pull.number).reviews] == [
        (ReviewState.DISMISSED, True),
        (ReviewState.DISMISSED, False),
    ]
