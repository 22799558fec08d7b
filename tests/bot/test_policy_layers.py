"""A repository's policy stands over its organisation's, and nothing that is locked is ever lost."""

from __future__ import annotations

import datetime

import pytest

from analyzers.model import Severity
from bot.model import Mode
from bot.policy import BUILT_IN, POLICY_PATHS, Policy, PolicyError, choose_file, layer, load, read_layers
from bot.policy.model import Labels, OnGitHub, Pool, Require

ORGANISATION = """\
version = 1
mode = "enforce"
enforce_from = 2027-01-01
[pools.security]
users = ["sue", "sam"]
[pools.unsafe]
users = ["uma"]
[[rules]]
name = "ffi"
when.kinds = ["ffi"]
require.pool = "security"
[[rules]]
name = "unsafe"
when.kinds = ["unsafe"]
require.pool = "unsafe"
[findings]
missing-safety-doc = "block"
missing-safety-comment = "warn"
[mentoring]
pool = "security"
[github]
labels.unsafe = "danger"
code_scanning = true
"""
LOCKED_RULE = ORGANISATION.replace('pool = "security"\n[[', 'pool = "security"\nlocked = true\n[[')
LOCKED = 'locked = ["mode", "findings", "mentoring", "github"]\n' + LOCKED_RULE

COUNTS = "the organisation locks a rule that needs its own pool of this name, so this one counts as `{} (repository)`"
BESIDES = (
    "the organisation locks its own rule of this name, so this one counts besides it, as `{} (repository)`"
)
TOO_FEW = (
    "the organisation's rule `ffi` needs 2 approvals, which can never come from 1 person;"
    " add users or a team, or give this pool another name"
)


def over(repository: str, organisation: str = ORGANISATION) -> Policy:
    return read_layers(("repo.toml", repository.encode()), ("org.toml", organisation.encode()))


def problems(repository: str, organisation: str = ORGANISATION) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        over(repository, organisation)
    return [str(problem) for problem in caught.value.errors]


def notes(repository: str, organisation: str = ORGANISATION) -> list[str]:
    return [str(note) for note in over(repository, organisation).notes]


def pool(policy: Policy, name: str) -> Pool:
    (found,) = (each for each in policy.pools if each.name == name)
    return found


def required(policy: Policy) -> dict[str, Require]:
    return {rule.name: rule.require for rule in policy.rules}


def test_without_any_file_the_built_in_policy_counts() -> None:
    assert read_layers(None, None) is BUILT_IN
    assert layer(None, None) is BUILT_IN


def test_one_file_alone_counts_as_it_is() -> None:
    alone = load(ORGANISATION.encode(), "x")
    assert read_layers(("x", ORGANISATION.encode()), None) == alone
    assert read_layers(None, ("x", ORGANISATION.encode())) == alone


def test_a_repository_that_says_nothing_is_judged_by_the_organisation() -> None:
    organisation = load(ORGANISATION.encode(), "org.toml")
    assert over("version = 1") == organisation


def test_pools_rules_and_findings_come_together_by_name() -> None:
    policy = over("""\
version = 1
[pools.unsafe]
users = ["ulf", "una"]
[pools.kernel]
users = ["kim"]
[[rules]]
name = "unsafe"
require.any_of = ["kernel", "security"]
[[rules]]
name = "memory"
require.pool = "kernel"
[findings]
missing-safety-doc = "off"
stale-safety-comment = "note"
""")
    assert [each.name for each in policy.pools] == ["security", "unsafe", "kernel"]
    assert pool(policy, "unsafe").users == ("ulf", "una")
    assert required(policy) == {
        "ffi": Require(("security",)),
        "unsafe": Require(("kernel", "security")),
        "memory": Require(("kernel",)),
    }
    assert dict(policy.findings) == {
        "missing-safety-comment": Severity.WARN,
        "missing-safety-doc": Severity.OFF,
        "stale-safety-comment": Severity.NOTE,
    }
    assert policy.notes == ()


@pytest.mark.parametrize(
    ("written", "mode", "day"),
    [
        ("", Mode.ENFORCE, datetime.date(2027, 1, 1)),
        ('mode = "enforce"', Mode.ENFORCE, None),
        ('mode = "advise"', Mode.ADVISE, None),
        ("enforce_from = 2028-01-01", Mode.ENFORCE, datetime.date(2028, 1, 1)),
    ],
)
def test_the_mode_is_that_of_the_file_that_says_one(
    written: str, mode: Mode, day: datetime.date | None
) -> None:
    policy = over(f"version = 1\n{written}")
    assert (policy.mode, policy.enforce_from) == (mode, day)
    assert policy.notes == ()


def test_what_is_done_on_github_comes_together_key_by_key() -> None:
    policy = over("version = 1\n[github]\nlabels.needs_review = false\ndismiss_stale_approvals = true")
    assert policy.github == OnGitHub(Labels("danger", ""), dismiss_stale_approvals=True, code_scanning=True)


def test_mentors_are_those_of_the_repository_if_it_has_some() -> None:
    assert over("version = 1").mentoring.pool == "security"
    assert over("version = 1\nmentoring.pool = 'unsafe'").mentoring.pool == "unsafe"


def test_a_locked_rule_and_its_pool_stay_and_the_repositorys_count_besides_them() -> None:
    repository = """\
version = 1
[pools.security]
users = ["mallory"]
[[rules]]
name = "ffi"
when.paths = ["nowhere"]
require.pool = "security"
"""
    policy, organisation = over(repository, LOCKED_RULE), load(LOCKED_RULE.encode(), "org.toml")
    assert policy.rules[:2] == organisation.rules
    assert pool(policy, "security").users == ("sue", "sam")
    assert pool(policy, "security (repository)").users == ("mallory",)
    assert required(policy)["ffi (repository)"] == Require(("security (repository)",))
    assert notes(repository, LOCKED_RULE)[-2:] == [
        f"repo.toml:2:8: {COUNTS.format('security')}",
        f"repo.toml:5:8: {BESIDES.format('ffi')}",
    ]


