"""The App finds its installations, keeps its tokens fresh, and says what a failure means."""

from __future__ import annotations

import datetime
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from bot.github.address import Address, AddressError
from bot.github.app import App, Credentials, FailedDelivery
from bot.github.errors import ExpiredError, RefusedError, TransientError
from bot.github.patience import Manners
from bot.ports import GoneError
from bot.sandbox.keys import new_app
from tests.bot.stage import QUICK, Stage


def test_installations_and_their_repositories_are_listed(stage: Stage) -> None:
    hidden = stage.acme.repository("hidden", {"README.md": "hello\n"}, private=True)
    found = {one.id: one for one in stage.app.installations()}
    installation = found[stage.installation.id]
    assert installation.account is not None
    assert installation.account.login == stage.acme.login
    assert [(one.full_name, one.private) for one in stage.app.repositories(installation.id)] == [
        (stage.ring.full_name, False),
        (hidden.full_name, True),
    ]


def test_a_repository_of_a_person_is_no_organisations(stage: Stage) -> None:
    project = stage.alice.repository("own", {"README.md": "hello\n"})
    forge = stage.app.forge(project.install().id, project.full_name)
    assert not forge.repository.owner_is_organisation
    assert forge.organisation_policy() is None


def test_the_organisations_policy_is_read_from_either_place(stage: Stage) -> None:
    assert stage.forge().organisation_policy() is None
    home = stage.acme.repository(".github", {"cratewarden.toml": "[x]\n"})
    assert stage.forge().organisation_policy() == (f"{stage.acme.login}/.github:cratewarden.toml", b"[x]\n")
    home.commit("main", {".github/cratewarden.toml": "version = 1\n"})
    name = f"{stage.acme.login}/.github:.github/cratewarden.toml"
    assert stage.forge().organisation_policy() == (name, b"version = 1\n")


def test_an_organisations_policy_that_is_no_file_is_no_valid_policy_either(stage: Stage) -> None:
    stage.acme.repository(".github", {"cratewarden.toml/inside": "version = 1\n"})
    found = stage.forge().organisation_policy()
    assert found is not None
    assert found[1] == b"\0"


def test_a_token_that_ends_early_is_replaced_in_the_middle_of_things(stage: Stage) -> None:
    pull = stage.pull()
    forge = stage.forge()
    assert forge.tip(pull.number).head_sha == pull.head
    stage.world.clock.advance(hours=2)
    assert forge.tip(pull.number).head_sha == pull.head
    assert "GET /repos/" in stage.asked()[-1]


def test_the_token_for_git_can_do_nothing_but_read_one_repository(stage: Stage) -> None:
    stage.acme.repository("other", {"README.md": "hello\n"}, private=True)
    access = stage.forge().clone_access()
    token = stage.world.state.tokens[access.token]
    assert token.repositories == [stage.ring.repository.id]
    assert token.permissions == {"contents": "read", "metadata": "read"}
    assert access.url == f"{stage.world.url}/{stage.ring.full_name}.git"
    assert access.token not in repr(access)


def test_comments_tell_whether_they_were_edited(stage: Stage) -> None:
    pull = stage.pull()
    comment = pull.comment(stage.bob, "@cratewarden recheck")
    forge = stage.forge()
    plain = forge.comment(comment.id)
    assert (plain.author, plain.body, plain.is_bot, plain.is_edited) == (
        stage.bob.login, "@cratewarden recheck", False, False,
    )  # fmt: skip
    stage.world.clock.advance(minutes=1)
    pull.edit_comment(comment, stage.carol, "@cratewarden waive all because")
    assert forge.comment(comment.id).is_edited
    with pytest.raises(GoneError):
        forge.comment(99)


def test_who_may_push_can_write(stage: Stage) -> None:
    stage.ring.collaborator(stage.bob)
    stage.ring.collaborator(stage.carol, "triage")
    forge = stage.forge()
    assert forge.can_write(stage.bob.login)
    assert not forge.can_write(stage.carol.login)
    assert not forge.can_write("nobody-at-all")


