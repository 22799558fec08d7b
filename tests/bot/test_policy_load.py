"""A policy file becomes a policy, with notes where it probably means something else."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest

from analyzers.model import ChangeClass, Group, Severity
from bot.model import Mode
from bot.policy import BUILT_IN, load
from bot.policy.model import (
    Away,
    Checklist,
    Greet,
    Labels,
    Lockable,
    Mentoring,
    OnGitHub,
    Policy,
    Pool,
    Request,
    Require,
    Rule,
    Strategy,
    When,
)

CONTRACT = """\
version = 1
mode = "enforce"                      # "advise": tell, never hold. "enforce": hold. "off".
enforce_from = 2027-01-01             # optional: advise until that day

[pools.unsafe]
users = ["alice", "bob"]
teams = ["acme/unsafe-reviewers"]     # nested teams included
away = [{ user = "bob", until = 2026-12-24 }]

[[rules]]
name = "unsafe code"
when.kinds = ["unsafe", "memory", "ffi"]          # groups or kinds
when.changes = ["added", "changed", "relaxed", "exposed"]
when.paths = ["**"]
when.not_paths = ["fuzz/**"]
when.in_tests = false
require.pool = "unsafe"               # or any_of = ["unsafe", "kernel"]
require.approvals = 1
request.count = 1                     # ask this many, not the whole team
request.strategy = "least-loaded"     # all | random | round-robin | least-loaded | expertise

[findings]                            # severity per finding id: "off" | "note" | "warn" | "block"
missing-safety-comment = "warn"

[mentoring]
pool = "mentors"
checklists = ["publish"]
greet = "first-contribution"          # never | first-contribution | always
"""

POOL = """\
[pools.unsafe]
users = ["alice", "bob"]
"""
RULE = """\
[[rules]]
name = "unsafe code"
require.pool = "unsafe"
"""
SMALL = f"version = 1\n{POOL}{RULE}"


def test_the_whole_format_is_read() -> None:
    policy = load(CONTRACT.encode(), "cratewarden.toml")
    assert policy == Policy(
        mode=Mode.ENFORCE,
        enforce_from=datetime.date(2027, 1, 1),
        pools=(
            Pool(
                "unsafe",
                users=("alice", "bob"),
                teams=("acme/unsafe-reviewers",),
                away=(Away("bob", datetime.date(2026, 12, 24)),),
            ),
        ),
        rules=(
            Rule(
                "unsafe code",
                When(
                    kinds=("unsafe", "memory", "ffi"),
                    changes=(
                        ChangeClass.ADDED,
                        ChangeClass.CHANGED,
                        ChangeClass.RELAXED,
                        ChangeClass.EXPOSED,
                    ),
                    paths=("**",),
                    not_paths=("fuzz/**",),
                    in_tests=False,
                ),
                Require(("unsafe",), 1),
                Request(1, Strategy.LEAST_LOADED),
            ),
        ),
        findings=(("missing-safety-comment", Severity.WARN),),
        mentoring=Mentoring("mentors", (Checklist.PUBLISH,), Greet.FIRST_CONTRIBUTION),
        notes=policy.notes,
        written=frozenset({"mode", "enforce_from", "mentoring", "findings.missing-safety-comment"}),
    )
    assert _notes(CONTRACT) == ["26:8 there is no pool `mentors`, so nobody mentors; pools: `unsafe`"]


def test_a_small_file_advises_about_every_kind_of_new_proof_outside_tests() -> None:
    policy = load(SMALL.encode(), "cratewarden.toml")
    assert policy.mode is Mode.ADVISE
    assert policy.rules == (Rule("unsafe code", When(), Require(("unsafe",), 1), Request(1)),)
    assert policy.rules[0].when == When(
        tuple(Group),
        (ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED, ChangeClass.EXPOSED),
        ("**",),
        (),
        in_tests=False,
    )
    assert policy.notes == ()


def test_as_many_people_are_asked_as_have_to_approve() -> None:
    assert load(f"{SMALL}require.approvals = 2\n".encode(), "x").rules[0].request.count == 2


def test_the_built_in_policy_advises_about_what_the_reference_says() -> None:
    (rule,) = BUILT_IN.rules
    assert BUILT_IN.mode is Mode.ADVISE
    assert rule.when.kinds == ("unsafe", "memory", "ffi", "lint")
    assert rule.when.changes == (ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED)
    assert (rule.require.any_of, rule.require.approvals) == ((), 1)


EVERYTHING_ELSE = """\
version = 1
mode = "enforce"
locked = ["mode", "github"]