def test_a_rule_that_says_what_a_locked_one_says_is_that_rule() -> None:
    repeated = 'version = 1\n[[rules]]\nname = "ffi"\nwhen.kinds = ["ffi"]\nrequire.pool = "security"\n'
    assert over(repeated, LOCKED_RULE).rules == load(LOCKED_RULE.encode(), "x").rules


def test_locked_parts_stay_and_what_does_not_count_is_noted_at_its_line() -> None:
    repository = """\
version = 1
mode = "off"
enforce_from = 2030-01-01
[findings]
missing-safety-doc = "off"
stale-safety-comment = "note"
[mentoring]
pool = "unsafe"
[github]
labels = false
code_scanning = false
"""
    policy, organisation = over(repository, LOCKED), load(LOCKED.encode(), "org.toml")
    assert (policy.mode, policy.enforce_from) == (Mode.ENFORCE, datetime.date(2027, 1, 1))
    assert policy.mentoring == organisation.mentoring
    assert dict(policy.findings)["missing-safety-doc"] is Severity.BLOCK
    assert dict(policy.findings)["stale-safety-comment"] is Severity.NOTE
    assert policy.github == OnGitHub(Labels("danger", ""), code_scanning=True)
    assert notes(repository, LOCKED) == [
        "repo.toml:2:1: the organisation locks `mode`, so this does not count",
        "repo.toml:3:1: the organisation locks `enforce_from`, so this does not count",
        'repo.toml:3:16: `enforce_from` only counts with `mode = "enforce"`',
        "repo.toml:5:1: the organisation locks `findings.missing-safety-doc`, so this does not count",
        "repo.toml:7:2: the organisation locks `mentoring`, so this does not count",
        "repo.toml:10:1: the organisation locks `github.labels.unsafe`, so this does not count",
        "repo.toml:11:1: the organisation locks `github.code_scanning`, so this does not count",
    ]


def test_a_repository_cannot_lock_anything() -> None:
    repository = (
        'version = 1\nlocked = ["mode"]\n[[rules]]\nname = "r"\nrequire.pool = "security"\nlocked = true\n'
    )
    assert notes(repository) == [
        "repo.toml:2:10: `locked` only counts in the organisation's file",
        "repo.toml:6:10: `locked` only counts in the organisation's file",
    ]


def test_a_pool_that_is_in_neither_file_is_told_in_the_file_that_names_it() -> None:
    assert problems('version = 1\n[[rules]]\nname = "r"\nrequire.pool = "securty"\n') == [
        "repo.toml:4:16: there is no pool `securty`; did you mean `security`?"
    ]
    used = 'version = 1\npools.mine.users = ["me"]\n[[rules]]\nname = "r"\nrequire.pool = "mine"\n'
    assert problems(used, 'version = 1\n[[rules]]\nname = "s"\nrequire.pool = "mine"\n') == [
        "org.toml:4:16: there is no pool `mine`; pools: none"
    ]


def test_mistakes_of_both_files_are_told_at_once_and_none_twice() -> None:
    repository = 'version = 1\nmodes = 1\n[[rules]]\nname = "r"\nrequire.pool = "security"\n'
    assert problems(repository, "version = 1\npool = 1") == [
        "repo.toml:2:1: unknown key `modes`; did you mean `mode`?",
        "org.toml:2:1: unknown key `pool`; did you mean `pools`?",
    ]


def test_a_pool_defined_anew_has_to_be_enough_for_the_organisations_rules() -> None:
    strict = ORGANISATION.replace(
        'require.pool = "security"', 'require.pool = "security"\nrequire.approvals = 2'
    )
    assert problems("version = 1\n\n[pools.security]\nusers = ['one']", strict) == [
        f"repo.toml:3:8: {TOO_FEW}"
    ]
    locked = strict.replace("approvals = 2\n", "approvals = 2\nlocked = true\n", 1)
    assert required(over("version = 1\n[pools.security]\nusers = ['one']", locked))["ffi"].approvals == 2


def test_the_organisations_own_repository_reads_its_file_once() -> None:
    assert over(ORGANISATION) == load(ORGANISATION.encode(), "repo.toml")


def test_of_two_files_the_first_place_counts_and_a_note_names_the_other() -> None:
    assert choose_file({}) == (None, ())
    assert choose_file({"cratewarden.toml": b"b"}) == (("cratewarden.toml", b"b"), ())
    file, ignored = choose_file({"cratewarden.toml": b"", "x": b"", POLICY_PATHS[0]: ORGANISATION.encode()})
    assert (file, ignored) == ((POLICY_PATHS[0], ORGANISATION.encode()), ("cratewarden.toml",))
    (note,) = read_layers(file, None, ignored).notes
    assert str(note) == (
        "cratewarden.toml:1:1: this file is not read, since there is `.github/cratewarden.toml`"
    )


def test_a_pool_that_a_lock_set_apart_is_not_to_blame_for_the_organisations_rules() -> None:
    organisation = """\
version = 1
pools.security.users = ["sue"]
pools.unsafe.users = ["uma"]
[[rules]]
name = "locked"
require.pool = "security"
locked = true
[[rules]]
name = "ffi"
require.any_of = ["security", "unsafe"]
require.approvals = 2
"""
    repository = "version = 1\npools.security.users = ['x']\npools.unsafe.users = ['sue']\n"
    assert problems(repository, organisation) == [f"repo.toml:3:7: {TOO_FEW}"]