def test_a_merge_group_brings_in_everything_before_it_too(stage: Stage) -> None:
    pulls = []
    for name in ("one", "two", "three"):
        stage.ring.commit(name, {f"src/{name}.rs": "x\n"}, author=stage.alice)
        pulls.append(stage.ring.open_pull(head=name, by=stage.alice))
    entries = [stage.ring.enqueue(pull) for pull in pulls]
    forge = stage.forge()
    assert forge.queue_members("main", entries[1].head_sha) == (pulls[0].number, pulls[1].number)
    assert forge.queue_members("main", entries[2].head_sha) == tuple(pull.number for pull in pulls)
    assert forge.queue_members("main", "0" * 40) == ()
    assert forge.queue_members("other", entries[0].head_sha) == ()


def test_deliveries_that_never_arrived_are_found_and_sent_again(stage: Stage) -> None:
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
    stage.world.deliver_to("http://127.0.0.1:9/webhooks/github")
    stage.pull()
    stage.world.settle()
    failed = stage.app.failed_deliveries(start)
    mine = [one for one in failed if one.event == "pull_request"]
    assert mine
    assert mine[-1].status_code >= 400
    stage.app.redeliver(mine[-1].id)
    stage.world.settle()
    delivery = next(one for one in stage.world.deliveries if one.guid == mine[-1].guid)
    assert delivery.attempts == 2
    (again,) = [one for one in stage.app.failed_deliveries(start) if one.guid == mine[-1].guid]
    assert (again.first_at, again.id != mine[-1].id) == (mine[-1].first_at, True)
    assert (
        stage.app.failed_deliveries(datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=3)) == ()
    )
    stage.world.deliver_to("")


def test_the_pauses_between_attempts_to_deliver_grow_so_that_three_days_take_few_of_them() -> None:
    first = now = datetime.datetime(2026, 11, 21, 9, tzinfo=datetime.UTC)
    newest, attempts = first, 1
    while now < first + datetime.timedelta(days=3):
        now += datetime.timedelta(minutes=5)
        if FailedDelivery(1, "guid", "push", first, newest, 502).is_due(now):
            newest, attempts = now, attempts + 1
    assert attempts == 11


def test_short_troubles_are_outlasted(stage: Stage) -> None:
    pull = stage.pull()
    forge = stage.forge()
    stage.world.fail("GET", "/repos/*/pulls/*", status=502)
    stage.world.disturb("reset", "GET", "/repos/*/pulls/*")
    assert forge.tip(pull.number).head_sha == pull.head


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_long_troubles_are_for_a_later_attempt(stage: Stage, status: int) -> None:
    pull = stage.pull()
    forge = stage.forge()
    stage.world.fail("GET", "/repos/*/pulls/*", status=status, times=99)
    with pytest.raises(TransientError):
        forge.tip(pull.number)


def test_the_wait_that_github_asks_for_is_told_and_not_sat_out(stage: Stage) -> None:
    pull = stage.pull()
    forge = stage.forge()
    stage.world.limit("secondary", "GET", "/repos/*/pulls/*", seconds=90, times=9)
    with pytest.raises(TransientError) as secondary:
        forge.tip(pull.number)
    assert secondary.value.retry_after == 90
    stage.world.faults.clear()
    stage.world.limit("primary", "GET", "/repos/*/pulls/*", seconds=1800, times=9)
    with pytest.raises(TransientError) as primary:
        forge.tip(pull.number)
    # The clock of the sandbox is some hours ahead of ours here; it is at least what was asked for.
    assert primary.value.retry_after >= 1790


def test_a_short_wait_that_github_asks_for_is_sat_out(stage: Stage) -> None:
    pull = stage.pull()
    patient = Manners(timeout=5, attempts=2, backoff=0.01, longest_wait=2.0, between_writes=0.0)
    with closing(App(stage.app.address, stage.credentials, patient)) as app:
        forge = app.forge(stage.installation.id, stage.ring.full_name)
        fault = stage.world.limit("secondary", "GET", "/repos/*/pulls/*", seconds=1)
        assert forge.tip(pull.number).head_sha == pull.head
        assert fault.hits == 1


