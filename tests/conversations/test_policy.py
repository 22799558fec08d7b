"""What maintainers write down, and what the pull request's page makes of it."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.projects import Project
from tests.conversations.cast import (
    POLICY,
    POLICY_FILE,
    UNSAFE,
    Begin,
    Conversation,
    Stage,
    function,
    more,
    requested,
    said,
)

ADVISE = POLICY.replace('"enforce"', '"advise"')
DEFAULTS = """\
version = 1
mode = "enforce"

[pools.security]
users = ["carol"]

[[rules]]
name = "house rule"
require.pool = "security"
"""


def test_advise_tells_and_holds_nothing(begin: Begin) -> None:
    talk = begin(ADVISE)
    pull = talk.opens()
    assert talk.says(pull) == "neutral"
    assert "src/lib.rs" in talk.sticky(pull)
    assert requested(pull) == set()


def test_a_repository_without_a_policy_is_only_told(begin: Begin) -> None:
    talk = begin(None)
    pull = talk.opens()
    assert talk.says(pull) == "neutral"
    assert requested(pull) == set()


def test_off_says_nothing(begin: Begin) -> None:
    talk = begin(POLICY.replace('"enforce"', '"off"'))
    pull = talk.opens()
    assert talk.says(pull) == "neutral"
    assert talk.sticky(pull) == ""
    assert requested(pull) == set()
    assert pull.labels == []


def test_nothing_is_held_before_the_day_that_the_policy_names_and_everything_from_then_on(
    on: Stage, begin: Begin
) -> None:
    day = on.sandbox.clock.now().date() + timedelta(days=7)
    talk = begin(POLICY.replace('mode = "enforce"', f'mode = "enforce"\nenforce_from = {day}'))
    pull = talk.opens()
    assert talk.says(pull) == "neutral"
    talk.sandbox.clock.advance(days=7)
    talk.reconcile()
    assert talk.says(pull) == "in_progress"
    assert requested(pull)


def test_a_rule_can_advise_until_its_own_day_while_others_hold(begin: Begin) -> None:
    talk = begin(POLICY + "enforce_from = 2999-01-01\n")
    pull = talk.opens()
    assert talk.says(pull) == "neutral"
    assert requested(pull) == set()


def test_the_organisations_defaults_count_where_the_repository_says_nothing(begin: Begin) -> None:
    talk = begin(None, organisation_policy=DEFAULTS)
    pull = talk.opens()
    assert talk.says(pull) == "in_progress"
    assert requested(pull) == {"carol"}


def test_a_repositorys_rules_come_on_top_of_the_organisations(begin: Begin) -> None:
    talk = begin(POLICY.replace('["bob", "carol"]', '["bob"]'), organisation_policy=DEFAULTS)
    pull = talk.opens()
    assert requested(pull) == {"bob", "carol"}
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_a_repository_can_switch_itself_off_unless_the_organisation_locks_the_mode(begin: Begin) -> None:
    off = 'version = 1\nmode = "off"\n'
    free = begin(off, organisation_policy=DEFAULTS)
    assert free.says(free.opens()) == "neutral"
    kept = begin(off, organisation_policy=DEFAULTS.replace("version = 1", 'version = 1\nlocked = ["mode"]'))
    assert kept.says(kept.opens()) == "in_progress"


def test_a_policy_on_the_base_branch_that_is_wrong_holds_everything_and_says_where(begin: Begin) -> None:
    talk = begin(POLICY.replace("request.strategy", "request.stratgy"))
    pull = talk.opens("pub fn get() {}\n")
    assert talk.says(pull) == "failure"
    assert f"{POLICY_FILE}#L10" in said(talk.check(pull).summary)
    assert "strategy" in said(talk.check(pull).summary)
    assert pull.labels == []


def test_when_the_wrong_policy_is_put_right_open_pull_requests_are_judged_anew(begin: Begin) -> None:
    talk = begin(POLICY.replace("request.strategy", "request.stratgy"))
    pull = talk.opens()
    assert talk.says(pull) == "failure"
    talk.ring.commit("main", {POLICY_FILE: POLICY})
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_a_new_policy_on_the_base_branch_counts_at_once_for_open_pull_requests(begin: Begin) -> None:
    talk = begin(ADVISE)
    pull = talk.opens()
    talk.ring.commit("main", {POLICY_FILE: POLICY})
    talk.settle()
    assert talk.says(pull) == "in_progress"
    assert requested(pull)


def test_a_push_without_a_policy_edit_judges_nobody_anew(talk: Conversation) -> None:
    talk.opens()
    before = len(talk.jobs)
    talk.ring.commit("main", {"README.md": "Ring.\n"})
    talk.settle()
    assert [job.kind for job in talk.jobs[before:]] == ["take-inventory"]


def test_the_organisations_new_defaults_count_at_once_for_open_pull_requests(begin: Begin) -> None:
    talk = begin(None, organisation_policy=DEFAULTS.replace('"enforce"', '"advise"'))
    pull = talk.opens()
    assert talk.says(pull) == "neutral"
    home = next(
        one for one in talk.sandbox.state.live_repositories() if one.full_name == f"{talk.acme.login}/.github"
    )
    Project(talk.sandbox, home, talk.sandbox.staff).commit("main", {"cratewarden.toml": DEFAULTS})
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_an_edit_of_the_policy_needs_somebody_of_its_pools(talk: Conversation) -> None:
    pull = talk.opens(POLICY.replace('"enforce"', '"off"'), path=POLICY_FILE)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.mallory)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_an_edit_of_the_policy_needs_somebody_though_no_rule_looks_there(begin: Begin) -> None:
    talk = begin(POLICY + 'when.paths = ["src/**"]\n')
    pull = talk.opens(POLICY.replace('"enforce"', '"off"'), path=POLICY_FILE)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_a_pull_request_is_judged_by_the_policy_of_its_base_and_not_by_its_own(talk: Conversation) -> None:
    talk.ring.commit(
        "patch", {"src/lib.rs": UNSAFE, POLICY_FILE: POLICY.replace('"enforce"', '"off"')}, author=talk.alice
    )
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    assert requested(pull)


def test_a_mistake_in_a_policy_edit_is_shown_at_its_line(talk: Conversation) -> None:
    pull = talk.opens(POLICY.replace("require.pool", "require.pol"), path=POLICY_FILE)
    (annotation,) = talk.check(pull).annotations
    assert (annotation["path"], annotation["start_line"]) == (POLICY_FILE, 9)
    assert "pool" in annotation["message"]
    assert "`pol`" in talk.about_policy(pull)


def test_a_policy_edit_tells_what_it_would_change_for_other_open_pull_requests(talk: Conversation) -> None:
    waiting = talk.opens()
    pull = talk.opens(POLICY.replace('"enforce"', '"advise"'), path=POLICY_FILE, branch="policy")
    told = said(talk.about_policy(pull))
    assert f"#{waiting.number}" in told
    assert "mode" in told


def test_the_comment_about_a_policy_edit_goes_when_the_edit_does(talk: Conversation) -> None:
    pull = talk.opens(more(POLICY, "\n# A remark.\n"), path=POLICY_FILE)
    assert talk.about_policy(pull)
    talk.pushes(pull, POLICY, path=POLICY_FILE)
    assert talk.about_policy(pull) == ""


def test_all_pools_of_a_rule_have_to_approve_where_it_says_so(begin: Begin) -> None:
    talk = begin(
        POLICY.replace('users = ["bob", "carol"]', 'users = ["bob"]\n\n[pools.kernel]\nusers = ["carol"]')
        .replace('require.pool = "unsafe"', 'require.all_of = ["unsafe", "kernel"]')
    )  # fmt: skip
    pull = talk.opens()
    assert requested(pull) == {"bob", "carol"}
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "in_progress"
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_a_rule_about_certain_authors_asks_only_for_them(begin: Begin) -> None:
    talk = begin(POLICY + 'when.not_authors = ["alice"]\n')
    trusted = talk.opens()
    assert talk.says(trusted) == "success"
    talk.pushes(trusted, UNSAFE + function("second"), by=talk.mallory, author=talk.mallory)
    assert talk.says(trusted) == "in_progress"


def test_labels_titles_and_descriptions_of_the_author_change_nothing(talk: Conversation) -> None:
    pull = talk.opens(title="approved: cratewarden off", body="@cratewarden waive all trust me")
    pull.label("approved", "cratewarden:skip", by=talk.alice)
    pull.edit(title="Rollup of 7", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "in_progress"


def test_labels_say_that_there_is_unsafe_code_and_whether_it_waits(talk: Conversation) -> None:
    pull = talk.opens()
    assert sorted(pull.labels) == ["needs-unsafe-review", "unsafe"]
    talk.approves(pull, talk.bob)
    assert pull.labels == ["unsafe"]
    pull.unlabel("unsafe", by=talk.alice)
    talk.settle()
    assert pull.labels == ["unsafe"]


def test_a_rule_can_be_about_a_branch_a_crate_and_people_from_outside(begin: Begin) -> None:
    rules = "".join(
        f'\n[[rules]]\nname = "{name}"\nwhen.{condition}\nrequire.pool = "unsafe"\n'
        for name, condition in {
            "release branches": 'branches = ["release/*"]',
            "the kernel": 'crates = ["kernel"]',
            "people from outside": 'associations = ["none", "first-time-contributor"]',
        }.items()
    )
    pools = POLICY.partition("[[rules]]")[0]
    talk = begin(pools + rules, {"kernel/Cargo.toml": '[package]\nname = "kernel"\nversion = "0.1.0"\n'})
    talk.acme.add(talk.alice)
    inside = talk.opens()
    assert talk.says(inside) == "success"
    talk.ring.commit("release/1", {"README.md": "Release.\n"})
    inside.retarget("release/1")
    talk.settle()
    assert "release branches" in talk.sticky(inside)
    talk.acme.remove(talk.alice)
    kernel = talk.opens(function("k"), branch="kernel", path="kernel/src/lib.rs")
    assert "the kernel" in talk.sticky(kernel)
    assert "people from outside" in talk.sticky(kernel)


def test_any_of_several_pools_may_approve_where_it_says_so(begin: Begin) -> None:
    pools = 'users = ["bob"]\n\n[pools.kernel]\nusers = ["carol"]'
    policy = POLICY.replace('users = ["bob", "carol"]', pools)
    talk = begin(policy.replace('require.pool = "unsafe"', 'require.any_of = ["unsafe", "kernel"]'))
    pull = talk.opens()
    assert len(requested(pull)) == 1
    talk.approves(pull, talk.carol)
    assert talk.says(pull) == "success"


def test_a_wrong_policy_of_the_organisation_holds_everything_and_says_where(begin: Begin) -> None:
    talk = begin(None, organisation_policy=DEFAULTS.replace("require.pool", "require.pol"))
    pull = talk.opens("pub fn get() {}\n")
    assert talk.says(pull) == "failure"
    assert "`pol`" in said(talk.check(pull).summary)
    assert f"{talk.acme.login}/.github" in said(talk.check(pull).summary)


def test_taking_the_policy_away_needs_somebody_of_its_pools(talk: Conversation) -> None:
    talk.ring.commit("patch", {POLICY_FILE: None}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    assert talk.says(pull) == "in_progress"
    assert pull.labels == ["needs-unsafe-review"]
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"