[pools.unsafe]
users = ["Alice", "bob", "ALICE"]
away = [{ user = "Bob", until = 2026-12-24 }]
capacity = 5
[pools.kernel]
teams = ["Acme/Kernel"]

[[rules]]
name = "newcomers"
when.crates = ["ring", "Ring-sys"]
when.branches = ["main", "release/*"]
when.authors = ["Mallory", "acme/Newcomers"]
when.not_authors = ["dependabot[bot]"]
when.associations = ["first-timer", "none"]
require.all_of = ["unsafe", "kernel"]
require.approvals = 2
require.expires = "90d"
request.escalate_after = "8h"
enforce_from = 2027-01-01
locked = true

[github]
labels = { unsafe = "danger", needs_review = false }
dismiss_stale_approvals = true
code_scanning = true
"""


def test_every_other_key_is_read_and_logins_and_teams_are_folded() -> None:
    policy = load(EVERYTHING_ELSE.encode(), "x")
    assert policy.notes == ()
    assert policy.pools == (
        Pool("unsafe", ("alice", "bob"), (), (Away("bob", datetime.date(2026, 12, 24)),), capacity=5),
        Pool("kernel", (), ("acme/kernel",)),
    )
    assert policy.rules == (
        Rule(
            "newcomers",
            When(
                crates=("ring", "Ring-sys"),
                branches=("main", "release/*"),
                authors=("mallory", "acme/newcomers"),
                not_authors=("dependabot[bot]",),
                associations=("first-timer", "none"),
            ),
            Require((), 2, ("unsafe", "kernel"), expires_days=90),
            Request(2, escalate_after_hours=8),
            enforce_from=datetime.date(2027, 1, 1),
            locked=True,
        ),
    )
    assert policy.github == OnGitHub(Labels("danger", ""), dismiss_stale_approvals=True, code_scanning=True)
    assert policy.locked == {Lockable.MODE, Lockable.GITHUB}
    assert policy.written == {
        "mode",
        "github.labels.unsafe",
        "github.labels.needs_review",
        "github.dismiss_stale_approvals",
        "github.code_scanning",
    }


def test_no_labels_are_kept_where_the_file_says_false() -> None:
    assert load(f"{SMALL}[github]\nlabels = false".encode(), "x").github.labels == Labels("", "")
    assert load(SMALL.encode(), "x").github.labels == Labels("unsafe", "needs-unsafe-review")


def test_kinds_and_findings_of_surveys_load_without_a_note() -> None:
    document = f"{SMALL}when.kinds = ['build', 'proc-macro', 'dependency']\n[findings]\nffi-clash = 'block'\n"
    assert _notes(document) == []


@pytest.mark.parametrize(
    ("document", "notes"),
    [
        (
            f"version = 1\n{POOL}",
            ["1:1 there are no rules, so nobody is ever asked", "2:8 no rule names the pool `unsafe`"],
        ),
        (f"enforce_from = 2027-01-01\n{SMALL}", ['1:16 `enforce_from` only counts with `mode = "enforce"`']),
        (
            f"{SMALL}[mentoring]\npool = 'unsafe'\nlabel = 'go'\n",
            ["9:9 `label` has no effect, since `checklists` names none"],
        ),
        (
            f"{SMALL}[mentoring]\npool = 'unsafe'\nlabel = 'Unsafe'\nchecklists = ['publish']\n",
            ["9:9 the App sets `Unsafe` by itself, so that asks for many checklists"],
        ),
        (f"{SMALL}[mentoring]\npool = 'unsafe'\nlabel = false\n", []),
        (f"{SMALL}[mentoring]\nchecklists = ['publish']\n", []),
        (
            f"{SMALL}[mentoring]\nstrategy = 'random'\n",
            ["8:12 `strategy` has no effect, since there is no `pool` of mentors"],
        ),
        (f"{SMALL}request.count = 2\n", ["7:17 `count` asks 2 people for 1 approval"]),
        (f"{SMALL}request.count = 3\n", ["7:17 `count` asks 3 people, but only 2 can be asked"]),
        (
            f"{SMALL}request.count = 1\nrequire.approvals = 2\n",
            ["7:17 `count` asks 1 person, though 2 have to approve"],
        ),
        (
            f"{SMALL}request = {{ count = 1, strategy = 'all' }}\n",
            ['7:21 `count` has no effect with `strategy = "all"`, which asks the whole pool'],
        ),
        (
            f"{SMALL}request = {{ strategy = 'all', escalate_after = '8h' }}\n",
            ["7:48 `escalate_after` has no effect, since everybody in the pool is asked at once"],
        ),
        (
            f"{SMALL}request.escalate_after = '8h'\nrequire.approvals = 2\n",
            ["7:26 `escalate_after` has no effect, since everybody in the pool is asked at once"],
        ),
        (
            f"version = 1\n{POOL}[[rules]]\nname = 'r'\nrequire.all_of = ['unsafe']\n",
            ["6:18 `all_of` names one pool; `pool` says the same"],
        ),
        (
            f"version = 1\npools.k.teams = ['a/b']\n{POOL}{RULE}".replace(
                'pool = "unsafe"', "any_of = ['k', 'unsafe', 'k']"
            ),
            ["7:18 `any_of` names a pool twice"],
        ),
        (
            f"version = 1\npools.k.users = ['carol']\n{POOL}{RULE}request = {{ count = 2, escalate_after = '8h' }}"
            "".replace('pool = "unsafe"', "all_of = ['k', 'unsafe']"),
            [],
        ),
        (
            f"{SMALL}when.authors = ['alice', 'acme/x']\nwhen.not_authors = ['Alice']\n",
            ["8:21 `Alice` is in `authors` too; `not_authors` wins"],
        ),
        (f"{SMALL}enforce_from = 2027-01-01\n", ['7:16 `enforce_from` only counts with `mode = "enforce"`']),
        (
            f"mode = 'enforce'\nenforce_from = 2027-01-02\n{SMALL}enforce_from = 2027-01-01\n",
            ["9:16 the file's own `enforce_from` is no earlier: nothing is enforced before 2027-01-02"],
        ),
        (
            f"locked = ['mode', 'findings']\n{SMALL}",
            [
                "1:11 the file says nothing about `mode`, so nothing is locked",
                "1:19 the file says nothing about `findings`, so nothing is locked",
            ],
        ),
        (
            f"mode = 'enforce'\n{SMALL}locked = true\n",
            ['8:10 a repository can still say `mode = "off"`; lock `mode` too, as in `locked = ["mode"]`'],
        ),
    ],
)
def test_what_is_probably_not_meant_is_noted(document: str, notes: list[str]) -> None:
    assert _notes(document) == notes


def test_judging_by_the_built_in_policy_imports_no_pydantic() -> None:
    program = (
        "import sys, datetime, bot.gate, bot.policy\n"
        "from analyzers.model import Analysis\n"
        "bot.gate.evaluate(bot.policy.BUILT_IN, Analysis(), now=datetime.datetime.now(datetime.UTC))\n"
        "sys.exit(any(name.startswith('pydantic') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def _notes(document: str) -> list[str]:
    return [f"{note.line}:{note.column} {note.message}" for note in load(document.encode(), "x").notes]