def test_a_server_that_is_silent_is_given_up(stage: Stage) -> None:
    pull = stage.pull()
    hasty = Manners(timeout=1, attempts=0, between_writes=0.0)
    with closing(App(stage.app.address, stage.credentials, hasty)) as app:
        forge = app.forge(stage.installation.id, stage.ring.full_name)
        stage.world.disturb("hang", "GET", "/repos/*/pulls/*", seconds=3, times=2)
        with pytest.raises(TransientError):
            forge.tip(pull.number)


def test_a_suspended_installation_is_gone(stage: Stage) -> None:
    forge = stage.forge()
    with stage.world.state.lock:
        stage.installation.suspended_at = stage.world.clock.now()
    with pytest.raises(GoneError):
        forge.tip(1)


def test_an_installation_that_was_removed_is_gone(stage: Stage) -> None:
    stage.acme.uninstall()
    with pytest.raises(GoneError):
        stage.forge()


def test_a_key_that_is_not_the_apps_is_named(stage: Stage) -> None:
    other = new_app(stage.world.state, stage.world.staff, f"other-{stage.acme.login}")
    wrong = Credentials(stage.world.app.id, other.private_key)
    with closing(App(stage.app.address, wrong, QUICK)) as app, pytest.raises(ExpiredError, match="key"):
        app.read_identity()


def test_a_missing_permission_is_named(stage: Stage) -> None:
    pull = stage.pull()
    level = stage.world.app.permissions.pop("pull_requests")
    try:
        with closing(App(stage.app.address, stage.credentials, QUICK)) as app:
            forge = app.forge(stage.installation.id, stage.ring.full_name)
            with pytest.raises(RefusedError, match=r"lacks a permission \(read pull_requests\)"):
                forge.tip(pull.number)
    finally:
        stage.world.app.permissions["pull_requests"] = level


@pytest.mark.parametrize(
    ("url", "rest", "graphql", "git"),
    [
        (
            "https://github.com/",
            "https://api.github.com",
            "https://api.github.com/graphql",
            "https://github.com/a/b.git",
        ),
        (
            "https://git.acme.example:8443",
            "https://git.acme.example:8443/api/v3",
            "https://git.acme.example:8443/api/graphql",
            "https://git.acme.example:8443/a/b.git",
        ),
        (
            "http://127.0.0.1:80/base",
            "http://127.0.0.1:80/base/api/v3",
            "http://127.0.0.1:80/base/api/graphql",
            "http://127.0.0.1:80/base/a/b.git",
        ),
    ],
)
def test_addresses_below_a_url(url: str, rest: str, graphql: str, git: str) -> None:
    address = Address.of(url)
    assert (address.rest, address.graphql, address.git("a/b")) == (rest, graphql, git)


@pytest.mark.parametrize(
    "url",
    [
        "http://github.com",
        "http://192.168.0.1",
        "ftp://github.com",
        "github.com",
        "https://",
        "https://user:secret@github.com",
        "https://github.com?x=1",
        "https://github.com:port",
        "http://127.0.0.1.example.com",
        "",
    ],
)
def test_addresses_that_no_github_has_are_refused(url: str) -> None:
    with pytest.raises(AddressError):
        Address.of(url)


def test_threads_may_share_the_app(stage: Stage) -> None:
    numbers = []
    for n in range(6):
        stage.ring.commit(f"branch-{n}", {"src/lib.rs": f"{n}\n"}, author=stage.alice)
        numbers.append(stage.ring.open_pull(head=f"branch-{n}", by=stage.alice).number)
    forge = stage.forge()
    # PyGithub keeps a request on its connection before it sends it: another thread must not get in between.
    patience = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as pool:
            told = list(pool.map(lambda number: forge.tip(number).number, numbers * 30))
    finally:
        sys.setswitchinterval(patience)
    assert told == numbers * 30
